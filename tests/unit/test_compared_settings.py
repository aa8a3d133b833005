"""Settings before and after a write, compared, and told in words."""

from __future__ import annotations

from typing import Any

import pytest

from shared.products.kit.settings import changed, differences, picked


@pytest.mark.parametrize(("length", "shown"), [(58, f"'{'x' * 58}'"), (59, f"'{'x' * 59}…")])
def test_a_long_value_is_told_by_its_beginning(length: int, shown: str) -> None:
    """60 characters, the quotes among them."""
    assert differences({}, {"A": "x" * length}) == [f"A: None → {shown}"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"A": 1}, {"A": 1}, {}),
        ({"A": 1}, {}, {"A": (1, None)}),
        ({"B": {"A": 1, "C": 1}, "C": 1}, {"B": {"A": 2, "C": 1}, "C": 1}, {"B.A": (1, 2)}),
        ({"B": {"A": 1}}, {"B": {}}, {"B.A": (1, None)}),
        ({"A": [1, 2]}, {"A": [2, 1]}, {"A": ([1, 2], [2, 1])}),
        ({"A": (1, 2)}, {"A": [1, 2]}, {}),
        ({"A": None, "B": [], "C": False}, {"A": "", "B": {}, "C": None}, {}),
        (
            {"A": False, "B": 0, "C": None},
            {"A": True, "C": 0},
            {"A": (False, True), "B": (0, None), "C": (None, 0)},
        ),
        ({"A": 443, "B": ["80"]}, {"A": "443", "B": [80]}, {}),
        ({"A": [{"B": 1, "C": False}]}, {"A": [{"B": "1"}]}, {}),
        ({"A": [{"B": 1, "C": True}]}, {"A": [{"B": 1}]}, {"A": ([{"B": 1, "C": True}], [{"B": 1}])}),
    ],
    ids=["same", "gone", "inner", "emptied", "order", "stored", "nothing", "down", "digits", "row", "lost"],
)
def test_what_differs_is_told_by_its_path(
    before: dict[str, Any], after: dict[str, Any], told: dict[str, Any]
) -> None:
    assert changed(before, after) == told


def test_lists_without_order_are_the_same_in_any() -> None:
    first = {"Suites": [{"Name": "b", "Versions": ["2", "1"]}, {"Name": "a"}], "Other": 1}
    second = {"Suites": [{"Name": "b", "Versions": ["1", "2"]}, {"Name": "a"}], "Other": 2}

    one, two = (picked(row, ("Suites", "Missing"), sets=("Versions",)) for row in (first, second))

    assert one == two == {"Suites": [{"Name": "b", "Versions": ["1", "2"]}, {"Name": "a"}]}
