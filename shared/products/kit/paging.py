"""Lists in pages. The words differ from API to API, the loops do not."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from shared.cloud.reading import Fields

Answer = dict[str, Any]


def numbered_answers(
    page: Callable[[int], Fields],
    size: int,
    rows: Callable[[Fields], list[Fields]],
    total: str = "TotalCount",
) -> Iterator[Fields]:
    """`page(1)`, `page(2)` … of at most `size` rows each, until all were given.

    `total`: where an answer has it, such as "page_info.total_count".
    The total is a hint: it may be missing, or be off where something comes or goes meanwhile. Then the end
    is a page that is short, or one without rows.
    """
    number = given = 0
    *path, name = total.split(".")
    while True:
        number += 1
        answer = page(number)
        yield answer
        found = len(rows(answer))
        given += found
        all_ = answer.part(*path).number(name)
        if all_ is not None and given > all_:
            all_ = None
        if not found or given == all_ or (all_ is None and found < size):
            return


def numbered_rows(
    page: Callable[[int], Fields],
    size: int,
    rows: Callable[[Fields], list[Fields]],
    total: str = "TotalCount",
) -> Iterator[Fields]:
    """The rows of `numbered_answers`."""
    for answer in numbered_answers(page, size, rows, total):
        yield from rows(answer)


def token_rows(
    page: Callable[[str | None], Fields], rows: Callable[[Fields], list[Fields]], field: str = "NextToken"
) -> Iterator[Fields]:
    """The rows of `page`, which takes the token of the one before, until an answer has none, or the same."""
    token: str | None = None
    while True:
        answer = page(token)
        yield from rows(answer)
        if not (new := answer.text(field)) or new == token:
            return
        token = new


def numbered_pages(
    page: Callable[[int], Answer], size: int, total: Callable[[Answer], Any] = itemgetter("TotalCount")
) -> Iterator[Any]:
    """Answers of `page(1)`, `page(2)` … of `size` rows each, until the `total` of rows was asked for."""
    number = 1
    while True:
        answer = page(number)
        yield answer
        if number * size >= int(total(answer)):
            return
        number += 1


def token_pages(page: Callable[[str | None], Answer], field: str = "NextToken") -> Iterator[Any]:
    """Answers of `page`, which takes the token of the one before, until an answer has no such `field`."""
    found: str | None = None
    while True:
        answer = page(found)
        yield answer
        if not (found := answer.get(field)):
            return
