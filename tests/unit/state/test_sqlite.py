"""The store in one SQLite file: what other instances and processes on the same file may do to it."""

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from shared.errors import ConflictError
from shared.state.documents import document_in
from shared.state.sqlite import SqliteStore
from shared.state.store import Key, Row
from shared.state.tables import JOBS, SCANS, TABLES, WORKERS, Table
from tests.unit.state.counting import Meeting, add_five, count

KEY: Key = ("me", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


def test_of_two_who_read_the_same_version_one_saves(path: Path) -> None:
    first, second = SqliteStore(path), SqliteStore(path)
    version = first.put(JOBS, KEY, {"by": "nobody"}, version=0)
    first.put(JOBS, KEY, {"by": "first"}, version=version)
    with pytest.raises(ConflictError):
        second.put(JOBS, KEY, {"by": "second"}, version=version)
    row = second.get(JOBS, KEY)
    assert row is not None
    assert row.document == {"by": "first"}


def test_nobody_but_its_owner_reads_the_file_nor_what_is_beside_it(path: Path) -> None:
    store = SqliteStore(path)
    store.put(SCANS, ("cn-hangzhou",), {"n": 1}, version=0)

    modes = {name.name: name.stat().st_mode & 0o777 for name in path.parent.iterdir()}
    assert modes == dict.fromkeys(["state.sqlite", "state.sqlite-shm", "state.sqlite-wal"], 0o600)


def test_a_file_that_an_earlier_version_left_open_to_all_is_closed_to_them_and_kept_for_its_group(
    path: Path,
) -> None:
    path.touch()
    path.chmod(0o664)

    SqliteStore(path)

    assert path.stat().st_mode & 0o777 == 0o660


def test_what_was_stored_is_on_disk_before_the_answer(path: Path) -> None:
    """A worker's certificate before is stored before the first write to the product: a power cut keeps it.

    In a process of its own: the tests' own stores do without.
    """
    asks = "import sys; from shared.state.sqlite import SqliteStore as S; s = S(sys.argv[1])"
    asks += "; print(s._connection().execute('PRAGMA synchronous').fetchone())"

    assert subprocess.check_output([sys.executable, "-c", asks, str(path)]) == b"(2,)\n"


def test_rows_outlive_the_process(path: Path) -> None:
    version = SqliteStore(path).put(SCANS, ("cn-hangzhou",), {"n": 1}, version=0)
    assert SqliteStore(path).get(SCANS, ("cn-hangzhou",)) == Row(("cn-hangzhou",), version, {"n": 1})


def test_the_file_holds_documents_as_short_text_that_a_person_can_read(path: Path) -> None:
    version = SqliteStore(path).put(JOBS, KEY, {"Name": "bücher ✓", "Ids": [1, 2]}, version=0)
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT owner, job_id, version, document FROM jobs").fetchall()
    assert found == [("me", 1, version, '{"Name":"bücher ✓","Ids":[1,2]}')]


def test_a_new_file_that_another_process_is_setting_up_is_waited_for(path: Path) -> None:
    """SQLite itself does not wait here: without our loop this is "database is locked" at once."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.05, other.execute, ["ROLLBACK"]).start()
    store = SqliteStore(path)
    version = store.put(JOBS, KEY, {}, version=0)
    assert store.get(JOBS, KEY) == Row(KEY, version, {})
    other.close()


@pytest.mark.long
def test_processes_that_open_a_new_file_at_once_lose_nothing(path: Path) -> None:
    processes = multiprocessing.get_context("spawn")
    meet, told = processes.Barrier(2), processes.Queue()
    workers = [processes.Process(target=open_and_add, args=(path, meet, told)) for _ in range(2)]
    for worker in workers:
        worker.start()
    conflicts = [told.get(timeout=30) for _ in workers]
    for worker in workers:
        worker.join()
    assert count(SqliteStore(path)) == 10
    assert sum(conflicts) >= 1, "they never met: this proves nothing"


def open_and_add(path: Path, meet: Meeting, told: "Queue[int]") -> None:
    meet.wait(30)
    told.put(add_five(SqliteStore(path), meet))


def steps(store: SqliteStore, read: Callable[[], Iterable[Row]]) -> int:
    """What SQLite needs to read these rows, in steps of its own machine."""
    counted = 0

    def step() -> None:
        nonlocal counted
        counted += 1

    store._connection().set_progress_handler(step, 1)
    rows = list(read())
    store._connection().set_progress_handler(None, 0)
    assert rows, "this counts nothing"
    return counted


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_read_by_their_keys_without_looking_at_others(path: Path, table: Table) -> None:
    store = SqliteStore(path)

    def key(number: int) -> Key:
        return tuple(f"{number:05}" if column.type is str else number for column in table.key)

    wanted = [key(1), key(0)]
    for number in range(2):
        store.put(table, key(number), {}, version=0)
    alone = steps(store, lambda: store.get_many(table, wanted))
    for number in range(2, 40):
        store.put(table, key(number), {}, version=0)

    assert steps(store, lambda: store.get_many(table, wanted)) == alone


@pytest.mark.parametrize("prefix", [(1,), (1, "CDN")], ids=str)
def test_each_page_of_a_range_goes_on_where_the_last_one_ended(
    path: Path, prefix: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the first row again, which would make a range twice as long four times the work."""
    monkeypatch.setattr("shared.state.sqlite._PAGE", 5)
    store = SqliteStore(path)
    work = []
    for number in range(80):
        store.put(WORKERS, (1, "CDN", 0, number), {}, version=0)
        if number + 1 in (20, 40, 80):
            work.append(steps(store, lambda: store.range(WORKERS, prefix)))

    assert work[2] - work[1] <= 2.1 * (work[1] - work[0]), work


def test_rows_of_a_version_with_a_shorter_key_are_kept(path: Path) -> None:
    """Workers had no shard: all of them were what is now the first one."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE workers (job_id INTEGER NOT NULL, product TEXT NOT NULL,"
            " worker_id INTEGER NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,"
            " PRIMARY KEY (job_id, product, worker_id)) WITHOUT ROWID"
        )
        connection.execute("""INSERT INTO workers VALUES (7, 'CDN', 3, 5, '{"Reason":"kept"}')""")

    for _ in range(2):  # the second one finds all done
        store = SqliteStore(path)
        assert store.get(WORKERS, (7, "CDN", 0, 3)) == Row((7, "CDN", 0, 3), 5, {"Reason": "kept"})
    version = store.put(WORKERS, (7, "CDN", 0, 3), {"Reason": "new"}, version=5)
    assert store.get(WORKERS, (7, "CDN", 0, 3)) == Row((7, "CDN", 0, 3), version, {"Reason": "new"})


SPOILT = ("x", "[]", "[" * 99_999, '{"a":' * 200 + "1" + "}" * 200, b"\xff", None, 7)


def test_a_row_that_others_spoilt_hides_no_other_and_may_be_written_anew_or_removed(path: Path) -> None:
    store = SqliteStore(path)
    store.put(JOBS, ("me", 9), {"a": 1}, version=0)
    with closing(sqlite3.connect(path)) as others, others:
        others.execute("PRAGMA ignore_check_constraints = 1")
        for number, document in enumerate(SPOILT[:5], start=1):
            others.execute("INSERT INTO jobs VALUES (?, ?, ?, ?)", ("me", number, "y", document))

    rows = list(store.range(JOBS, ("me",)))

    assert [row.document for row in rows] == [None, None, None, None, None, {"a": 1}]
    assert list(store.get_many(JOBS, [row.key for row in rows])) == rows
    assert store.get(JOBS, ("me", 3)) == rows[2]
    store.put(JOBS, ("me", 1), {"a": 2}, version=rows[0].version)
    store.delete(JOBS, ("me", 2), version=rows[1].version)
    assert [row.document for row in store.range(JOBS, ("me",))] == [{"a": 2}, None, None, None, {"a": 1}]


def test_half_of_a_pair_of_surrogates_in_a_row_makes_that_row_unreadable_and_a_whole_pair_does_not() -> None:
    for half in ('{"a":"\\ud800"}', '{"\\udfff":1}', '{"a":["\\udfff\\ud800"]}'):
        assert document_in(half) is None, half
    assert document_in('{"a":"\\ud83d\\ude00\\u00e9"}') == {"a": "\U0001f600\u00e9"}
