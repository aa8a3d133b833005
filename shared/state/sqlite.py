"""The store in one SQLite file: used on one machine and in the tests."""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from shared.errors import ConflictError
from shared.state.store import Document, Key, Row, new_version
from shared.state.tables import TABLES, Table

#: A row is on the disk when its write returns, so that a power cut takes back nothing that products were
#: changed after. Measured on an ext4 of a virtual disk: 2.4 ms a write, 0.07 ms with NORMAL, which may lose
#: the last ones; 20,000 rows added at once take 1.0 s and 0.6 s.
SYNCHRONOUS = "FULL"
_PAGE = 500
_VARIABLES = 999  #: in one statement; versions of SQLite before 3.32 take no more


class SqliteStore:
    """Safe for several threads and processes: every operation is a single statement."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._local = threading.local()
        _keep_private(self._path)
        with self._connection() as connection:
            _use_wal(connection)
            for table in TABLES:
                connection.execute(_created(table))
        if older := [table for table in TABLES if _columns(connection, table) != _named(table)]:
            _rebuild(connection, older)

    def get(self, table: Table, key: Key) -> Row | None:
        if not _storable(key):
            return None
        sql = f"SELECT version, document FROM {table.name} WHERE {_where(table)}"  # noqa: S608
        row = self._connection().execute(sql, key).fetchone()
        return Row(key, row[0], json.loads(row[1])) if row else None

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        storable = filter(_storable, dict.fromkeys(keys))
        columns = [c.name for c in table.key]
        while page := list(islice(storable, _VARIABLES // len(columns))):
            values = ", ".join([f"({', '.join('?' * len(columns))})"] * len(page))
            names = ", ".join(f"wanted_{name}" for name in columns)
            same = " AND ".join(f"{name} = wanted_{name}" for name in columns)
            # A join, and CROSS, lest SQLite read the whole table: it does so for `(a, b) IN (…)`.
            sql = (
                f"WITH wanted ({names}) AS (VALUES {values})"  # noqa: S608
                f" SELECT {', '.join(columns)}, version, document"
                f" FROM wanted CROSS JOIN {table.name} ON {same}"
            )
            rows = self._connection().execute(sql, [part for key in page for part in key])
            found = {tuple(row[:-2]): row for row in rows}
            for key in page:
                if row := found.get(key):
                    yield Row(key, row[-2], json.loads(row[-1]))

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        new = new_version()
        with self._connection() as connection:
            if version == 0:
                done = self._insert(connection, table, key, new, document)
            else:
                sql = (
                    f"UPDATE {table.name} SET version = ?, document = ?"  # noqa: S608
                    f" WHERE {_where(table)} AND version = ?"
                )
                done = connection.execute(sql, (new, _text(document), *key, version)).rowcount
        if not done:
            raise ConflictError(table.name, "/".join(map(str, key)))
        return new

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        left = iter(rows)
        while page := list(islice(left, _PAGE)):
            with self._connection() as connection:
                taken = [
                    key
                    for key, document in page
                    if not self._insert(connection, table, key, new_version(), document)
                ]
            if taken:
                raise ConflictError(table.name, "/".join(map(str, taken[0])))

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        with self._connection() as connection:
            sql = f"DELETE FROM {table.name} WHERE {_where(table)} AND version = ?"  # noqa: S608
            done = connection.execute(sql, (*key, version)).rowcount
        if not done and self.get(table, key) is not None:
            raise ConflictError(table.name, "/".join(map(str, key)))

    def range(self, table: Table, prefix: Key, *, below: Key | None = None) -> Iterator[Row]:
        if not prefix:
            raise ValueError(f"a range of {table.name} needs its partition key")
        if not _storable(prefix):
            return
        names = [c.name for c in table.key]
        order = ", ".join(names)
        fixed = " AND ".join(f"{name} = ?" for name in names[: len(prefix)])
        values: list[str | int] = list(prefix)
        if below is not None:
            columns = ", ".join(names[: len(below)])
            fixed += f" AND ({columns}) < ({', '.join('?' * len(below))})"
            values += below
        after: Key | None = None
        while True:  # by pages, so that a reader may write between two rows
            page_fixed, page_values = fixed, list(values)
            if (
                after is not None
            ):  # not by the columns of the prefix: SQLite would read all from its first row
                page_fixed += f" AND ({', '.join(names[len(prefix) :])}) > ({', '.join('?' * len(after))})"
                page_values += after
            sql = (
                f"SELECT {order}, version, document FROM {table.name}"  # noqa: S608
                f" WHERE {page_fixed} ORDER BY {order} LIMIT {_PAGE}"
            )
            rows = self._connection().execute(sql, page_values).fetchall()
            for row in rows:
                yield Row(tuple(row[:-2]), row[-2], json.loads(row[-1]))
            if len(rows) < _PAGE:
                return
            after = tuple(rows[-1][len(prefix) : -2])

    @staticmethod
    def _insert(
        connection: sqlite3.Connection, table: Table, key: Key, version: int, document: Document
    ) -> int:
        """How many rows it added: none, where there is one."""
        marks = ", ".join("?" * (len(key) + 2))
        sql = f"INSERT OR IGNORE INTO {table.name} VALUES ({marks})"  # noqa: S608
        return connection.execute(sql, (*key, version, _text(document))).rowcount

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30)
            connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            self._local.connection = connection
        return connection


def _keep_private(path: str) -> None:
    """Nobody but its owner, who may have shared it with a group, reads the file; nor what SQLite puts beside.

    A file that cannot be opened is SQLite's to tell.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    with suppress(OSError):  # of a version that left it open to all
        if (mode := os.stat(path).st_mode) & 0o007:
            os.chmod(path, mode & 0o7770)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at the same time. The mode is stored in the file.

    If several processes open a new file at the same time, SQLite reports "locked" to all but one at once,
    without its usual timeout (switching needs exclusive access); hence the loop.
    """
    for wait_s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(wait_s)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _created(table: Table) -> str:
    columns = ", ".join(f"{c.name} {'TEXT' if c.type is str else 'INTEGER'} NOT NULL" for c in table.key)
    names = ", ".join(c.name for c in table.key)
    return (
        f"CREATE TABLE IF NOT EXISTS {table.name} ({columns}, version INTEGER NOT NULL,"
        f" document TEXT NOT NULL, PRIMARY KEY ({names})) WITHOUT ROWID"
    )


def _named(table: Table) -> list[str]:
    return [*(c.name for c in table.key), "version", "document"]


def _columns(connection: sqlite3.Connection, table: Table) -> list[str]:
    return [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table.name})")]


def _rebuild(connection: sqlite3.Connection, tables: list[Table]) -> None:
    """Give the rows of an earlier version the key columns that they lack: 0, or an empty text."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in tables:
            there = _columns(connection, table)
            if there == _named(table):
                continue  # another process was faster
            lacking = {c.name: "''" if c.type is str else "0" for c in table.key if c.name not in there}
            values = ", ".join(lacking.get(name, name) for name in _named(table))
            connection.execute(f"ALTER TABLE {table.name} RENAME TO {table.name}_before")
            connection.execute(_created(table))
            connection.execute(f"INSERT INTO {table.name} SELECT {values} FROM {table.name}_before")  # noqa: S608
            connection.execute(f"DROP TABLE {table.name}_before")


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _storable(key: Key) -> bool:
    """Whether a row can have this key: numbers beyond 64 bits cannot be stored."""
    return all(isinstance(part, str) or -(2**63) <= part < 2**63 for part in key)


def _where(table: Table) -> str:
    return " AND ".join(f"{column.name} = ?" for column in table.key)
