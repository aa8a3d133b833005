"""A store in memory: for tests that begin with the same state many hundred times."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from shared.errors import ConflictError
from shared.state.documents import require_storable, text_of
from shared.state.store import Document, Key, Row, Write, new_version
from shared.state.tables import TABLES, Table
from tests.rows import one_by_one


class Remembering:
    """It is held to what every driver promises."""

    def __init__(self, rows: dict[tuple[str, Key], Row] | None = None) -> None:
        self._rows = dict(rows or {})
        self._writing = threading.Lock()

    @classmethod
    def copy_of(cls, path: Path) -> Remembering:
        """What a state file holds."""
        rows: dict[tuple[str, Key], Row] = {}
        with closing(sqlite3.connect(path)) as file:
            for table in TABLES:
                columns = ", ".join([*(column.name for column in table.key), "version", "document"])
                for *key, version, document in file.execute(f"SELECT {columns} FROM {table.name}"):
                    rows[table.name, tuple(key)] = Row(tuple(key), version, json.loads(document))
        return cls(rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Remembering) and self._rows == other._rows

    __hash__ = None  # type: ignore[assignment]

    def again(self) -> Remembering:
        """Another one with the same rows."""
        return Remembering(self._rows)

    def all_of(self, table: Table) -> list[Row]:
        return [row for (name, _), row in list(self._rows.items()) if name == table.name]

    def get(self, table: Table, key: Key) -> Row | None:
        return self._rows.get((table.name, key))

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        return (row for key in dict.fromkeys(keys) if (row := self.get(table, key)))

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        require_storable(table, key)
        new = Row(key, new_version(), json.loads(text_of(document)))
        with self._writing:
            self._check(table, key, version)
            self._rows[table.name, key] = new
        return new.version

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        for key, document in rows:
            self.put(table, key, document, version=0)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        return one_by_one(self, table, rows)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        with self._writing:
            if self.get(table, key) is not None:
                self._check(table, key, version)
                del self._rows[table.name, key]

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        if not prefix:
            raise ValueError(f"a range of {table.name} needs its partition key")
        found = [row for row in self.all_of(table) if row.key[: len(prefix)] == prefix]
        found = [row for row in found if below is None or row.key[: len(below)] < below]
        found = [row for row in found if after is None or row.key > after]
        return iter(sorted(found, key=lambda row: row.key))

    def _check(self, table: Table, key: Key, version: int) -> None:
        there = self.get(table, key)
        if version != (there.version if there else 0):
            raise ConflictError(table.name, "/".join(map(str, key)))
