"""Lists in pages. The words differ from API to API, the loops do not."""

from collections.abc import Callable, Iterator

from shared.cloud.reading import Fields


def numbered_answers(
    page: Callable[[int], Fields],
    size: int,
    rows: Callable[[Fields], list[Fields]],
    total: str = "TotalCount",
) -> Iterator[Fields]:
    """`page(1)`, `page(2)` … of at most `size` rows each, until all were given.

    `total`: where an answer has it, such as "page_info.total_count".
    The total is a hint: it may be missing, or be off where something comes or goes meanwhile. So a full page
    is never the last one, whatever the total says; the end is the page that reaches it, one that is short
    where it is missing or too low, or one without rows.
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
        if not found or (found < size if all_ is None else given == all_ and found != size):
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
