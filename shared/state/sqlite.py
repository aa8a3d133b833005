"""The store in one SQLite file: used on one machine and in the tests."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from shared.errors import ConflictError
from shared.state.documents import document_in, require_storable, storable, text_of
from shared.state.sqlite_file import keep_private, prepare, telling
from shared.state.store import Document, Key, Row, Write, new_version
from shared.state.tables import Table
from shared.state.whole import Found

#: A row is on the disk when its write returns, so that a power cut takes back nothing that products were
#: changed after. Measured on an ext4 of a virtual disk: 2.4 ms a write, 0.07 ms with NORMAL, which may lose
#: the last ones; 20,000 rows added at once take 1.0 s and 0.6 s.
SYNCHRONOUS = "FULL"
_PAGE = 500
_WAIT_S: Final = 30.0  #: for another process that has the file locked
_VARIABLES = 999  #: in one statement; versions of SQLite before 3.32 take no more


class SqliteStore:
    """Safe for several threads and processes: every operation is a single statement."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._local = threading.local()
        keep_private(self._path)
        with telling(self._path, opening=True):
            prepare(self._connection(), self._path)

    def get(self, table: Table, key: Key) -> Row | None:
        if not storable(key):
            return None
        sql = f"SELECT version, document FROM {table.name} WHERE {_where(table)}"  # noqa: S608
        row = next(iter(self._rows(sql, key)), None)
        return Row(key, row[0], document_in(row[1])) if row else None

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        left = filter(storable, dict.fromkeys(keys))
        columns = [c.name for c in table.key]
        while page := list(islice(left, _VARIABLES // len(columns))):
            values = ", ".join([f"({', '.join('?' * len(columns))})"] * len(page))
            names = ", ".join(f"wanted_{name}" for name in columns)
            same = " AND ".join(f"{name} = wanted_{name}" for name in columns)
            # A join, and CROSS, lest SQLite read the whole table: it does so for `(a, b) IN (…)`.
            sql = (
                f"WITH wanted ({names}) AS (VALUES {values})"  # noqa: S608
                f" SELECT {', '.join(columns)}, version, document"
                f" FROM wanted CROSS JOIN {table.name} ON {same}"
            )
            rows = self._rows(sql, [part for key in page for part in key])
            found = {tuple(row[:-2]): row for row in rows}
            for key in page:
                if row := found.get(key):
                    yield Row(key, row[-2], document_in(row[-1]))

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        require_storable(table, key)
        new = new_version()
        with self._writing() as connection:
            done = self._write(connection, table, Write(key, document, version), new)
        if not done:
            raise ConflictError(table.name, "/".join(map(str, key)))
        return new

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        left = iter(rows)
        while page := list(islice(left, _PAGE)):
            for key, _ in page:
                require_storable(table, key)
            with self._writing() as connection:
                taken = [
                    key
                    for key, document in page
                    if not self._insert(connection, table, key, new_version(), document)
                ]
            if taken:
                raise ConflictError(table.name, "/".join(map(str, taken[0])))

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        left, refused = iter(rows), list[Key]()
        while page := list(islice(left, _PAGE)):
            for one in page:
                require_storable(table, one.key)
            with self._writing() as connection:
                refused += [one.key for one in page if not self._write(connection, table, one, new_version())]
        return refused

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        if not storable(key):
            return
        with self._writing() as connection:
            sql = f"DELETE FROM {table.name} WHERE {_where(table)} AND version = ?"  # noqa: S608
            done = connection.execute(sql, (*key, version)).rowcount
        if not done and self.get(table, key) is not None:
            raise ConflictError(table.name, "/".join(map(str, key)))

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        if not prefix:
            raise ValueError(f"a range of {table.name} needs its partition key")
        if not (storable(prefix) and storable(after or ())) or prefix == after:
            return
        names = [c.name for c in table.key]
        order = ", ".join(names)
        fixed = " AND ".join(f"{name} = ?" for name in names[: len(prefix)])
        values: list[str | int] = list(prefix)
        if below is not None:
            columns = ", ".join(names[: len(below)])
            fixed += f" AND ({columns}) < ({', '.join('?' * len(below))})"
            values += below
        last = after[len(prefix) :] if after is not None else None
        while True:  # by pages, so that a reader may write between two rows
            page_fixed, page_values = fixed, list(values)
            if last is not None:  # not by the columns of the prefix: SQLite would read all from its first row
                page_fixed += f" AND ({', '.join(names[len(prefix) :])}) > ({', '.join(map(_mark, last))})"
                page_values += last
            sql = (
                f"SELECT {order}, version, document FROM {table.name}"  # noqa: S608
                f" WHERE {page_fixed} ORDER BY {order} LIMIT {_PAGE}"
            )
            rows = self._rows(sql, page_values)
            for row in rows:
                key = tuple(row[:-2])
                if table.fits(key):  # else others put it there, and no key of ours leads to it
                    yield Row(key, row[-2], document_in(row[-1]))
            if len(rows) < _PAGE:
                return
            last = tuple(rows[-1][len(prefix) : -2])

    def all_of(self, table: Table) -> Iterator[Found]:
        columns = ", ".join(c.name for c in table.key)
        after: Key = ()
        while True:
            fixed = f"WHERE ({columns}) > ({', '.join(map(_mark, after))})" if after else ""
            sql = (
                f"SELECT {columns}, version, document FROM {table.name}"  # noqa: S608
                f" {fixed} ORDER BY {columns} LIMIT {_PAGE}"
            )
            rows = self._rows(sql, after)
            yield from (Found(table, tuple(row[:-2]), row[-2], row[-1]) for row in rows)
            if len(rows) < _PAGE:
                return
            after = tuple(rows[-1][:-2])

    def _write(self, connection: sqlite3.Connection, table: Table, row: Write, new: int) -> int:
        """How many rows it wrote: none, where another version is stored."""
        if row.version == 0:
            return self._insert(connection, table, row.key, new, row.document)
        sql = (
            f"UPDATE {table.name} SET version = ?, document = ?"  # noqa: S608
            f" WHERE {_where(table)} AND version = ?"
        )
        return connection.execute(sql, (new, text_of(row.document), *row.key, row.version)).rowcount

    @staticmethod
    def _insert(
        connection: sqlite3.Connection, table: Table, key: Key, version: int, document: Document
    ) -> int:
        """How many rows it added: none, where there is one."""
        marks = ", ".join("?" * (len(key) + 2))
        sql = f"INSERT OR IGNORE INTO {table.name} VALUES ({marks})"  # noqa: S608
        return connection.execute(sql, (*key, version, text_of(document))).rowcount

    def _rows(self, sql: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
        """Raises: as `telling`."""
        with telling(self._path):
            return self._connection().execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All of it, or nothing. Raises: as `telling`."""
        with telling(self._path), self._connection() as connection:
            yield connection

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=_WAIT_S)
            connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            connection.text_factory = _text
            self._local.connection = connection
        return connection


def _text(stored: bytes) -> str | bytes:
    """Bytes, if others have stored what is no UTF-8: it is no text of ours, and hides no other row."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _mark(part: Any) -> str:
    """For a part of a key as it was read: bytes stood there as text."""
    return "CAST(? AS TEXT)" if isinstance(part, bytes) else "?"


def _where(table: Table) -> str:
    return " AND ".join(f"{column.name} = ?" for column in table.key)
