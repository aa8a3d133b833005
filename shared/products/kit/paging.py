"""Lists in pages. The words differ from API to API, the loops do not."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

Answer = dict[str, Any]


def numbered_pages(
    page: Callable[[int], Answer], size: int, total: Callable[[Answer], Any] = itemgetter("TotalCount")
) -> Iterator[Answer]:
    """Answers of `page(1)`, `page(2)` … of `size` rows each, until the `total` of rows was asked for."""
    number = 1
    while True:
        answer = page(number)
        yield answer
        if number * size >= int(total(answer)):
            return
        number += 1


def token_pages(page: Callable[[str | None], Answer], field: str = "NextToken") -> Iterator[Answer]:
    """Answers of `page`, which takes the token of the one before, until an answer has no such `field`."""
    found: str | None = None
    while True:
        answer = page(found)
        yield answer
        if not (found := answer.get(field)):
            return
