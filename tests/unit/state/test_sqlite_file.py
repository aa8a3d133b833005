"""The state file: one that is not ours is left as it is, and what cannot be used is told in one sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.errors import AppError, SettingsError, StateUnavailableError
from shared.state.schema import SCHEMA
from shared.state.sqlite import SqliteStore
from shared.state.sqlite_file import APPLICATION_ID
from shared.state.tables import JOBS, SCANS

KEY = ("-", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


@pytest.fixture
def store(path: Path) -> SqliteStore:
    """With a row."""
    store = SqliteStore(path)
    store.put(JOBS, KEY, {"n": 1}, version=0)
    return store


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for another process."""
    monkeypatch.setattr("shared.state.sqlite._WAIT_S", 0.01)
    monkeypatch.setattr("shared.state.sqlite_file.time.sleep", lambda seconds: None)


def header(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as file:
        claimed, schema = (
            file.execute(f"PRAGMA {one}").fetchone()[0] for one in ("application_id", "user_version")
        )
        return claimed, schema


def made(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        for statement in statements:
            file.execute(statement)
    path.chmod(0o664)


def check_left_alone(path: Path, why: str) -> None:
    """The file, its mode, and what is beside it."""
    before, mode = path.read_bytes(), path.stat().st_mode
    with pytest.raises(SettingsError) as refused:
        SqliteStore(path)
    assert str(refused.value) == f"the state file {path}{why}"
    assert (path.read_bytes(), path.stat().st_mode) == (before, mode)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_file_says_whose_it_is_and_of_which_schema(path: Path, store: SqliteStore) -> None:
    assert header(path) == (APPLICATION_ID, SCHEMA)
    store._connection().execute("PRAGMA wal_checkpoint")
    assert path.read_bytes()[68:72] == b"CDEP", "not where `file` and others look for it"


def test_a_file_of_version_0_1_is_ours_from_now_on(path: Path, store: SqliteStore) -> None:
    made(path, "PRAGMA application_id = 0", "PRAGMA user_version = 0")

    assert SqliteStore(path).get(JOBS, KEY) is not None
    assert header(path) == (APPLICATION_ID, SCHEMA)


FOREIGN = {
    "tables of its own": ("CREATE TABLE users (name TEXT)",),
    "a table called as one of ours": ("CREATE TABLE jobs (id INTEGER PRIMARY KEY, name TEXT)",),
    "its own among ours": (
        "CREATE TABLE scans (store TEXT, version INTEGER, document TEXT)",
        "CREATE TABLE users (name TEXT)",
    ),
    "an id of its own": ("PRAGMA application_id = 7",),
    "an id of its own, and our tables": (
        "CREATE TABLE scans (store TEXT, version INTEGER, document TEXT)",
        "PRAGMA application_id = 7",
    ),
}


@pytest.mark.parametrize("how", FOREIGN)
def test_a_file_of_another_program_is_left_as_it_is(path: Path, how: str) -> None:
    made(path, *FOREIGN[how])

    check_left_alone(path, " is of another program, and is left as it is; name another file")


def test_a_state_of_a_later_schema_is_left_as_it_is(path: Path) -> None:
    made(path, f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {SCHEMA + 1}")

    why = f" is of schema {SCHEMA + 1}, which a newer certdeploy wrote; this one knows schema {SCHEMA}"
    check_left_alone(path, f"{why}: use the newer one")


def test_what_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.write_text("certificates:\n  - name: www.example.com\n" * 20, encoding="utf-8")
    path.chmod(0o664)

    check_left_alone(path, ": it is no state of certdeploy's")


def test_an_empty_file_becomes_a_state(path: Path) -> None:
    path.touch()

    SqliteStore(path)

    assert header(path) == (APPLICATION_ID, SCHEMA)


def told(error: type[AppError], path: Path, why: str) -> pytest.RaisesExc[AppError]:
    return pytest.RaisesExc(error, check=lambda met: str(met) == f"the state file {path}: {why}")


def test_a_damaged_file_is_told_as_such(path: Path, store: SqliteStore) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store._connection().close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    with pytest.raises(SettingsError) as refused:
        SqliteStore(path).get(JOBS, KEY)

    assert str(refused.value).startswith(f"the state file {path}: it is damaged; put a copy in its place")


def test_a_file_in_a_folder_that_is_missing_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "state.sqlite"
    why = "it cannot be opened: its folder is missing, or permissions forbid it"
    with told(SettingsError, path, why):
        SqliteStore(path)


@pytest.fixture
def locked(path: Path) -> Iterator[None]:
    """By another process."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_a_file_that_another_process_has_locked_is_told_as_such_and_goes_on_when_it_is_free(
    hurried: None, path: Path, store: SqliteStore, request: pytest.FixtureRequest
) -> None:
    store._connection().close()
    del store._local.connection
    request.getfixturevalue("locked")

    with told(StateUnavailableError, path, "another process has it locked; try again"):
        SqliteStore(path)


def test_a_write_that_meets_a_lock_has_changed_nothing_and_is_done_when_it_is_free(
    hurried: None, path: Path, store: SqliteStore
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with told(StateUnavailableError, path, "another process has it locked; try again"):
            store.put(SCANS, ("cn-hangzhou",), {}, version=0)
        other.execute("ROLLBACK")

    assert store.get(SCANS, ("cn-hangzhou",)) is None
    store.put(SCANS, ("cn-hangzhou",), {}, version=0)


def test_a_full_disk_keeps_all_or_nothing_and_work_goes_on_when_there_is_room(
    path: Path, store: SqliteStore
) -> None:
    connection, many = store._connection(), [(("-", number), {"x": "x" * 500}) for number in range(2, 300)]
    connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the size that it has

    with told(StateUnavailableError, path, "the disk is full"):
        store.put_many(JOBS, many)
    assert [row.key for row in store.range(JOBS, ("-",))] == [KEY]

    connection.execute("PRAGMA max_page_count = 100000")
    store.put_many(JOBS, many)
    assert len(list(store.range(JOBS, ("-",)))) == 299


def test_a_file_that_may_only_be_read_is_read_and_each_write_is_told(path: Path, store: SqliteStore) -> None:
    store._connection().execute("PRAGMA query_only = 1")

    assert store.get(JOBS, KEY) is not None
    why = "it cannot be written: its permissions, or those of its folder, forbid it"
    with told(StateUnavailableError, path, why):
        store.put(JOBS, KEY, {}, version=0)


def test_what_nobody_has_words_for_is_told_in_those_of_sqlite(path: Path, store: SqliteStore) -> None:
    store._connection().execute("DROP TABLE jobs")

    with told(StateUnavailableError, path, "no such table: jobs"):
        store.get(JOBS, KEY)


def test_a_second_version_that_opens_the_file_at_once_finds_it_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its look at the file and its own lock, another process has made all of it."""
    from shared.state import sqlite_file

    make, met = sqlite_file._is_prepared, [0]

    def prepared(connection: sqlite3.Connection) -> bool:
        found = make(connection)
        if not met[0]:
            met[0] = 1
            SqliteStore(path).put(JOBS, KEY, {}, version=0)
        return found

    monkeypatch.setattr(sqlite_file, "_is_prepared", prepared)

    assert SqliteStore(path).get(JOBS, KEY) is not None
