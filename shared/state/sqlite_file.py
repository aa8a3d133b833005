"""The file of a state in SQLite: whose it is, which form it has, and what is told when it cannot be used.

The header carries an application id and, as `user_version`, the schema. A file of another program is refused
before anything is written, its mode and its journal included.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from shared.errors import AppError, SettingsError, StateUnavailableError
from shared.state.schema import SCHEMA, check_schema
from shared.state.tables import TABLES, Table

APPLICATION_ID: Final = int.from_bytes(b"CDEP", "big")
#: By a part of SQLite's own words, which Python 3.10 does not tell apart in another way.
_PASSING: Final = {
    "is locked": "another process has it locked; try again",
    "disk is full": "the disk is full",
    "readonly database": "it cannot be written: its permissions, or those of its folder, forbid it",
    "disk I/O error": "the disk failed",
    "unable to open": "it cannot be opened",
}
_LASTING: Final = {
    "not a database": "it is no state of certdeploy's",
    "malformed": "it is damaged; put a copy in its place, or name another file, which `certdeploy scan` and"
    " `certdeploy discover` fill",
}
_AT_FIRST: Final = {"unable to open": "it cannot be opened: its folder is missing, or permissions forbid it"}


@contextmanager
def telling(path: str, *, opening: bool = False) -> Iterator[None]:
    """What SQLite raises, as an error of our tree. `opening`: the file has not been opened yet.

    Raises:
        SettingsError: the file is none of ours, damaged, or where no file can be.
        StateUnavailableError: it cannot be used for now. The statement has changed nothing.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _told(str(error), path, _LASTING | _AT_FIRST if opening else _LASTING) from error


def _told(words: str, path: str, lasting: Mapping[str, str]) -> AppError:
    for part, why in lasting.items():
        if part in words:
            return SettingsError(f"the state file {path}: {why}")
    why = next((why for part, why in _PASSING.items() if part in words), words)
    return StateUnavailableError(f"the state file {path}: {why}")


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Let the file hold a state of this version: a new one, or one of an earlier version.

    Raises:
        SettingsError: it is another program's, or of a later schema.
    """
    _check(connection, path)
    _close_to_others(path)
    _use_wal(connection)
    if not _is_prepared(connection):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            _check(connection, path)  # another process may have been faster
            _make(connection, TABLES)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")


def keep_private(path: str) -> None:
    """A file that is not there yet is made its owner's alone, and so is what SQLite puts beside it.

    One that cannot be made is SQLite's to tell.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _close_to_others(path: str) -> None:
    """An earlier version left it open to all. Its owner may have shared it with a group."""
    with suppress(OSError):
        if (mode := os.stat(path).st_mode) & 0o007:
            os.chmod(path, mode & 0o7770)


def _check(connection: sqlite3.Connection, path: str) -> None:
    """Reads alone."""
    claimed, schema = _header(connection)
    if claimed == APPLICATION_ID:
        check_schema(schema, f"the state file {path}")
        return
    there = [str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    ours = {table.name: table for table in TABLES}
    # Version 0.1 claimed no file: its tables tell.
    if claimed or any(name not in ours or not _is_ours(connection, ours[name]) for name in there):
        raise SettingsError(
            f"the state file {path} is of another program, and is left as it is; name another file"
        )


def _header(connection: sqlite3.Connection) -> tuple[int, int]:
    claimed, schema = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    return int(claimed), int(schema)


def _is_prepared(connection: sqlite3.Connection) -> bool:
    as_named = all(_columns(connection, table) == _named(table) for table in TABLES)
    return as_named and _header(connection) == (APPLICATION_ID, SCHEMA)


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


def _make(connection: sqlite3.Connection, tables: Iterable[Table]) -> None:
    """The rows of an earlier version get the key columns that they lack: 0, or an empty text."""
    for table in tables:
        connection.execute(_created(table))
        there = _columns(connection, table)
        if there == _named(table):
            continue
        lacking = {c.name: "''" if c.type is str else "0" for c in table.key if c.name not in there}
        values = ", ".join(lacking.get(name, name) for name in _named(table))
        connection.execute(f"ALTER TABLE {table.name} RENAME TO {table.name}_before")
        connection.execute(_created(table))
        connection.execute(f"INSERT INTO {table.name} SELECT {values} FROM {table.name}_before")  # noqa: S608
        connection.execute(f"DROP TABLE {table.name}_before")


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


def _is_ours(connection: sqlite3.Connection, table: Table) -> bool:
    """Or an earlier version's, whose key was shorter."""
    there = _columns(connection, table)
    return there[-2:] == ["version", "document"] and set(there) <= set(_named(table))
