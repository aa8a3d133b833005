"""Waiting for a product: pauses that grow up to a limit, and never beyond the time that is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from shared.products.kit.waiting import Waiter


@dataclass
class Clock:
    left: float
    slept: list[float] = field(default_factory=list)

    def sleep(self, most: int = 100) -> None:
        """As long as the pauses say, and so many of them at most."""
        for pause in islice(Waiter(left_s=lambda: self.left).pauses(), most):
            self.slept.append(pause)
            self.left -= pause


def test_pauses_grow_by_three_fifths_from_half_a_second_to_ten() -> None:
    clock = Clock(left=1000.0)

    clock.sleep(9)

    longest = [0.5, 0.8, 1.28, 2.048, 3.2768, 5.24288, 8.388608, 10.0, 10.0]
    assert len(clock.slept) == len(longest)
    for pause, most in zip(clock.slept, longest, strict=True):
        assert 0.8 * most <= pause <= most
    assert len({round(p / m, 6) for p, m in zip(clock.slept, longest, strict=True)}) > 1, "polls spread"


def test_waiting_ends_before_the_time_does() -> None:
    clock = Clock(left=3.0)

    clock.sleep()

    assert len(clock.slept) in (3, 4)
    assert clock.left >= 0


def test_a_pause_that_just_fits_is_made() -> None:
    clock = Clock(left=0.5)

    clock.sleep()

    assert len(clock.slept) == 1


def test_without_time_there_is_no_pause() -> None:
    assert list(Waiter(left_s=lambda: 0.0).pauses()) == []
