"""The table of invocations: what is kept, for how long, and who may use the file."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.errors import StateFileError, StateInUseError, TaskExistsError
from host.tasks import NewTask, TaskTable


@pytest.fixture
def table() -> Iterator[TaskTable]:
    table = TaskTable(Path(":memory:"))
    yield table
    table.close()


def add(table: TaskTable, name: str, now: float = 1.0) -> int:
    return table.add(NewTask("shop", name.encode(), f"r-{name}", name), now)


def names(table: TaskTable) -> list[str | None]:
    return [task.task_id for task in table.list()]


def test_what_is_added_is_found_again_in_another_life(tmp_path: Path) -> None:
    first = TaskTable(tmp_path / "host.db")
    first.add(NewTask("shop", b"\xff", "r-1", "job-1"), 5.25)
    first.add(NewTask("told", b"", "r-2"), 6.5)
    assert (tmp_path / "host.db-wal").exists(), "one write to the disk for each change"
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    first.close()

    second = TaskTable(tmp_path / "host.db")
    recovered = second.recover()
    second.close()

    assert [(task.id, task.function, task.payload, task.request_id) for task in recovered] == [
        (1, "shop", b"\xff", "r-1"),
        (2, "told", b"", "r-2"),
    ]
    assert [(t.task_id, t.state, t.attempts, t.enqueued_at, t.due_at, t.error_type) for t in recovered] == [
        ("job-1", "Enqueued", 0, 5.25, 5.25, None),
        (None, "Enqueued", 0, 6.5, 6.5, None),
    ]


def test_what_has_begun_is_running_and_what_has_ended_does_not_begin(table: TaskTable) -> None:
    first, second = add(table, "a"), add(table, "b")

    task = table.begin(first)
    assert task is not None
    assert (task.task_id, task.payload, task.state, task.attempts) == ("a", b"a", "Running", 1)
    table.retry(first, 9.5, "Bad")
    assert [(task.state, task.due_at, task.error_type) for task in table.list()] == [
        ("Retrying", 9.5, "Bad"),
        ("Enqueued", 1.0, None),
    ]
    again = table.begin(first)
    assert again is not None
    assert (again.attempts, table.pending()) == (2, 2)

    assert table.finish(first, "Failed", 10, "Bad") is None
    assert table.begin(first) is None
    assert table.begin(77) is None
    assert [(t.state, t.error_type, t.attempts, t.payload) for t in table.list()] == [
        ("Failed", "Bad", 2, b""),
        ("Enqueued", None, 0, b"b"),
    ]
    assert table.pending() == 1
    assert [task.id for task in table.recover()] == [second]


def test_only_what_ran_loses_a_run_when_it_is_taken_up_again(table: TaskTable) -> None:
    running, retrying, waiting = (add(table, name) for name in "abc")
    for task_id in (running, retrying, running):
        table.begin(task_id)
    table.retry(retrying, 9, "Bad")

    assert [(task.id, task.state, task.attempts) for task in table.recover()] == [
        (running, "Enqueued", 1),
        (retrying, "Retrying", 1),
        (waiting, "Enqueued", 0),
    ]


def test_a_task_id_is_known_per_function(table: TaskTable) -> None:
    first = add(table, "a")
    for _ in range(2):
        with pytest.raises(TaskExistsError, match="task 'a' of shop already exists"):
            add(table, "a")
        table.finish(first, "Succeeded", 2)
    table.add(NewTask("told", b"", "r", "a"), 1)
    for _ in range(2):
        table.add(NewTask("told", b"", "r"), 1)

    assert names(table) == ["a", "a", None, None]


def test_an_end_and_what_tells_of_it_are_one(table: TaskTable) -> None:
    failed, known = add(table, "a"), add(table, "b")

    with pytest.raises(TaskExistsError):
        table.finish(failed, "Failed", 5, "Bad", NewTask("shop", b"", "r", "b"))
    assert [(task.state, task.payload) for task in table.list()] == [("Enqueued", b"a"), ("Enqueued", b"b")]

    told = table.finish(failed, "Failed", 5, "Bad", NewTask("told", b"event", "r"))
    assert told is not None
    begun = table.begin(told)
    assert begun is not None
    assert (begun.function, begun.payload, begun.enqueued_at) == ("told", b"event", 5)
    assert [task.id for task in table.list()] == [failed, known, told]


def test_the_latest_thousand_ended_are_kept_and_all_that_have_not_ended(table: TaskTable) -> None:
    """Rows go in batches of a hundred, so that not every end looks for them."""
    waiting = add(table, "waiting")
    for number in range(1099):
        table.finish(add(table, f"t{number}"), "Succeeded", float(number))
        if number == 1097:
            assert len(table.list()) == 1 + 1098

    assert names(table) == ["waiting", *(f"t{number}" for number in range(99, 1099))]
    assert table.begin(waiting) is not None
    add(table, "t98")
    with pytest.raises(TaskExistsError):
        add(table, "t99")


def test_a_table_is_pruned_when_it_is_opened(tmp_path: Path) -> None:
    TaskTable(tmp_path / "host.db").close()
    with sqlite3.connect(tmp_path / "host.db") as rows:
        rows.executemany(
            "INSERT INTO invocations (function, request_id, payload, state, enqueued_at, due_at, finished_at)"
            " VALUES ('shop', ?, '', 'Succeeded', 1, 1, ?)",
            [(f"r-{number}", number) for number in range(1001)],
        )
    rows.close()

    table = TaskTable(tmp_path / "host.db")
    left = [task.request_id for task in table.list()]
    table.close()

    assert left == [f"r-{number}" for number in range(1, 1001)]


def test_what_ended_first_goes_first(table: TaskTable) -> None:
    """By the time of the end; at one time by age."""
    ids = {name: add(table, name) for name in "abcde"}
    for name, ended in (("c", 1), ("a", 2), ("b", 2), ("d", 3)):
        table.finish(ids[name], "Succeeded", ended)

    for kept, left in ((4, "abcde"), (3, "abde"), (2, "bde"), (1, "de"), (0, "e")):
        table.prune(kept)
        assert "".join(map(str, names(table))) == left


def test_a_tick_is_known_per_function_and_trigger(tmp_path: Path) -> None:
    table = TaskTable(tmp_path / "host.db")
    assert table.last_tick("shop", "hourly") is None
    table.save_tick("shop", "hourly", 1.5)
    table.save_tick("shop", "daily", 2.5)
    table.save_tick("told", "hourly", 3.5)
    table.save_tick("shop", "hourly", 4.5)
    table.close()

    table = TaskTable(tmp_path / "host.db")
    assert [table.last_tick(*key) for key in (("shop", "hourly"), ("shop", "daily"), ("told", "hourly"))] == [
        4.5,
        2.5,
        3.5,
    ]
    table.close()


def test_a_file_has_one_user(tmp_path: Path) -> None:
    first = TaskTable(tmp_path / "host.db")
    before = time.monotonic()
    with pytest.raises(StateInUseError, match=r"another host uses .*host\.db"):
        TaskTable(tmp_path / "host.db")
    assert time.monotonic() - before < 4, "refused soon"
    first.close()

    TaskTable(tmp_path / "host.db").close()


def test_a_file_that_is_damaged_or_cannot_be_opened_is_told_as_the_host_s(tmp_path: Path) -> None:
    (tmp_path / "host.db").write_bytes(b"x" * 5000)
    for path, why in (
        (tmp_path / "host.db", "file is not a database"),
        (tmp_path / "no" / "x", "unable to open"),
    ):
        with pytest.raises(StateFileError, match=f"^{path}, where invocations wait, cannot be used: {why}"):
            TaskTable(path)


def test_a_file_of_another_kind_is_not_called_in_use(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "host.db") as other:
        other.execute("CREATE TABLE invocations (title TEXT)")
    other.close()

    with pytest.raises(StateFileError, match=r"host\.db, where invocations wait, .*: no such column"):
        TaskTable(tmp_path / "host.db")
    with sqlite3.connect(tmp_path / "host.db") as other:
        other.execute("INSERT INTO invocations VALUES ('not locked')")
    other.close()
