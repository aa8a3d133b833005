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
    assert moments[-1] < 5 * limit / (limit - max(1, limit / 30))  # and it is used, not shunned


@pytest.mark.parametrize("limit", [30, 100])
def test_the_steady_pace_is_a_thirtieth_below_the_limit(pacer: Pacer, time: Time, limit: int) -> None:
    calls(pacer, time, limit, limit)
    before = time.now
    calls(pacer, time, limit, limit)

    assert limit / (time.now - before) == pytest.approx(limit * 29 / 30)


def test_after_throttling_the_pace_is_half_and_recovers(pacer: Pacer, time: Time) -> None:
    full = pause(pacer, time)
    pacer.slow_down("key")
    pacer.wait("key", "Do", 10)  # back from below zero
    assert pause(pacer, time) > 1.7 * full
    time.sleep(40)
    calls(pacer, time, 3, 10)
    assert pause(pacer, time) == pytest.approx(full)


@pytest.mark.parametrize(("limit", "every"), [(0.5, 4), (1, 2), (2, 1)])
def test_few_calls_a_second_come_one_by_one(pacer: Pacer, time: Time, limit: float, every: float) -> None:
    """The first one at once; hence no more than half the limit from then on."""
    assert calls(pacer, time, 4, limit) == [0, every, 2 * every, 3 * every]


def test_the_full_pace_is_back_fifteen_seconds_after_it_was_halved(pacer: Pacer, time: Time) -> None:
    full = pause(pacer, time)
    pacer.slow_down("key")
    time.sleep(14.7)
    assert pause(pacer, time) > 1.002 * full
    pacer.slow_down("key")
    time.sleep(15)
    assert pause(pacer, time) == pytest.approx(full)


def test_throttling_ends_a_burst(pacer: Pacer, time: Time) -> None:
    pacer.wait("key", "Do", 60)
    pacer.slow_down("key")  # one was left
    assert calls(pacer, time, 1, 60) == [pytest.approx(1 / 29)]


def test_it_never_stops_altogether(pacer: Pacer, time: Time) -> None:
    calls(pacer, time, 1, 10)
    for _ in range(100):
        pacer.slow_down("key")
    calls(pacer, time, 1, 10)
    assert time.now == pytest.approx(32 / 9), "a thirty-second of nine calls a second"


def test_throttling_of_what_was_never_called_is_no_matter(pacer: Pacer, time: Time) -> None:
    pacer.slow_down("key")
    calls(pacer, time, 2, 60)
    assert time.now == 0


def test_a_turn_beyond_the_deadline_is_refused_at_once(pacer: Pacer, time: Time) -> None:
    calls(pacer, time, 1, 5)
    with pytest.raises(
        CloudThrottledError, match=r"the next call is due in 0\.2 s, but only 0\.2 s are left"
    ) as refused:
        pacer.wait("key", "Do", 5, left_s=0.24)
    assert (refused.value.action, refused.value.cloud_code, time.now) == ("Do", "Paced", 0)
    pacer.wait("key", "Do", 5, left_s=0.25)  # the refused call took no place in the queue
    assert time.now == 0.25


def test_callers_at_one_moment_queue_up() -> None:
    pauses: list[float] = []
    pacer = Pacer(lambda: 0.0, pauses.append)
    for _ in range(5):
        pacer.wait("key", "Do", 10)
    assert pauses == pytest.approx([1 / 9, 2 / 9, 3 / 9, 4 / 9])
    pacer.slow_down("key")
    pacer.wait("key", "Do", 10)
    assert pauses[-1] == pytest.approx(5 / 4.5)


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


@pytest.mark.parametrize("limit", [10, 30, 100])
def test_of_several_who_share_a_limit_each_takes_its_part(time: Time, limit: int) -> None:
    pacers = [Pacer(time.clock, lambda seconds: None) for _ in range(4)]
    moments: list[float] = []
    waits: list[float] = []
    for pacer in pacers:
        pacer.share(4)
        pacer._sleep = waits.append  # what each would wait for, from one moment
        for _ in range(2 * limit):
            pacer.wait("key", "Do", limit)
        moments += waits
        waits.clear()

    for start in moments:
        seen = sum(start <= moment < start + 1 for moment in moments)
        assert seen <= limit + 4, "the bursts are one call each"
    assert max(moments) == pytest.approx(8 * limit / limit, rel=0.35)


def test_who_is_left_takes_the_whole_limit_again(pacer: Pacer, time: Time) -> None:
    full = pause(pacer, time)
    pacer.share(4)
    quarter = pause(pacer, time)
    pacer.share(1)
    calls(pacer, time, 2, 10)

    assert quarter == pytest.approx(4 * full, rel=0.2)
    assert pause(pacer, time) == pytest.approx(full, rel=0.05)


def test_nobody_is_one(pacer: Pacer, time: Time) -> None:
    full = pause(pacer, time)
    pacer.share(0)
    calls(pacer, time, 2, 10)
    assert pause(pacer, time) == pytest.approx(full, rel=0.05)
