"""The table of asynchronous invocations: what was accepted, and its state.

The states are Function Compute's: Enqueued, Running, Retrying, then Succeeded, Failed or Expired. The
file is locked while in use: two hosts would run every invocation twice.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from threading import RLock

from host.errors import StateFileError, StateInUseError, TaskExistsError

KEPT = 1000  #: finished rows that are kept; their task ids stay known
_PRUNE_EVERY = 100
_IN_MEMORY = Path(":memory:")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS invocations (
    id INTEGER PRIMARY KEY, function TEXT NOT NULL, request_id TEXT NOT NULL, task_id TEXT,
    payload BLOB NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    enqueued_at REAL NOT NULL, due_at REAL NOT NULL, finished_at REAL, error_type TEXT,
    UNIQUE (function, task_id));
CREATE INDEX IF NOT EXISTS invocations_by_finish ON invocations (finished_at);
CREATE TABLE IF NOT EXISTS ticks (
    function TEXT, trigger TEXT, at REAL NOT NULL, PRIMARY KEY (function, trigger));
"""


@dataclass(frozen=True)
class NewTask:
    function: str
    payload: bytes
    request_id: str
    task_id: str | None = None


@dataclass(frozen=True)
class Task:
    function: str
    payload: bytes
    request_id: str
    task_id: str | None
    id: int
    attempts: int  #: started runs, including this one
    enqueued_at: float  #: POSIX seconds
    due_at: float
    state: str
    error_type: str | None


_COLUMNS = ", ".join(field.name for field in fields(Task))


class TaskTable:
    """Thread-safe. Every method is one transaction, on disk when it returns."""

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        if path != _IN_MEMORY:
            with suppress(OSError):  # private, as are the files that SQLite puts beside it
                os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._db = sqlite3.connect(path, timeout=0.5, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise StateFileError(f"{path}, where invocations wait, cannot be used: {error}") from None
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(_SCHEMA)
            self.prune()
        except sqlite3.Error as error:
            self._db.close()
            if "locked" not in str(error):
                raise StateFileError(f"{path}, where invocations wait, cannot be used: {error}") from None
            raise StateInUseError(f"another host uses {path}") from None

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def add(self, task: NewTask, now: float) -> int:
        """Returns the row's id. Raises TaskExistsError if the function already has this task id."""
        with self._transaction() as db:
            return self._insert(db, task, now)

    def recover(self) -> list[Task]:
        """All unfinished invocations, oldest first. An interrupted run counts as not run."""
        with self._transaction() as db:
            db.execute(
                "UPDATE invocations SET state = 'Enqueued', attempts = attempts - 1 WHERE state = 'Running'"
            )
            return [
                Task(*row)
                for row in db.execute(
                    f"SELECT {_COLUMNS} FROM invocations WHERE finished_at IS NULL ORDER BY id"  # noqa: S608
                )
            ]

    def begin(self, task_id: int) -> Task | None:
        """Set the invocation to Running and return it; None if it is already finished."""
        with self._transaction() as db:
            row = db.execute(
                "UPDATE invocations SET state = 'Running', attempts = attempts + 1"  # noqa: S608
                f" WHERE id = ? AND finished_at IS NULL RETURNING {_COLUMNS}",
                (task_id,),
            ).fetchone()
            return Task(*row) if row else None

    def retry(self, task_id: int, due_at: float, error_type: str | None) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE invocations SET state = 'Retrying', due_at = ?, error_type = ? WHERE id = ?",
                (due_at, error_type, task_id),
            )

    def finish(
        self,
        task_id: int,
        state: str,
        now: float,
        error_type: str | None = None,
        follow: NewTask | None = None,
    ) -> int | None:
        """Finish an invocation and, in the same transaction, accept the notification of its failure."""
        with self._transaction() as db:
            db.execute(
                "UPDATE invocations SET state = ?, finished_at = ?, error_type = ?, payload = x''"
                " WHERE id = ?",
                (state, now, error_type, task_id),
            )
            follow_id = self._insert(db, follow, now) if follow else None
        if task_id % _PRUNE_EVERY == 0:
            self.prune()
        return follow_id

    def pending(self) -> int:
        """The number of accepted, unfinished invocations."""
        with self._lock:
            row = self._db.execute("SELECT count(*) FROM invocations WHERE finished_at IS NULL").fetchone()
            return int(row[0])

    def list(self) -> list[Task]:
        """All known invocations, oldest first."""
        with self._lock:
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM invocations ORDER BY id")  # noqa: S608
            return [Task(*row) for row in rows]

    def prune(self, kept: int = KEPT) -> None:
        with self._transaction() as db:
            db.execute(
                "DELETE FROM invocations WHERE id IN (SELECT id FROM invocations"
                " WHERE finished_at IS NOT NULL"
                " ORDER BY finished_at DESC, id DESC LIMIT -1 OFFSET ?)",
                (kept,),
            )

    def last_tick(self, function: str, trigger: str) -> float | None:
        with self._lock:
            row = self._db.execute(
                "SELECT at FROM ticks WHERE function = ? AND trigger = ?", (function, trigger)
            ).fetchone()
            return float(row[0]) if row else None

    def save_tick(self, function: str, trigger: str, now: float) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO ticks VALUES (?, ?, ?)", (function, trigger, now))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @staticmethod
    def _insert(db: sqlite3.Connection, task: NewTask, now: float) -> int:
        try:
            row = db.execute(
                "INSERT INTO invocations"
                " (function, request_id, task_id, payload, state, enqueued_at, due_at)"
                " VALUES (?, ?, ?, ?, 'Enqueued', ?, ?) RETURNING id",
                (task.function, task.request_id, task.task_id, task.payload, now, now),
            ).fetchone()
        except sqlite3.IntegrityError:
            raise TaskExistsError(f"task {task.task_id!r} of {task.function} already exists") from None
        return int(row[0])
