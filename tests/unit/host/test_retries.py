"""Asynchronous invocations: when they run again, when they are given up, what is told of it."""

import json
import logging

import pytest

from host.instances import InvocationResult
from tests.unit.host.byhand import BAD, FINE, START, Queue

DAY = 86400


def test_pauses_double_from_the_first_one() -> None:
    queue = Queue([BAD], max_retries=4, retry_base_s=0.5)
    queue.accept()

    queue.wait(0)
    [task] = queue.tasks()
    assert (task.state, task.attempts, task.error_type) == ("Retrying", 1, "UnhandledInvocationError")
    assert task.due_at == START + 0.5
    queue.wait(60)

    assert queue.runs == [0, 0.5, 1.5, 3.5, 7.5]


def test_a_pause_is_five_minutes_at_most() -> None:
    queue = Queue([BAD], max_retries=6, retry_base_s=50)
    queue.accept()

    queue.wait(DAY / 4)

    assert queue.runs == [0, 50, 150, 350, 650, 950, 1250]


@pytest.mark.parametrize("max_retries", [0, 1, 3])
def test_a_function_that_fails_runs_once_and_for_each_retry(max_retries: int) -> None:
    queue = Queue([BAD], max_retries=max_retries)
    queue.accept()

    queue.wait(DAY / 2)

    assert len(queue.runs) == 1 + max_retries
    assert queue.states() == [("shop", "Failed"), ("told", "Succeeded")]
    assert json.loads(queue.told[0])["requestContext"]["approximateInvokeCount"] == 1 + max_retries


def test_the_last_retry_may_succeed() -> None:
    queue = Queue([BAD, BAD, FINE], max_retries=2)
    queue.accept()

    queue.wait(DAY / 2)

    [task] = queue.tasks()
    assert (len(queue.runs), task.state, task.attempts, task.error_type) == (3, "Succeeded", 3, None)
    assert queue.told == []


def test_the_destination_is_told_what_failed_and_how(caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue([BAD], max_retries=1)
    queue.accept('{"id": "中"}'.encode())

    queue.wait(60.25)

    assert [json.loads(event) for event in queue.told] == [
        {
            "timestamp": int((START + 1) * 1000),
            "requestContext": {
                "requestId": "r-1",
                "functionArn": "acs:fc:::functions/shop",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": 2,
            },
            "requestPayload": '{"id": "中"}',
            "responseContext": {"statusCode": 200, "functionError": "UnhandledInvocationError"},
            "responsePayload": '{"errorMessage": "no"}',
        }
    ]
    assert "中".encode() in queue.told[0], "readable, not escaped"
    assert [task.request_id == "r-1" for task in queue.tasks()] == [True, False]
    assert "shop r-1: Failed, UnhandledInvocationError" in caplog.text


def test_what_is_no_text_does_not_keep_a_failure_from_being_told() -> None:
    queue = Queue([InvocationResult(200, b"\xfe", "UnhandledInvocationError")], max_retries=0)
    queue.accept(b"\xff")

    queue.wait(1)

    told = json.loads(queue.told[0])
    assert told["requestPayload"] == told["responsePayload"] == "\N{REPLACEMENT CHARACTER}"


def test_without_a_destination_a_failure_is_an_entry_in_the_table() -> None:
    queue = Queue([BAD], max_retries=0, on_failure=None)
    queue.accept()

    queue.wait(60)

    [task] = queue.tasks()
    assert (task.state, task.error_type, queue.told) == ("Failed", "UnhandledInvocationError", [])


@pytest.mark.parametrize(("late_s", "outcome"), [(60, "Succeeded"), (60.5, "Expired")])
def test_an_event_runs_up_to_its_age_and_not_beyond(late_s: float, outcome: str) -> None:
    queue = Queue(max_age_s=60)
    queue.accept()
    queue.schedule.now += late_s  # every instance is busy

    queue.wait(0)

    assert queue.tasks()[0].state == outcome
    assert len(queue.runs) == (outcome == "Succeeded")


@pytest.mark.parametrize("runs", [0, 1])
def test_an_event_that_is_too_old_is_told_with_the_runs_it_had(runs: int) -> None:
    queue = Queue([BAD], max_age_s=60, max_retries=9)
    queue.accept(b"late")
    queue.wait(0) if runs else None
    queue.schedule.now += 61

    queue.wait(0)

    assert len(queue.runs) == runs
    assert queue.states() == [("shop", "Expired"), ("told", "Succeeded")]
    assert queue.tasks()[0].error_type == "EventAgeExceeded"
    [event] = map(json.loads, queue.told)
    assert event["requestContext"]["condition"] == "EventAgeExceeded"
    assert event["requestContext"]["approximateInvokeCount"] == runs
    assert (event["requestPayload"], event["responsePayload"]) == ("late", "")
    assert event["responseContext"] == {"statusCode": 200, "functionError": "EventAgeExceeded"}


def test_what_the_host_could_not_run_is_tried_until_it_is_too_old(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The platform's own failures do not count as the function's: a week of them, with no retry allowed."""
    caplog.set_level(logging.CRITICAL)
    week = 7 * DAY
    queue = Queue([OSError("no more processes")], max_retries=0, max_age_s=week)
    queue.accept()

    queue.wait(DAY)
    [task] = queue.tasks()
    assert (task.state, task.error_type) == ("Retrying", "InternalServerError")
    assert queue.runs[:3] == [0, 1, 3]
    queue.wait(week)

    assert queue.states() == [("shop", "Expired"), ("told", "Succeeded")]
    assert week - 300 < queue.runs[-1] <= week


def test_what_the_host_could_not_run_is_logged_and_runs_when_it_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue = Queue([OSError("no more processes"), FINE])
    queue.accept()

    queue.wait(1)

    assert queue.states() == [("shop", "Succeeded")]
    assert "shop r-1 could not be run" in caplog.text
    assert "no more processes" in caplog.text
