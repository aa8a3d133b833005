"""Lists of many rows: columns by choice, as a table, or as CSV for spreadsheets and scripts."""

import csv
import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import typer
from rich.text import Text

from cli import output
from shared.domain.visible import visible
from shared.errors import InvalidRequestError

Of = TypeVar("Of")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsCsv = Annotated[
    bool, typer.Option("--csv", help="Print the rows as CSV, with whole ids, and times in ISO 8601.")
]


@dataclass(frozen=True)
class Column(Generic[Of]):
    """`text`: for people. `value`: for programs; default: the same. `wrap`: may be wrapped between words."""

    name: str  #: as `--columns` takes it
    header: str
    text: Callable[[Of], str | Text]
    value: Callable[[Of], str] | None = None
    wrap: bool = False

    def plain(self, of: Of) -> str:
        return self.value(of) if self.value else str(self.text(of))


def check_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise InvalidRequestError("--json and --csv: choose one of them")


def check_given(option: str, value: str | None) -> None:
    """An option with an empty value, as of a variable that is not set, is not one that was left out."""
    if value is not None and not value.strip():
        raise InvalidRequestError(f"{option}: is empty; leave the option out, or give it a value")


def check_each_given(**options: Sequence[str] | None) -> None:
    """As `check_given` of each value of these options, which may be repeated."""
    for name, values in options.items():
        for value in values or ():
            check_given(f"--{name}", value)


def chosen(known: Sequence[Column[Of]], asked: str | None, usual: Sequence[str]) -> list[Column[Of]]:
    """The columns that are asked for, separated by commas, in this order; or else the `usual` ones.

    Raises:
        InvalidRequestError: one is not known.
    """
    by_name = {column.name: column for column in known}
    names = usual if asked is None else [text.strip().lower() for text in asked.split(",") if text.strip()]
    for name in names or [""]:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(by_name)}"
            raise InvalidRequestError(f"--columns {name!r}: no such column; {hint}")
    return [by_name[name] for name in dict.fromkeys(names)]


def show(columns: Sequence[Column[Of]], rows: Iterable[Of], title: str = "") -> None:
    table = output.table(
        *(column.header for column in columns),
        title=title,
        wrap=tuple(column.header for column in columns if column.wrap),
    )
    for row in rows:
        output.row(table, *(column.text(row) for column in columns))
    output.show(table)


def write_csv(columns: Sequence[Column[Of]], rows: Iterable[Of]) -> None:
    """To stdout, with a line of names first."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([visible(column.plain(row), keep="\n") for column in columns] for row in rows)
