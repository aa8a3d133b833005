"""Leases, on every driver: one holder at a time, and the clock frees what nobody lets go."""

from typing import Any, cast

import pytest

from shared.errors import ConflictError, StateUnavailableError
from shared.state.leases import Leases
from shared.state.store import Store
from shared.state.tables import LEASES
from tests.clocks import StandingClock
from tests.meddling import Cut, Meddling, killed


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def leases(store: Store, clock: StandingClock) -> Leases:
    return Leases(store, clock)


def held(leases: Leases, name: str = "a listener") -> bool:
    """Whether somebody else is refused."""
    try:
        with leases.hold(name, "somebody else", 1):
            return False
    except ConflictError:
        return True


def test_a_name_is_held_for_the_block_and_no_other_name_is(leases: Leases) -> None:
    with leases.hold("a listener", "me", 60):
        assert held(leases)
        assert not held(leases, "another listener")
    assert not held(leases)


def test_who_is_refused_is_told_what_is_held(leases: Leases) -> None:
    with leases.hold("a listener", "me", 60), pytest.raises(ConflictError, match="Lease a listener"):  # noqa: SIM117
        with leases.hold("a listener", "me", 60):
            pytest.fail("held twice")


def test_a_block_that_fails_lets_go_and_its_error_is_seen(leases: Leases) -> None:
    with pytest.raises(ZeroDivisionError), leases.hold("a listener", "me", 60):
        raise ZeroDivisionError
    assert not held(leases)


def test_a_dead_holder_s_lease_runs_out_by_the_clock(
    store: Store, leases: Leases, clock: StandingClock
) -> None:
    dying = Leases(Meddling(store, LEASES, killed, removal=True), clock)
    with pytest.raises(Cut), dying.hold("a listener", "the dead", 60):
        pass

    clock.sleep(59.9)
    assert held(leases)
    clock.sleep(0.1)
    assert not held(leases)


def test_a_lease_whose_end_a_wrong_clock_has_put_hours_ahead_is_free(
    leases: Leases, clock: StandingClock
) -> None:
    dead = leases.hold("a listener", "the dead", 900)
    clock.sleep(3600)
    dead.__enter__()
    assert held(leases)

    clock.sleep(-3600)

    assert not held(leases)


def test_a_lease_that_ran_out_is_not_taken_from_its_next_holder(leases: Leases, clock: StandingClock) -> None:
    with leases.hold("a listener", "the next", 100):
        pass
    slow = leases.hold("a listener", "the slow", 10)
    slow.__enter__()
    clock.sleep(10)
    with leases.hold("a listener", "the next", 100):
        slow.__exit__(None, None, None)
        assert held(leases)
    assert not held(leases)


def test_a_lease_is_not_freed_by_one_whose_own_ran_out_and_was_let_go_by_others(
    leases: Leases, clock: StandingClock
) -> None:
    """The row has been removed and made anew in between, as often as it takes for equal numbers of writes."""
    slow = leases.hold("a listener", "the slow", 10)
    slow.__enter__()
    clock.sleep(10)
    for _ in range(2):
        with leases.hold("a listener", "the next", 100):
            pass
    with leases.hold("a listener", "the last", 100):
        slow.__exit__(None, None, None)
        assert held(leases)


def test_of_two_that_take_it_at_once_one_holds_it(store: Store, clock: StandingClock) -> None:
    """The other one takes it between our reading and our writing."""
    other = Leases(store, clock).hold("a listener", "the other", 60)
    ours = Leases(Meddling(store, LEASES, other.__enter__), clock)

    with pytest.raises(ConflictError), ours.hold("a listener", "me", 60):
        pytest.fail("both hold it")

    other.__exit__(None, None, None)
    assert not held(ours)


def test_a_lease_that_cannot_be_let_go_runs_out_and_the_block_ends_as_it_did(
    store: Store, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StateUnavailableError("the state file x: the disk is full")

    leases = Leases(store, clock)

    def holds() -> None:
        with leases.hold("CDN/-/www.example.com", "me", 60):
            store.delete = gone  # type: ignore[method-assign]
            raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        holds()
    del store.delete

    assert [record.message for record in caplog.records] == ["a lease was not let go"]
    with pytest.raises(ConflictError), leases.hold("CDN/-/www.example.com", "another", 60):
        pass
    clock.sleep(61)
    with leases.hold("CDN/-/www.example.com", "another", 60):
        pass


def test_a_free_name_takes_one_write_and_another_to_let_go(store: Store, clock: StandingClock) -> None:
    stored: list[str] = []

    class Told:
        def __getattr__(self, name: str) -> Any:
            stored.append(name)
            return getattr(store, name)

    with Leases(cast(Store, Told()), clock).hold("a listener", "me", 60):
        assert stored == ["put"]
    assert stored == ["put", "delete"]
