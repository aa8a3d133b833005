"""Which part of the account's rates an instance takes: by those it was begun with, then by those it sees."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.errors import CloudUnavailableError
from shared.services.sharing import shared_rates
from shared.services.world import World
from shared.state.callers import Callers
from shared.state.sqlite import SqliteStore
from tests.clocks import StandingClock


class Installation:
    """Instances on one state, and the parts that they took, each in its order."""

    def __init__(self, folder: Path) -> None:
        self.clock = StandingClock()
        self.callers = Callers(SqliteStore(folder / "state.db"), self.clock)
        self.parts: dict[str, list[int]] = {}

    def begins(self, instance: str, expected: int, at_most: int = 200) -> Any:
        parts = self.parts.setdefault(instance, [])
        world = SimpleNamespace(clock=self.clock, callers=self.callers, instance=instance, pace=parts.append)
        at = WorkersScheduled(job_id=1, product=CloudProduct.CDN, shard=0, shards=expected)
        task = shared_rates(cast(World, world), at, at_most=at_most)
        next(task)
        return task


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_those_that_were_begun_together_are_reckoned_with_before_they_are_seen(here: Installation) -> None:
    one = here.begins("one", 4)
    next(one)
    here.clock.sleep(14)
    next(one)
    assert here.parts["one"] == [4, 4, 4]

    here.clock.sleep(2)
    next(one)
    assert here.parts["one"][-1] == 1, "they never came"


@pytest.mark.parametrize(("expected", "at_most", "reckoned_with"), [(10**9, 3, 3), (0, 3, 1), (-5, 3, 1)])
def test_no_more_are_reckoned_with_than_there_can_be(
    here: Installation, expected: int, at_most: int, reckoned_with: int
) -> None:
    here.begins("one", expected, at_most)
    assert here.parts["one"][0] == reckoned_with


def test_others_that_work_on_the_product_are_seen(here: Installation) -> None:
    one, two = here.begins("one", 1), here.begins("two", 1)
    next(one)
    next(two)
    next(one)

    assert here.parts == {"one": [1, 1, 2], "two": [1, 2]}


def test_who_ends_leaves_its_part_to_the_others(here: Installation) -> None:
    one, two = here.begins("one", 1), here.begins("two", 1)
    next(two)
    next(one)
    two.close()
    next(one)

    assert here.parts["one"] == [1, 2, 1]
    assert here.parts["two"][-1] == 1, "an instance that is used again begins with the whole"


def test_who_cannot_say_that_it_ends_ends_all_the_same(here: Installation) -> None:
    """What it has done is done; its row ends by itself."""
    one, two = here.begins("one", 1), here.begins("two", 1)
    next(one)
    next(two)

    def unreachable(place: object, instance: str) -> None:
        raise CloudUnavailableError("DeleteRow", "ConnectionLost", "no answer")

    here.callers.leave = unreachable  # type: ignore[method-assign]
    two.close()
    here.clock.sleep(16)
    next(one)

    assert here.parts["two"][-1] == 1
    assert here.parts["one"][-1] == 1
