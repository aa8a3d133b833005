"""What the console keeps: how old it may be, when it is read anew, and what becomes of who finds nothing."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest

from console.kept import BeingReadError, Found, Kept, Reading
from shared.errors import InvalidRequestError
from tests.builders import NOW

SECONDS = 2.0  #: that each reading takes


@dataclass
class Desk:
    """Readings of one thing, each told from the next by its number; they go on while `held` is not set."""

    kept: Kept = field(init=False)
    passed: float = 1000.0
    made: int = 0
    rows: int = 20_000
    free: Event = field(default_factory=Event)
    failing: bool = False

    def __post_init__(self) -> None:
        self.kept = Kept(clock=lambda: self.passed)
        self.free.set()

    def make(self) -> Found[int]:
        assert self.free.wait(10)
        self.passed += SECONDS
        self.made += 1
        if self.failing:
            raise InvalidRequestError("it cannot be read")
        return Found(self.made, NOW + timedelta(seconds=self.passed), self.rows)

    def look(self, patience_s: float = 10) -> Reading[int]:
        return self.kept.read("it", self.make, patience_s)

    def in_passing(self) -> Reading[int]:
        """As somebody who does not wait."""
        self.free.clear()
        try:
            return self.look(0)
        finally:
            self.free.set()


def all_read() -> None:
    for thread in threading.enumerate():
        if thread.name == "console-kept":
            thread.join(10)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_is_small_is_read_anew_for_every_page(desk: Desk) -> None:
    desk.rows = 10

    assert [desk.look().value for _ in range(3)] == [1, 2, 3]
    assert desk.look().age_s == 0


def test_what_is_large_is_kept_ten_times_as_long_as_reading_it_took_and_dated(desk: Desk) -> None:
    first = desk.look()
    desk.passed += 10 * SECONDS - SECONDS - 1
    second = desk.look()

    assert (first.value, first.age_s, second.value, second.age_s) == (1, 0, 1, 19)
    assert (second.at, second.again) == (first.at, False)


def test_what_is_older_is_shown_while_it_is_read_anew_beside(desk: Desk) -> None:
    desk.look()
    desk.passed += 10 * SECONDS
    shown = desk.in_passing()
    all_read()

    assert (shown.value, shown.age_s, shown.again) == (1, 22, True)
    assert desk.in_passing().value == 2


def test_nobody_waits_in_vain_for_what_takes_longer_than_anybody_waits(desk: Desk) -> None:
    desk.look()
    desk.passed += 10 * SECONDS
    desk.kept.patience_s = 1.5
    desk.free.clear()
    began = time.monotonic()
    shown = desk.kept.read("it", desk.make)
    waited = time.monotonic() - began
    desk.free.set()
    all_read()

    assert (shown.value, shown.again, waited < 1) == (1, True, True)


def test_what_is_older_than_a_minute_is_shown_no_more(desk: Desk) -> None:
    desk.look()
    desk.passed += 60

    with pytest.raises(BeingReadError):
        desk.in_passing()
    assert desk.look().value == 2


def test_who_finds_nothing_yet_comes_again_and_it_is_read_once(desk: Desk) -> None:
    desk.free.clear()
    for _ in range(3):
        with pytest.raises(BeingReadError):
            desk.look(0)
    desk.free.set()

    assert (desk.look().value, desk.made) == (1, 1)


def test_after_an_order_what_was_read_before_counts_as_old(desk: Desk) -> None:
    desk.look()
    desk.kept.outdate()
    shown = desk.in_passing()
    all_read()

    assert (shown.value, shown.again) == (1, True)
    assert desk.in_passing().value == 2


def test_a_reading_that_began_before_an_order_is_not_waited_for(desk: Desk) -> None:
    desk.rows = 10
    desk.free.clear()
    with pytest.raises(BeingReadError):
        desk.look(0)
    desk.passed += 1
    desk.kept.outdate()
    with pytest.raises(BeingReadError):
        desk.look(0)
    desk.free.set()
    all_read()

    assert desk.made == 2


def test_a_failure_is_told_once_to_whoever_comes_next(desk: Desk) -> None:
    desk.failing = True
    with pytest.raises(BeingReadError):
        desk.in_passing()
    all_read()
    desk.failing = False

    with pytest.raises(InvalidRequestError):
        desk.look()
    assert desk.look().value == 2


def test_a_failure_that_was_waited_for_is_not_told_again(desk: Desk) -> None:
    desk.failing = True
    with pytest.raises(InvalidRequestError):
        desk.look()
    desk.failing = False

    assert desk.look().value == 2


def test_what_is_small_and_slow_is_shown_to_whoever_comes_again_for_it(desk: Desk) -> None:
    desk.rows = 10
    with pytest.raises(BeingReadError):
        desk.in_passing()
    all_read()

    assert desk.in_passing().value == 1
    with pytest.raises(BeingReadError):
        desk.in_passing()


def test_no_more_than_four_large_ones_are_kept(desk: Desk) -> None:
    for key in range(5):
        desk.kept.read(key, desk.make, 10)

    assert desk.kept.read(4, desk.make, 10).value == 5
    assert desk.kept.read(1, desk.make, 10).value == 2
    assert desk.kept.read(0, desk.make, 10).value == 6


def test_small_ones_take_no_place_of_large_ones(desk: Desk) -> None:
    desk.look()
    desk.rows = 10
    for key in range(15):
        desk.kept.read(key, desk.make, 10)

    assert desk.in_passing().value == 1
