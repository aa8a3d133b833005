"""How long a use case may wait: as long as its function has time to spare, and no longer than asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.products.kit.waiting import Waiter
from shared.services.world import World


class Function:
    """With 100 seconds left at first."""

    def __init__(self) -> None:
        self.spent = 0.0

    def waiter(self, **limits: Any) -> Waiter:
        world = SimpleNamespace(left_s=lambda: 100 - self.spent)
        world.steady = lambda: World.steady(cast(World, world))
        return World.waiter(cast(World, world), **limits)


@pytest.mark.parametrize(
    ("limits", "at_first", "after_10_s"),
    [
        ({"spare_s": 0}, 100, 90),
        ({"spare_s": 20}, 80, 70),
        ({"spare_s": 20, "at_most_s": 30}, 30, 20),
        ({"spare_s": 20, "at_most_s": 1000}, 80, 70),
        ({"spare_s": 95, "at_most_s": 30}, 5, -5),
    ],
)
def test_a_wait_ends_with_the_time_to_spare_or_when_it_is_long_enough(
    limits: dict[str, float], at_first: float, after_10_s: float
) -> None:
    function = Function()
    waiter = function.waiter(**limits)

    assert waiter.left_s() == at_first
    function.spent += 10
    assert waiter.left_s() == after_10_s


def test_a_limit_counts_from_when_the_waiter_was_made() -> None:
    function = Function()
    function.spent = 50
    waiter = function.waiter(spare_s=0, at_most_s=30)
    function.spent = 60
    assert waiter.left_s() == 20
