"""Who calls an API right now, on every driver: counted while they live, and by the clock no longer."""

from typing import Any

import pytest

from shared.state.callers import Callers
from shared.state.store import Key, Row, Store
from shared.state.tables import CALLERS, Table
from tests.clocks import StandingClock

CDN, ALB = ("CDN", 1, 0), ("ALB", 1, 0)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def callers(store: Store, clock: StandingClock) -> Callers:
    return Callers(store, clock)


class Asked:
    """`store`, which notes what is asked for by key."""

    def __init__(self, store: Store, keys: list[Key]) -> None:
        self._store, self._keys = store, keys

    def get(self, table: Table, key: Key) -> Row | None:
        self._keys.append(key)
        return self._store.get(table, key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_each_instance_is_counted_once_for_each_product(callers: Callers) -> None:
    assert callers.join(CDN, "one", 15) == 1
    assert callers.join(CDN, "two", 15) == 2
    assert callers.join(CDN, "one", 15) == 2, "it says again that it is there"
    assert callers.join(ALB, "one", 15) == 1


def test_who_leaves_is_not_counted_and_may_come_back(callers: Callers) -> None:
    callers.join(CDN, "one", 15)
    callers.join(CDN, "two", 15)
    callers.leave(CDN, "two")
    callers.leave(CDN, "never was there")

    assert callers.join(CDN, "one", 15) == 1
    assert callers.join(CDN, "two", 15) == 2


def test_who_died_is_counted_until_its_time_is_over_and_its_row_goes(
    callers: Callers, clock: StandingClock, store: Store
) -> None:
    callers.join(CDN, "dead", 15)
    clock.sleep(14)
    assert callers.join(CDN, "one", 15) == 2
    clock.sleep(1)

    assert callers.join(CDN, "one", 15) == 1
    assert [row.key for row in store.range(CALLERS, ("CDN",))] == [(*CDN, "one")]


def test_one_who_was_late_and_whose_row_was_taken_away_is_counted_again(
    store: Store, clock: StandingClock
) -> None:
    late, other = Callers(store, clock), Callers(store, clock)
    late.join(CDN, "late", 15)
    clock.sleep(16)
    other.join(CDN, "other", 15)

    assert late.join(CDN, "late", 15) == 2
    assert other.join(CDN, "other", 15) == 2


def test_who_says_again_that_it_is_there_does_not_read_its_own_row(
    store: Store, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers, asked = Callers(store, clock), list[Key]()
    monkeypatch.setattr(callers, "_store", Asked(store, asked))
    for _ in range(3):
        assert callers.join(CDN, "one", 15) == 1

    assert asked == [(*CDN, "one")], "before it was there"


def test_an_instance_at_two_shards_is_one_caller(callers: Callers) -> None:
    callers.join(CDN, "one", 15)

    assert callers.join(("CDN", 1, 1), "one", 15) == 1
    assert callers.join(("CDN", 2, 0), "two", 15) == 2


def test_the_shards_of_a_job_that_somebody_is_at_are_known(callers: Callers, clock: StandingClock) -> None:
    callers.join(("CDN", 1, 0), "one", 15)
    callers.join(("CDN", 1, 7), "one", 15)
    callers.join(("CDN", 2, 3), "two", 15)
    callers.join(("ALB", 1, 4), "two", 15)
    assert callers.at_work("CDN", 1) == {0, 7}

    callers.leave(("CDN", 1, 0), "one")
    assert callers.at_work("CDN", 1) == {7}
    clock.sleep(15)
    assert callers.at_work("CDN", 1) == set()


def test_who_says_to_be_there_for_hours_has_a_wrong_clock_and_holds_no_shard(callers: Callers) -> None:
    callers.join(CDN, "one", 120)
    callers.join(("CDN", 1, 7), "an hour ahead", 3600)

    assert callers.at_work("CDN", 1) == {0}


def test_a_row_that_others_wrote_for_years_to_come_slows_nobody(callers: Callers, store: Store) -> None:
    callers.join(CDN, "one", 15)
    for number in range(3):
        row = {"Until": "2999-01-01T00:00:00+00:00"}
        store.put(CALLERS, (*CDN, f"forged-{number}"), row, version=0)

    assert callers.join(CDN, "one", 15) == 1
    assert len(list(store.range(CALLERS, ("CDN",)))) == 1
