"""What a preview says of calls and time: by the declared rates, products and regions side by side."""

from __future__ import annotations

import pytest

from shared.services.expected import expected
from tests.builders import a_listener_slot, a_plan_entry, a_resource


def test_each_slot_takes_a_look_a_write_and_a_look_at_the_slowest_of_their_rates() -> None:
    """Of CDN: writes 30 a second, and a read that is no faster."""
    found = expected(a_plan_entry(a_resource(f"{n}.example.com")) for n in range(300))

    assert found.calls == 900
    assert found.seconds == pytest.approx(300 * 2 / 30)


def test_the_longest_of_products_and_regions_counts_since_they_go_side_by_side() -> None:
    far = [a_listener_slot(f"lsn-{n}", region="cn-beijing") for n in range(30)]
    near = [a_listener_slot(f"lsn-{n}", region="cn-hangzhou") for n in range(60)]
    slots = [*far, *near, a_resource()]

    both, alone = (expected(map(a_plan_entry, some)) for some in (slots, near))

    assert both.calls == 3 * 91
    assert both.seconds == alone.seconds > 0


def test_nothing_takes_nothing() -> None:
    assert (expected([]).calls, expected([]).seconds) == (0, 0)
