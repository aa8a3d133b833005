"""The rates of a product's API are the account's: instances that work side by side share them evenly.

Each instance says that it is there by a row with an end, and counts the rows; its pace is the limit
divided by that. So shards of one job, jobs beside each other and a rollback meanwhile stay below the
limit together, and who is left at the end gets all of it.
"""

import logging
from contextlib import suppress
from typing import Final

from shared.domain.events import WorkersScheduled
from shared.errors import AppError
from shared.services.side_by_side import Task
from shared.services.world import World

log = logging.getLogger("certdeploy.deploy")
_AGAIN_S: Final = 3.0  #: how soon a newcomer, or one who left, is noticed
_COUNTED_S: Final = 15.0  #: how long one who died is counted


def shared_rates(world: World, at: WorkersScheduled, *, at_most: int) -> Task:
    """A task for `run_side_by_side`: keep the pace to this instance's part of the account's rates.

    Some of the shards that were handed out together may begin later, so they are reckoned with for a
    while, seen or not. `at_most`: how many there can be, whatever the event says.
    """
    place, expected = (at.product.value, at.job_id, at.shard), max(1, min(at.shards, at_most))
    began = world.clock()
    try:
        world.pace(expected)
        yield _AGAIN_S / 2
        while True:
            try:
                seen = world.callers.join(place, world.instance, _COUNTED_S)
                early = (world.clock() - began).total_seconds() < _COUNTED_S
                world.pace(max(seen, expected) if early else seen)
            except AppError as error:
                log.warning("rates could not be shared", extra={"reason": str(error)})
            yield _AGAIN_S
    finally:
        world.pace(1)
        with suppress(AppError):  # its row ends by itself
            world.callers.leave(place, world.instance)
