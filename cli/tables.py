"""Tables of text that never break a word: an id is printed whole, however narrow the screen.

A table takes one of three forms, the first that fits: each row on a line; cells wrapped between words; each
row as a block, with its first cell on a line of its own and the others below it under their names. Where no
width is given, as in a pipe, each row is a line, so that `grep` finds whole rows.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from shared.domain.visible import visible

_GAP: Final = "  "
_INDENT: Final = "    "
_LEAST: Final = 12  #: a cell that is wrapped gets this width if it has so much text
_HEADER: Final = "dim"
_BREAKS: Final = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
_WORD: Final = re.compile(r"\s*\S+")  #: with the space before it, which is lost at the start of a line

Row = tuple[Text, ...]


@dataclass
class Table:
    """`wrap`: the columns that may be wrapped between words. `right`: those aligned to the right."""

    columns: tuple[str, ...]
    title: str = ""
    wrap: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    show_header: bool = True
    rows: list[Row] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def add(self, *cells: str | Text) -> None:
        """A row; cells are not parsed as markup, and those that are missing at the end are empty."""
        found = [_cell(one) for one in cells]
        self.rows.append((*found, *(Text() for _ in self.columns[len(found) :])))

    def lines(self, width: int | None) -> Iterator[Text]:
        """`width`: columns of the screen; None: without an end."""
        if self.title:
            yield Text(visible(self.title, keep="\n"), "bold")
        header = tuple(Text(column, _HEADER) for column in self.columns)
        shown = [header, *self.rows] if self.show_header else self.rows
        natural = self._widths(shown, _length)
        if width is None or _total(natural) <= width:
            yield from (self._line(row, natural) for row in shown)
        elif _total(least := self._least(shown, natural)) <= width:
            widths = _shared_out(least, natural, width)
            for row in shown:
                yield from self._wrapped_row(row, widths)
        else:
            for row in self.rows:
                yield from self._block(row, width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.lines(options.max_width)

    def _widths(self, rows: Sequence[Row], measure: Callable[[str], int]) -> list[int]:
        places = range(len(self.columns))
        return [max((measure(row[place].plain) for row in rows), default=0) for place in places]

    def _least(self, rows: Sequence[Row], natural: Sequence[int]) -> list[int]:
        words = self._widths(rows, _longest_word)
        return [
            max(word, min(full, _LEAST)) if column in self.wrap else full
            for column, word, full in zip(self.columns, words, natural, strict=True)
        ]

    def _line(self, row: Row, widths: Sequence[int]) -> Text:
        line = Text()
        for column, cell, width in zip(self.columns, row, widths, strict=True):
            blank = " " * (width - _length(cell.plain))
            line.append(blank if column in self.right else "").append_text(cell)
            line.append(_GAP if column in self.right else blank + _GAP)
        line.rstrip()
        return line

    def _wrapped_row(self, row: Row, widths: Sequence[int]) -> Iterator[Text]:
        cells = [list(_wrapped(cell, width)) for cell, width in zip(row, widths, strict=True)]
        for place in range(max(map(len, cells))):
            parts = tuple(lines[place] if place < len(lines) else Text() for lines in cells)
            yield self._line(parts, widths)

    def _block(self, row: Row, width: int) -> Iterator[Text]:
        """Short cells share a line."""
        yield row[0]
        line = Text()
        for column, cell in zip(self.columns[1:], row[1:], strict=True):
            if not cell.plain:
                continue
            label = f"{column}: " if column else ""
            length = _length(label + cell.plain)
            if line and len(_GAP) + _length(line.plain) + length <= width:
                line.append(_GAP).append(label, _HEADER).append_text(cell)
                continue
            if line:
                yield line
            first, *others = _wrapped(cell, width - len(_INDENT + label))
            line = Text(_INDENT).append(label, _HEADER).append_text(first)
            for one in others:
                yield line
                line = Text(" " * len(_INDENT + label)).append_text(one)
        if line:
            yield line


def one_line(text: str) -> str:
    """Without line breaks, and with nothing that steers a screen: text of others may have some."""
    return visible(_BREAKS.sub(" ", text))


def _cell(one: str | Text) -> Text:
    """On one line, whatever is in it."""
    plain = one if isinstance(one, str) else one.plain
    if plain.isprintable():
        return Text(one) if isinstance(one, str) else one
    return Text(one_line(plain), "" if isinstance(one, str) else one.style)


def _length(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _longest_word(text: str) -> int:
    return max(map(_length, text.split()), default=0)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _shared_out(least: Sequence[int], natural: Sequence[int], width: int) -> list[int]:
    """What is left of the width goes to the columns that lack it, by how much they lack."""
    left = width - _total(least)
    lacking = [full - low for low, full in zip(least, natural, strict=True)]
    return [low + left * lack // (sum(lacking) or 1) for low, lack in zip(least, lacking, strict=True)]


def _wrapped(cell: Text, width: int) -> Iterator[Text]:
    """The cell's lines; one for an empty cell. A word that is longer than a line is not broken."""
    start = end = 0
    for word in _WORD.finditer(cell.plain):
        if end and _length(cell.plain[start : word.end()]) > width:
            yield cell[start:end]
            start = word.end() - len(word[0].lstrip())
        end = word.end()
    yield cell[start:end]
