"""Asynchronous invocations: accepted once, run at least once, retried, told of when they fail."""

import json
import time

import pytest

from host.errors import InvalidTaskIdError, TaskExistsError
from host.host import Host
from host.tasks import Task
from tests.functional.host.site import Site, states, until


def the_task(host: Host, request_id: str) -> Task:
    [task] = [task for task in host.tasks() if task.request_id == request_id]
    return task


def test_an_accepted_invocation_runs_with_its_request_id(host: Host, shared: Site) -> None:
    result = host.invoke("demo-work", b'{"id": "a"}', asynchronous=True, request_id="r-7")

    assert (result.status, result.body, result.error_type) == (202, b"", None)
    assert host.wait_idle(60)
    assert shared.runs().count("a r-7") == 1
    assert the_task(host, "r-7").state == "Succeeded"


def test_an_invocation_without_a_request_id_gets_one(host: Host, shared: Site) -> None:
    for asynchronous in (True, True, False):
        host.invoke("demo-work", b'{"id": "none"}', asynchronous=asynchronous)

    assert host.wait_idle(60)
    given = [line.partition(" ")[2] for line in shared.runs() if line.startswith("none ")]
    assert len(set(given)) == 3
    assert min(map(len, given)) == 36


def test_a_function_error_is_retried_until_it_succeeds(host: Host, shared: Site) -> None:
    order = b'{"id": "retried", "fail_times": 2}'
    host.invoke("demo-work", order, asynchronous=True, request_id="r")

    assert host.wait_idle(60)
    assert shared.runs().count("retried r") == 3
    assert the_task(host, "r").state == "Succeeded"


def test_exhausted_retries_are_told_to_the_failure_destination(site: Site) -> None:
    host = site.host()
    order = {"id": "a", "fail_times": 9}
    host.invoke("demo-work", json.dumps(order).encode(), asynchronous=True, request_id="r")

    assert host.wait_idle(60)
    assert site.runs() == ["a r"] * 3, "the first run and two retries"
    assert states(host) == ["Failed", "Succeeded"]
    [event] = map(json.loads, site.told())
    assert event["requestContext"]["requestId"] == "r"
    assert json.loads(event["requestPayload"]) == order
    assert json.loads(event["responsePayload"])["errorMessage"] == "run 3 fails"


def test_a_first_retry_comes_after_half_a_second(site: Site) -> None:
    host = site.host(soon=False, parameters={"Retries": "1"})
    before = time.time()
    host.invoke("demo-work", b'{"id": "a", "fail_times": 9}', asynchronous=True)
    until(lambda: host.tasks()[0].error_type)

    assert before + 0.5 <= host.tasks()[0].due_at <= time.time() + 0.5


def test_a_task_id_is_accepted_once(host: Host, shared: Site) -> None:
    host.invoke("demo-work", b'{"id": "once"}', asynchronous=True, task_id="job-1")
    with pytest.raises(TaskExistsError, match="job-1"):
        host.invoke("demo-work", b'{"id": "once"}', asynchronous=True, task_id="job-1")
    assert host.wait_idle(60)
    with pytest.raises(TaskExistsError, match="job-1"):
        host.invoke("demo-work", b'{"id": "once"}', asynchronous=True, task_id="job-1")
    with pytest.raises(InvalidTaskIdError):
        host.invoke("demo-work", b"{}", asynchronous=True, task_id="1-starts-with-a-digit")

    host.invoke("demo-told", b"other function", asynchronous=True, task_id="job-1")
    assert host.wait_idle(60)
    assert [line.split()[0] for line in shared.runs()].count("once") == 1
    assert "other function" in shared.told()
