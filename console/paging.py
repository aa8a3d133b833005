"""Lists in pages: so many rows of one list, and the way to the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from console.asking import Asked

ROWS: Final = 100


@dataclass(frozen=True)
class Pages:
    """`start`: how many rows are left out before this page; `total`: of the whole list."""

    path: str
    given: Mapping[str, Sequence[str]]
    start: int
    total: int
    rows: int = ROWS

    @classmethod
    def of(cls, asked: Asked, path: str, total: int, rows: int = ROWS, *, field: str = "offset") -> "Pages":
        """`field`: that names the start. In place of one after the last row the last page is shown."""
        start = asked.number(field, 0)
        last = max(0, total - 1) // rows * rows
        return cls(path, asked.given, start if start < total else last, total, rows)

    @property
    def end(self) -> int:
        return min(self.start + self.rows, self.total)

    @property
    def before(self) -> str:
        """The address of the page before; "": there is none."""
        return self._at(max(0, self.start - self.rows)) if self.start else ""

    @property
    def after(self) -> str:
        return self._at(self.start + self.rows) if self.start + self.rows < self.total else ""

    def _at(self, start: int) -> str:
        return address(self.path, {**self.given, "offset": [str(start)]})


def address(path: str, given: Mapping[str, Sequence[str]]) -> str:
    """With what is given as its query, but for how it is shown."""
    kept = {name: [one for one in values if one] for name, values in given.items() if name not in _OF_SHOWING}
    return f"{path}?{urlencode(kept, doseq=True)}"


_OF_SHOWING: Final = ("lang", "fragment", "seen")
