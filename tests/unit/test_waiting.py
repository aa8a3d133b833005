"""Waiting for a product: pauses that grow up to a limit, and never beyond the time that is left."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from shared.errors import NotYetEffectiveError
from shared.products.kit.waiting import NO_DEADLINE, Waiter


@dataclass
class Clock:
    left: float
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.left -= seconds

    def waiter(self) -> Waiter:
        return Waiter(left_s=lambda: self.left, sleep=self.sleep)


def test_pauses_grow_by_three_fifths_from_half_a_second_to_ten() -> None:
    clock = Clock(left=1000.0)
    answers = iter([False] * 9 + [True])

    clock.waiter().until(lambda: next(answers), "done")

    longest = [0.5, 0.8, 1.28, 2.048, 3.2768, 5.24288, 8.388608, 10.0, 10.0]
    assert len(clock.slept) == len(longest)
    for pause, most in zip(clock.slept, longest, strict=True):
        assert 0.8 * most <= pause <= most
    assert len({round(p / m, 6) for p, m in zip(clock.slept, longest, strict=True)}) > 1, "polls spread"


def test_what_is_so_already_is_not_waited_for() -> None:
    clock = Clock(left=0.0)

    clock.waiter().until(lambda: True, "done")

    assert clock.slept == []


def test_waiting_ends_before_the_time_does() -> None:
    clock = Clock(left=3.0)

    with pytest.raises(NotYetEffectiveError) as late:
        clock.waiter().until(lambda: False, "the listener is busy")

    assert str(late.value) == "wait: NotYetEffective: the listener is busy (RequestId -)"
    assert len(clock.slept) in (3, 4)
    assert clock.left >= 0


def test_a_pause_that_just_fits_is_made() -> None:
    clock = Clock(left=0.5)

    with pytest.raises(NotYetEffectiveError):
        clock.waiter().until(lambda: False, "done")

    assert len(clock.slept) == 1


def test_an_adapter_without_a_deadline_waits_as_long_as_it_takes() -> None:
    assert NO_DEADLINE.left_s() > 24 * 3600
