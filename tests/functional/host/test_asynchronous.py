"""Asynchronous invocations: accepted once, run at least once, retried, told of when they fail."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from host.errors import (
    InvalidTaskIdError,
    PayloadTooLargeError,
    StateInUseError,
    TaskExistsError,
)
from host.host import MAX_ASYNC_PAYLOAD, Host

MakeHost = Callable[..., Host]
Lines = Callable[[], list[str]]


def until(condition: Callable[[], object], timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def states(host: Host) -> list[str]:
    return [task.state for task in host.tasks()]


def test_an_accepted_invocation_runs_with_its_request_id(host: Host, runs: Lines) -> None:
    result = host.invoke("demo-work", b'{"id": "a"}', asynchronous=True, request_id="r-7")

    assert (result.status, result.body, result.error_type) == (202, b"", None)
    assert host.wait_idle(10)
    assert runs() == ["a r-7"]
    assert states(host) == ["Succeeded"]


def test_a_function_error_is_retried_until_it_succeeds(host: Host, runs: Lines) -> None:
    host.invoke("demo-work", b'{"id": "a", "fail_times": 2}', asynchronous=True, request_id="r")

    assert host.wait_idle(10)
    assert runs() == ["a r"] * 3
    assert states(host) == ["Succeeded"]


def test_exhausted_retries_are_told_to_the_failure_destination(host: Host, runs: Lines, told: Lines) -> None:
    host.invoke("demo-work", b'{"id": "a", "fail_times": 9}', asynchronous=True, request_id="r")

    assert host.wait_idle(10)
    assert len(runs()) == 3, "the first run and two retries"
    assert states(host) == ["Failed", "Succeeded"]
    [event] = map(json.loads, told())
    assert event["requestContext"]["requestId"] == "r"
    assert event["requestContext"]["approximateInvokeCount"] == 3
    assert event["requestContext"]["functionArn"].endswith("functions/demo-work")
    assert json.loads(event["requestPayload"]) == {"id": "a", "fail_times": 9}
    assert event["responseContext"] == {
        "statusCode": 200,
        "functionError": "UnhandledInvocationError",
    }
    assert json.loads(event["responsePayload"])["errorMessage"] == "run 3 fails"


def test_an_event_over_its_age_is_not_run_but_told(a_host: MakeHost, runs: Lines, told: Lines) -> None:
    host = a_host(parameters={"Age": "1"}, concurrency=1)
    host.start()
    host.invoke("demo-work", b'{"id": "a", "sleep_s": 1.2}', asynchronous=True)
    until(runs)
    host.invoke("demo-work", b'{"id": "late"}', asynchronous=True)

    assert host.wait_idle(10)
    assert [line[0] for line in runs()] == ["a"]
    assert states(host) == ["Succeeded", "Expired", "Succeeded"]
    [event] = map(json.loads, told())
    assert event["requestContext"]["condition"] == "EventAgeExceeded"
    assert json.loads(event["requestPayload"]) == {"id": "late"}


def test_a_task_id_is_accepted_once(host: Host, runs: Lines) -> None:
    host.invoke("demo-work", b'{"id": "a"}', asynchronous=True, task_id="job-1")
    assert host.wait_idle(10)

    with pytest.raises(TaskExistsError, match="job-1"):
        host.invoke("demo-work", b'{"id": "a"}', asynchronous=True, task_id="job-1")
    host.invoke("demo-told", b"other function", asynchronous=True, task_id="job-1")
    assert host.wait_idle(10)
    assert len(runs()) == 1


def test_a_malformed_task_id_and_a_large_payload_are_refused(host: Host) -> None:
    with pytest.raises(InvalidTaskIdError):
        host.invoke("demo-work", b"{}", asynchronous=True, task_id="1-starts-with-a-digit")
    with pytest.raises(PayloadTooLargeError):
        host.invoke("demo-work", b"x" * (MAX_ASYNC_PAYLOAD + 1), asynchronous=True)
    with pytest.raises(LookupError):
        host.invoke("demo-nobody", b"{}", asynchronous=True)
    assert host.idle()


def test_a_slow_function_does_not_hold_up_another(a_host: MakeHost, told: Lines) -> None:
    host = a_host(concurrency=1)
    host.start()
    for _ in range(3):
        host.invoke("demo-work", b'{"sleep_s": 0.8}', asynchronous=True)
    host.invoke("demo-told", b"quick", asynchronous=True)

    until(lambda: told() == ["quick"])
    assert host.pending() >= 1


def test_what_a_stop_cuts_short_runs_after_the_next_start(a_host: MakeHost, runs: Lines) -> None:
    first = a_host(grace_s=0, concurrency=1)
    first.start()
    first.invoke("demo-work", b'{"id": "a", "sleep_s": 0.7}', asynchronous=True)
    first.invoke("demo-work", b'{"id": "b"}', asynchronous=True)
    until(runs)
    first.stop()
    assert len(runs()) == 1

    second = a_host()
    second.start()

    assert second.wait_idle(10)
    assert sorted(line[0] for line in runs()) == ["a", "a", "b"]
    assert states(second) == ["Succeeded", "Succeeded"]


def test_a_stop_lets_what_runs_come_to_its_end(a_host: MakeHost, runs: Lines) -> None:
    first = a_host()
    first.start()
    first.invoke("demo-work", b'{"id": "a", "sleep_s": 0.5}', asynchronous=True)
    until(runs)
    first.stop()

    second = a_host()
    second.start()
    assert second.idle()
    assert states(second) == ["Succeeded"]


KILLED = """
import sys, time
from pathlib import Path
from host.host import Host

if __name__ == "__main__":
    sample, tmp = map(Path, sys.argv[1:])
    host = Host(sample / "template.yml", sample / "functions", tmp / "host.db",
                environment={"RECORD": str(tmp / "record")}, log=tmp / "log", concurrency=1)
    host.start()
    for name in ("a", "b"):
        order = '{"id": "%s", "sleep_s": 0.9}' % name
        host.invoke("demo-work", order.encode(), asynchronous=True)
    print("accepted", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_host_had_accepted_runs_after_the_next_start(
    a_host: MakeHost, runs: Lines, tmp_path: Path
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, str(script), str(root / "tests" / "functions_sample"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"accepted\n"
        until(runs)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert [line[0] for line in runs()] == ["a"], "killed in the middle of the first"

    host = a_host()
    host.start()

    assert host.wait_idle(10)
    assert [task.state for task in host.tasks()] == ["Succeeded", "Succeeded"]
    assert sorted(line[0] for line in runs()) == ["a", "a", "b"]


def test_two_hosts_do_not_share_a_state_file(a_host: MakeHost) -> None:
    first = a_host()
    first.start()
    with pytest.raises(StateInUseError, match=r"host\.db"):
        a_host()
