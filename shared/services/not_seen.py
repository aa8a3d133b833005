"""Where a job by hand may miss slots: it knows those that discovery has found.

An automatic plan waits for such places, and takes them in later (`unseen`). What a person asks for is planned
at once, and is told where else slots may be.
"""

from collections.abc import Collection, Iterator, Sequence

from shared.domain.accounts import OWN
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import LONGEST_REST_HOURS, SyncState, SyncStatus
from shared.services.concerns import Concern, counted
from shared.services.concerns_of_discovery import SLOW, of_discovery, of_never, of_places
from shared.services.selection import NO_REGION
from shared.services.status import USUAL_AGE
from shared.services.world import World


def not_seen(world: World, request: PreviewDeploymentJob) -> tuple[Concern, ...]:
    """Of the products, accounts and regions that are asked for. Slots that are named leave nothing open."""
    if request.resource_ids:
        return ()
    products = request.products or world.policy.products
    accounts = [OWN if one == NO_REGION else one for one in request.accounts] or world.policy.every_account
    read = [one for one in world.syncs.of(products) if one.account in accounts]
    syncs = [one for one in read if _may_hold(one, request.regions)]
    return (*of_discovery(world, syncs), *of_never(world, read, products, accounts), *_of_ages(world, syncs))


def _may_hold(status: SyncStatus, regions: Collection[str]) -> bool:
    """Slots of these regions. Of a product that tells no region, those of any may be there."""
    return not regions or not status.region or status.region in regions


def _of_ages(world: World, syncs: Sequence[SyncStatus]) -> Iterator[Concern]:
    now = world.clock()
    under_way = [one for one in syncs if one.state is SyncState.SYNCING and one.started_at >= now - SLOW]
    old = [
        one
        for one in syncs
        if one.state is SyncState.SYNCED
        and (one.finished_at is None or one.finished_at < now - USUAL_AGE)
        and not one.rests(now, LONGEST_REST_HOURS)
    ]
    for code, what, found in (
        ("reading", "being read just now", under_way),
        ("old", "read more than a day ago", old),
    ):
        if found:
            yield of_places(code, f"{counted(len(found), 'region')} {what}", found)
