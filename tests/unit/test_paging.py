"""Lists in pages: the total is a hint, and no row is lost where it is off."""

from __future__ import annotations

import pytest

from shared.cloud.reading import Fields
from shared.products.kit.paging import numbered_rows


@pytest.mark.parametrize(
    ("pages", "total", "asked"),
    [
        ([2, 2, 1], 5, 3),
        ([2, 2], 4, 3),  # the total may be too low
        ([2, 2, 1], 4, 3),  # it is
        ([], 0, 1),
        ([2, 2, 1], None, 3),
        ([2, 2], None, 3),  # nothing tells that it was the last one
        ([2, 2, 1], 3, 3),  # rows came meanwhile
        ([2, 1], 9, 3),  # rows went, or are counted and not shown
        ([1, 1, 1], 3, 3),  # pages have fewer rows than were asked for
    ],
)
def test_every_row_is_given_whatever_total_is_told(pages: list[int], total: int | None, asked: int) -> None:
    numbers: list[int] = []

    def page(number: int) -> Fields:
        numbers.append(number)
        rows = pages[number - 1] if number <= len(pages) else 0
        return Fields({"Rows": [{"Page": number}] * rows, "TotalCount": total})

    found = list(numbered_rows(page, 2, lambda answer: answer.rows("Rows")))

    assert len(found) == sum(pages)
    assert numbers == list(range(1, asked + 1))
