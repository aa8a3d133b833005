"""Tables never break a word, so that an id can be copied from the screen, however narrow it is."""

from __future__ import annotations

from itertools import repeat

import pytest
from rich.text import Text

from cli.tables import Table

ID = "ALB/cn-hangzhou/lsn-f96f2900eea3284dbe/additional/10741304-cn-hangzhou"
WHY = "the kind of key changes (RSA → ECC); create a job by hand"


def a_table(*rows: tuple[str, ...]) -> Table:
    table = Table(("Slot", "Days", "Why"), wrap=("Why",), right=("Days",))
    for row in rows or [(ID, "7", WHY), ("CDN/-/a", "12", "")]:
        table.add(*row)
    return table


def lines(table: Table, width: int | None) -> list[str]:
    return [line.plain for line in table.lines(width)]


def test_where_no_width_is_given_each_row_is_a_line() -> None:
    assert lines(a_table(), None) == [
        f"{'Slot':{len(ID)}}  Days  Why",
        f"{ID}     7  {WHY}",
        f"{'CDN/-/a':{len(ID)}}    12",
    ]


def test_where_it_fits_cells_are_wrapped_between_words() -> None:
    assert lines(a_table(("CDN/-/a", "7", WHY)), 40) == [
        "Slot     Days  Why",
        "CDN/-/a     7  the kind of key changes",
        "               (RSA → ECC); create a job",
        "               by hand",
    ]


def test_where_nothing_else_fits_a_row_is_a_block_below_its_unbroken_id() -> None:
    assert lines(a_table(), 60) == [
        ID,
        "    Days: 7",
        "    Why: the kind of key changes (RSA → ECC); create a job",
        "         by hand",
        "CDN/-/a",
        "    Days: 12",
    ]


def test_short_cells_of_a_block_share_a_line() -> None:
    assert lines(a_table((ID, "7", "its names")), 60) == [ID, "    Days: 7  Why: its names"]


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 100, 150])
def test_at_no_width_a_word_is_broken_or_lost(width: int) -> None:
    table = a_table((ID, "7", WHY), ("SLB/cn-beijing/" + "x" * 90, "", "y" * 70 + " z"))

    words = " ".join(lines(table, width)).split()

    for cell in (ID, *WHY.split(), "SLB/cn-beijing/" + "x" * 90, "y" * 70, "z"):
        assert cell in words


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_longer_than_the_screen_but_by_a_word_that_is(width: int) -> None:
    table = a_table((ID, "7", " ".join(repeat("bücher 書籍.example", 9))), ("CDN/-/a", "12", WHY))

    assert all(Text(line).cell_len <= max(width, len(ID)) for line in lines(table, width))


def test_a_table_without_rows_or_with_short_rows_is_shown() -> None:
    table = Table(("A", "B"), title="T")
    assert lines(table, 80) == ["T", "A  B"]

    table.add("only")

    assert lines(table, 80) == ["T", "A     B", "only"]


def test_styles_stay_where_a_cell_is_wrapped() -> None:
    table = Table(("A", "B"), wrap=("B",), show_header=False)
    table.add("id", Text("one two three four", "red"))

    wrapped = list(table.lines(16))

    assert [line.plain for line in wrapped] == ["id  one two", "    three four"]
    assert all(any(span.style == "red" for span in line.spans) for line in wrapped)
