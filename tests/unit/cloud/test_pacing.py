"""Calls keep below a limit, whoever makes them."""

import pytest

from shared.cloud.pacing import Pacer
from shared.errors import CloudThrottledError


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pacer(time: Time) -> Pacer:
    return Pacer(time.clock, time.sleep)


@pytest.mark.parametrize("limit", [5, 10, 30, 100])
def test_no_second_sees_more_calls_than_the_limit(pacer: Pacer, time: Time, limit: int) -> None:
    moments = calls(pacer, time, 5 * limit, limit)
    for start in moments:
        assert sum(start <= moment < start + 1 for moment in moments) <= limit
    assert moments[-1] < 8  # and it is used, not shunned


def test_after_throttling_the_pace_is_half_and_recovers(pacer: Pacer, time: Time) -> None:
    full = pause(pacer, time)
    pacer.slow_down("key")
    pacer.wait("key", "Do", 10)  # back from below zero
    assert pause(pacer, time) > 1.7 * full
    time.sleep(40)
    calls(pacer, time, 3, 10)
    assert pause(pacer, time) == pytest.approx(full)


def test_it_never_stops_altogether(pacer: Pacer, time: Time) -> None:
    calls(pacer, time, 1, 10)
    for _ in range(100):
        pacer.slow_down("key")
    calls(pacer, time, 1, 10)
    assert time.now < 10


def test_a_turn_beyond_the_deadline_is_refused_at_once(pacer: Pacer, time: Time) -> None:
    calls(pacer, time, 2, 5)
    before = time.now
    with pytest.raises(CloudThrottledError, match="its turn comes in"):
        pacer.wait("key", "Do", 5, left_s=0.01)
    assert time.now == before
    pacer.wait("key", "Do", 5, left_s=10)  # the refused call took no place in the queue
    assert time.now - before < 0.3


def test_actions_do_not_wait_for_each_other(pacer: Pacer, time: Time) -> None:
    calls(pacer, time, 20, 5)
    before = time.now
    pacer.wait("another", "Do", 5)
    assert time.now == before


def calls(pacer: Pacer, time: Time, count: int, limit: float) -> list[float]:
    moments = []
    for _ in range(count):
        pacer.wait("key", "Do", limit)
        moments.append(time.now)
    return moments


def pause(pacer: Pacer, time: Time) -> float:
    """Seconds between two calls once the burst is used up."""
    calls(pacer, time, 3, 10)
    before = time.now
    calls(pacer, time, 1, 10)
    return time.now - before
