"""One table: rows in the order of their keys, each with the versions of its cells.

A cell lives as long as the table's TTL says, from its timestamp on; a row whose cells are all over is gone.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulator.services.tablestore.checks import refused
from emulator.services.tablestore.plainbuffer import (
    DELETE_ALL,
    DELETE_ONE,
    INCREMENT,
    Cell,
    End,
    KeyValue,
    Value,
    size_of,
)

Key = tuple[int | str | bytes, ...]
Versions = dict[str, list[tuple[int, Value]]]  #: by column: timestamp in ms and value, the latest first
_Place = tuple[tuple[int, Any], ...]
OPTIONS = {
    "time_to_live": -1,
    "max_versions": 1,
    "deviation_cell_version_in_sec": 86_400,
    "allow_update": True,
}


@dataclass
class Row:
    key: Key
    cells: Versions
    written: int  #: ms; how old a row without any cell is


@dataclass
class Table:
    meta: dict[str, Any]  #: as CreateTable takes it
    options: dict[str, Any]
    created: int = 0  #: ms
    rows: dict[Key, Row] = field(default_factory=dict)
    order: list[_Place] = field(default_factory=list)
    last_number: int = 0  #: that an auto-increment column got
    #: Who keeps the table is told of each row.
    stored: Callable[[Row], None] = field(default=lambda row: None, repr=False)
    removed: Callable[[Key], None] = field(default=lambda key: None, repr=False)
    _keys: dict[_Place, Key] = field(default_factory=dict)

    @property
    def schema(self) -> Sequence[Mapping[str, Any]]:
        columns: Sequence[Mapping[str, Any]] = self.meta["primary_key"]
        return columns

    @property
    def key_names(self) -> list[str]:
        return [column["name"] for column in self.schema]

    def named(self, key: Key) -> list[tuple[str, KeyValue]]:
        return list(zip(self.key_names, key, strict=True))

    def find(self, key: Key, now: int) -> Row | None:
        """The row as it is now; one that has outlived its time is taken away."""
        row = self.rows.get(key)
        if row is None or self.options["time_to_live"] == -1:
            return row
        oldest = now - self.options["time_to_live"] * 1000
        living = {
            name: kept
            for name, versions in row.cells.items()
            if (kept := [version for version in versions if version[0] > oldest])
        }
        if living or (not row.cells and row.written > oldest):
            return Row(key, living, row.written)
        self.remove(key)
        return None

    def put(self, key: Key, cells: Sequence[Cell], now: int) -> None:
        """The row with these cells and no others."""
        self.store(Row(key, self._with({}, cells, now), now))

    def update(self, key: Key, cells: Sequence[Cell], now: int) -> None:
        """The row, made if need be, with these cells changed."""
        row = self.find(key, now)
        found = {name: list(versions) for name, versions in row.cells.items()} if row else {}
        changed = self._with(found, cells, now)
        if row is None and not changed:
            return  # a row that is only taken from is not made
        self.store(Row(key, changed, now))

    def remove(self, key: Key) -> None:
        if self.rows.pop(key, None) is not None:
            place = _place(key)
            del self.order[bisect_left(self.order, place)]
            del self._keys[place]
            self.removed(key)

    def between(
        self, start: Sequence[KeyValue], end: Sequence[KeyValue], now: int, *, backward: bool = False
    ) -> Iterator[Row]:
        """Rows from `start` (inclusive) to `end` (exclusive); backward: `start` is the greater one."""
        first, last = _place(start), _place(end)
        if backward:
            # Exclusive below, inclusive above: both bounds are behind an equal key.
            places = self.order[_behind(self.order, last) : _behind(self.order, first)][::-1]
        else:
            places = self.order[bisect_left(self.order, first) : bisect_left(self.order, last)]
        for place in places:
            if row := self.find(self._keys[place], now):
                yield row

    @staticmethod
    def runs(start: Sequence[KeyValue], end: Sequence[KeyValue], *, backward: bool) -> bool:
        """Whether a range goes the way it says."""
        return _place(end) < _place(start) if backward else _place(start) < _place(end)

    def number(self) -> int:
        """The next one of an auto-increment column."""
        self.last_number += 1
        return self.last_number

    def size(self, row: Row) -> int:
        """In bytes: names and values, and eight for each timestamp where they count [guess]."""
        total = sum(len(name) + size_of(value) for name, value in self.named(row.key))
        stamped = self.options["time_to_live"] != -1 or self.options["max_versions"] > 1
        for name, versions in row.cells.items():
            total += sum(len(name) + size_of(value) + 8 * stamped for _, value in versions)
        return total

    def store(self, row: Row) -> None:
        """In place of the one of its key."""
        if row.key not in self.rows:
            place = _place(row.key)
            insort(self.order, place)
            self._keys[place] = row.key
        self.rows[row.key] = row
        self.stored(row)

    def _with(self, found: Versions, cells: Sequence[Cell], now: int) -> Versions:
        for cell in cells:
            if cell.operation == DELETE_ALL:
                found.pop(cell.name, None)
            elif cell.operation == DELETE_ONE:
                kept = [one for one in found.get(cell.name, ()) if one[0] != cell.timestamp]
                found[cell.name] = kept
            else:
                value = cell.value
                if cell.operation == INCREMENT:
                    value = self._raised(found.get(cell.name, ()), cell)
                if value is None:
                    raise refused("Attribute column is missing.")
                self._add(found, cell, value, now)
        return {name: versions for name, versions in found.items() if versions}

    def _add(self, found: Versions, cell: Cell, value: Value, now: int) -> None:
        timestamp = now if cell.timestamp is None else cell.timestamp
        off = self.options["deviation_cell_version_in_sec"] * 1000
        if not now - off <= timestamp < now + off:
            why = f"The timestamp of column: '{cell.name}' is out of the max time deviation."
            raise refused(why)  # [guess]
        versions = [one for one in found.get(cell.name, ()) if one[0] != timestamp]
        versions.append((timestamp, value))
        versions.sort(key=lambda one: -one[0])
        found[cell.name] = versions[: self.options["max_versions"]]

    @staticmethod
    def _raised(versions: Sequence[tuple[int, Value]], cell: Cell) -> int:
        by, before = cell.value, versions[0][1] if versions else 0
        if type(by) is not int or type(before) is not int:
            raise refused(f"Column: '{cell.name}' is no integer.")  # [guess]
        return (before + by + (1 << 63)) % (1 << 64) - (1 << 63)


def _place(key: Sequence[KeyValue]) -> _Place:
    """A key in a form that sorts: numbers by value, texts by their UTF-8 bytes, ends outside."""
    return tuple(
        (0, 0) if part is End.MIN else (2, 0) if isinstance(part, End) else (1, _sortable(part))
        for part in key
    )


def _sortable(part: int | str | bytes) -> int | bytes:
    return part.encode() if isinstance(part, str) else part


def _behind(order: list[_Place], place: _Place) -> int:
    at = bisect_left(order, place)
    return at + (at < len(order) and order[at] == place)
