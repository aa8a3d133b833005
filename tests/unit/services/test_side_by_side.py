"""Tasks that wait most of the time: their pauses overlap, and what one raises goes through."""

from __future__ import annotations

import time
from collections.abc import Generator
from threading import Barrier, Lock

import pytest

from shared.services.side_by_side import Task, run_side_by_side
from tests.clocks import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


def run(clock: StandingClock, *tasks: Task, parallel: int = 4, beside: Task | None = None) -> None:
    run_side_by_side(tasks, beside=beside, parallel=parallel, clock=lambda: clock.passed, sleep=clock.sleep)


def test_pauses_overlap(clock: StandingClock) -> None:
    ended: list[int] = []

    def task(number: int) -> Task:
        yield 10
        yield 20
        ended.append(number)

    run(clock, *map(task, range(100)), parallel=2)

    assert sorted(ended) == list(range(100))
    assert clock.passed == pytest.approx(30, abs=0.5)


def test_those_that_go_on_do_not_queue_behind_those_that_begin() -> None:
    """Beginners may all be held up: here each waits until another task has gone on."""
    went_on = Barrier(2)

    def first() -> Task:
        yield 0.01
        went_on.wait(10)

    def held_up() -> Generator[float, None, None]:
        went_on.wait(10)
        yield 0.0

    run_side_by_side([first(), held_up()], parallel=1, clock=time.monotonic, sleep=time.sleep)


def test_no_more_begin_at_once_than_is_allowed(clock: StandingClock) -> None:
    lock, now, most = Lock(), [0], [0]

    def task() -> Task:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with lock:
            now[0] -= 1
        yield 1.0

    run(clock, *(task() for _ in range(50)), parallel=3)

    assert 1 <= most[0] <= 3


def test_what_one_raises_goes_through_and_stops_the_others(clock: StandingClock) -> None:
    seen: list[str] = []

    def fails() -> Task:
        yield 1
        raise KeyError("why")

    def goes_on() -> Task:
        while True:
            seen.append("again")
            yield 0.6

    with pytest.raises(KeyError, match="why"):
        run(clock, fails(), goes_on())
    assert len(seen) <= 3


def test_what_runs_beside_ends_with_the_others(clock: StandingClock) -> None:
    ticks: list[float] = []

    def beside() -> Task:
        try:
            while True:
                ticks.append(clock.passed)
                yield 1
        finally:
            ticks.append(-1)

    def task() -> Task:
        yield 3.5

    run(clock, task(), beside=beside())

    assert ticks[-1] == -1
    assert ticks[:4] == pytest.approx([0, 1, 2, 3], abs=0.2)
    assert clock.passed == pytest.approx(3.5, abs=0.2)


def test_nothing_to_do_is_done_at_once(clock: StandingClock) -> None:
    def beside() -> Task:
        while True:
            yield 1

    run(clock, beside=beside())
    assert clock.passed == 0


def test_pauses_that_add_up_to_a_little_less_than_they_should_end() -> None:
    """By a clock whose seconds are counted down from many, and which is only moved by sleeping."""
    left = [900.0]

    def sleep(seconds: float) -> None:
        assert seconds > 1e-9, "it would sleep for ever"
        left[0] -= seconds

    def task() -> Task:
        for number in range(1, 200):
            yield number / 7

    run_side_by_side([task(), task()], parallel=1, clock=lambda: 0.1 + (900.0 - left[0]), sleep=sleep)
    assert left[0] == pytest.approx(900 - sum(range(1, 200)) / 7, abs=0.5)
