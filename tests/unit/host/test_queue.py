"""Asynchronous invocations: who is let in, what a stop and a start leave of them."""

import json
import threading
import time
from collections.abc import Iterator

import pytest

from host.errors import HostStoppedError, InvalidTaskIdError
from host.queue import AGAIN_S
from host.tasks import NewTask
from tests.unit.host.byhand import BAD, FINE, START, Queue


def test_a_stop_begins_nothing_and_keeps_all(caplog: pytest.LogCaptureFixture) -> None:
    """One runs, and fails, while the host stops; another waits; a third comes too late."""
    queue = Queue([BAD])
    queue.before_end = lambda: queue.queue.stop(0)
    queue.accept(task_id="a")
    queue.accept(task_id="b")

    queue.wait(60)

    assert queue.runs == [0]
    assert [(task.state, task.attempts) for task in queue.tasks()] == [("Retrying", 1), ("Enqueued", 0)]
    with pytest.raises(HostStoppedError):
        queue.accept(task_id="c")
    with pytest.raises(HostStoppedError), queue.queue.working():
        pass
    assert queue.table.pending() == 2
    assert caplog.text == ""


@pytest.mark.parametrize(("outcome", "state"), [(FINE, "Succeeded"), (BAD, "Failed")])
def test_what_ends_while_the_host_stops_has_ended(outcome: object, state: str) -> None:
    queue = Queue([outcome], max_retries=0)  # type: ignore[list-item]
    queue.before_end = lambda: queue.queue.stop(0)
    queue.accept()

    queue.wait(60)

    assert queue.tasks()[0].state == state
    assert queue.told == []
    again = Queue(table=queue.table)
    again.queue.start()
    again.wait(60)
    assert len(again.told) == (state == "Failed"), "the failure is told after the next start"
    assert again.runs == []


def test_what_a_stop_cut_short_counts_as_not_run() -> None:
    queue = Queue([BAD, HostStoppedError("killed")], max_retries=1)
    queue.accept()
    queue.wait(1)
    assert [(task.state, task.attempts) for task in queue.tasks()] == [("Running", 2)]

    again = Queue([BAD], max_retries=1, table=queue.table)
    again.queue.start()
    again.wait(60)

    assert len(again.runs) == 1
    assert again.states()[0] == ("shop", "Failed")
    assert json.loads(again.told[0])["requestContext"]["approximateInvokeCount"] == 2


def test_a_start_takes_up_each_where_it_was() -> None:
    """One waits for its retry, of which it keeps the pause and the count; one was never begun."""
    queue = Queue([BAD], retry_base_s=100)
    queue.accept(task_id="retried")
    queue.wait(0)
    queue.accept(task_id="new")

    again = Queue([BAD], max_retries=1, table=queue.table, retry_base_s=200)
    again.queue.start()
    again.wait(0)
    assert again.runs == [0]
    again.wait(100)
    assert again.runs == [0, 100]
    assert [task.state for task in again.tasks()][:2] == ["Failed", "Retrying"]
    again.wait(100)
    assert again.runs == [0, 100, 200]


def test_an_invocation_of_a_function_that_is_gone_has_failed(caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue()
    queue.table.add(NewTask("gone", b"{}", "r-9"), START)
    queue.accept()

    again = Queue(table=queue.table)
    again.schedule.now += 5
    again.queue.start()
    again.wait(0)

    assert again.states() == [("gone", "Failed"), ("shop", "Succeeded")]
    assert again.tasks()[0].error_type == "FunctionNotFound"
    assert "gone r-9: no longer a function" in caplog.text


def test_what_a_full_disk_lets_nobody_write_down_is_tried_when_there_is_room(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Before a run nothing has begun; after one it runs again."""
    queue = Queue()

    def writable(is_it: bool) -> None:
        queue.table._db.execute(f"PRAGMA query_only = {int(not is_it)}")

    queue.accept()
    writable(False)
    queue.wait(AGAIN_S + 1)
    assert (queue.runs, queue.table.pending()) == ([], 1)
    assert "attempt to write a readonly database; again in 10 s" in caplog.text

    writable(True)
    queue.before_end = lambda: writable(False)
    queue.wait(AGAIN_S)
    writable(True)
    queue.before_end = lambda: None
    queue.wait(AGAIN_S)
    assert queue.runs == [2 * AGAIN_S, 3 * AGAIN_S]
    assert queue.states() == [("shop", "Succeeded")]


@pytest.mark.parametrize("task_id", ["a", "_", "Z9", "job-1_B", "a" * 128])
def test_a_task_id_is_of_letters_digits_and_two_signs(task_id: str) -> None:
    queue = Queue()
    queue.accept(task_id=task_id)
    queue.wait(0)

    assert [(task.task_id, task.state) for task in queue.tasks()] == [(task_id, "Succeeded")]


@pytest.mark.parametrize("task_id", ["", "1a", "-a", "a b", "a.b", "ä", "a\n", "a" * 129])
def test_another_task_id_is_refused(task_id: str) -> None:
    queue = Queue()

    with pytest.raises(InvalidTaskIdError) as refused:
        queue.accept(task_id=task_id)

    assert repr(task_id) in str(refused.value)
    assert "1 to 128 of letters, digits, '_', '-', starting with a letter or '_'" in str(refused.value)
    assert queue.tasks() == []


@pytest.fixture
def held() -> Iterator[tuple[Queue, threading.Event]]:
    """A queue that runs an invocation in a thread of its own, and what lets it end."""
    queue, began, go = Queue(), threading.Event(), threading.Event()

    def hold() -> None:
        began.set()
        go.wait(60)

    queue.before_end = hold
    queue.accept()
    worker = threading.Thread(target=queue.wait, args=(0,))
    worker.start()
    assert began.wait(60)
    yield queue, go
    go.set()
    worker.join()


Held = tuple[Queue, threading.Event]


def test_who_waits_for_the_end_of_all_hears_of_it_at_once(held: Held) -> None:
    queue, go = held
    assert not queue.queue.wait_idle(0.01)

    before = time.monotonic()
    threading.Timer(0.02, go.set).start()

    assert queue.queue.wait_idle(60)
    assert go.is_set()
    assert time.monotonic() - before < 30


def test_a_stop_waits_for_what_runs_as_long_as_it_may(held: Held) -> None:
    queue, go = held
    before = time.monotonic()
    queue.queue.stop(0.05)
    assert 0.05 <= time.monotonic() - before < 30
    assert not go.is_set()

    threading.Timer(0.02, go.set).start()
    queue.queue.stop(60)
    assert queue.states() == [("shop", "Succeeded")]
    assert time.monotonic() - before < 30, "not to the end of its time, once nothing runs"


def test_drained_means_that_nothing_runs(held: Held) -> None:
    queue, go = held
    threading.Timer(0.02, go.set).start()

    queue.queue.drained()

    assert queue.states() == [("shop", "Succeeded")]
    queue.queue.drained()
