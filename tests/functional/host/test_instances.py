"""A handler sees what Function Compute would show it, and its answer arrives as it would there."""

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from host.errors import HostStoppedError, PayloadTooLargeError, TemplateError
from host.host import MAX_SYNC_PAYLOAD, Host

MakeHost = Callable[..., Host]


def test_a_handler_gets_bytes_context_and_environment(
    a_host: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("SECRET_OF_THE_HOST", "x")
    host = a_host(
        parameters={"ALIYUN::Region": "cn-beijing"},
        environment={"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI1", "OFTEN": "mine"},
    )
    host.start()

    result = host.invoke("demo-echo", b"hello", request_id="r-1")

    assert (result.status, result.error_type) == (200, None)
    seen = json.loads(result.body)
    assert (seen["event"], seen["event_type"], seen["request_id"]) == ("hello", "bytes", "r-1")
    assert seen["function"] == {
        "name": "demo-echo",
        "handler": "index.handler",
        "memory": 256,
        "timeout": 20,
    }
    assert (seen["region"], seen["account_id"]) == ("cn-beijing", "1000000000000001")
    assert (seen["key_id"], seen["shared"]) == ("LTAI1", "found")
    environment = seen["environment"]
    assert environment["FC_FUNCTION_NAME"] == "demo-echo"
    assert environment["OFTEN"] == "mine", "what the operator gives wins over the template"
    assert environment["JOINED"] == "demo/x"
    assert not {"HTTPS_PROXY", "SECRET_OF_THE_HOST", "TABLES"} & set(environment)


def test_bytes_and_text_are_answered_as_they_are_and_output_goes_to_the_log(
    host: Host, tmp_path: Path
) -> None:
    assert host.invoke("demo-echo", b"bytes").body == b"\x00\xff"
    assert host.invoke("demo-echo", b"text").body == "ünï".encode()

    log = (tmp_path / "log").read_text().splitlines()
    assert log.count('{"level":"info","message":"echoed"}') == 2
    assert sum(line.endswith("[INFO] logged") for line in log) == 2


def test_an_instance_is_kept_and_a_busy_one_gets_a_companion(host: Host) -> None:
    def pid(event: bytes) -> int:
        return int(json.loads(host.invoke("demo-echo", event).body)["pid"])

    first = pid(b"")
    assert pid(b"") == first
    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(pid, [b"slow", b"slow"]))) == 2


def test_an_exception_is_a_function_error_and_the_instance_lives_on(host: Host, tmp_path: Path) -> None:
    result = host.invoke("demo-work", b'{"id": "a", "fail_times": 1}')

    assert (result.status, result.error_type) == (200, "UnhandledInvocationError")
    error = json.loads(result.body)
    assert (error["errorMessage"], error["errorType"]) == ("run 1 fails", "ValueError")
    assert "work/index.py" in "".join(error["stackTrace"])
    assert "ValueError: run 1 fails" in (tmp_path / "log").read_text()
    assert json.loads(host.invoke("demo-work", b'{"id": "a", "fail_times": 1}').body) == {"ran": 2}


def test_a_handler_over_its_timeout_is_killed(a_host: MakeHost) -> None:
    host = a_host(parameters={"Patience": "1"})
    host.start()
    began = time.monotonic()
    result = host.invoke("demo-work", b'{"sleep_s": 60}')

    assert result.error_type == "UnhandledInvocationError"
    assert json.loads(result.body)["errorMessage"] == "Function timed out after 1 seconds"
    assert time.monotonic() - began < 10
    assert host.invoke("demo-work", b'{"id": "next"}').error_type is None


def test_a_handler_that_ends_its_process_is_a_function_error(host: Host) -> None:
    result = host.invoke("demo-work", b'{"exit": true}')

    assert result.error_type == "UnhandledInvocationError"
    assert "Process exited unexpectedly" in json.loads(result.body)["errorMessage"]
    assert host.invoke("demo-work", b'{"id": "next"}').error_type is None


def test_an_instance_that_dies_while_idle_is_replaced(host: Host) -> None:
    before = json.loads(host.invoke("demo-echo", b"").body)["pid"]
    os.kill(before, signal.SIGKILL)
    time.sleep(0.5)  # pebble looks after its workers ten times a second

    assert json.loads(host.invoke("demo-echo", b"").body)["pid"] != before


def test_an_index_that_does_not_load_is_told_at_each_invocation(host: Host) -> None:
    for _ in range(2):
        result = host.invoke("demo-broken", b"")
        assert result.error_type == "UnhandledInvocationError"
        assert json.loads(result.body)["errorType"] == "ModuleNotFoundError"


def test_unknown_names_and_large_payloads_are_refused(host: Host) -> None:
    with pytest.raises(LookupError, match="'echo'"):
        host.invoke("echo", b"")
    with pytest.raises(PayloadTooLargeError):
        host.invoke("demo-echo", b"x" * (MAX_SYNC_PAYLOAD + 1))


@pytest.mark.parametrize(("grace_s", "outcome"), [(10, 200), (0, HostStoppedError)])
def test_a_stop_waits_for_a_synchronous_invocation_as_long_as_it_may(
    a_host: MakeHost, tmp_path: Path, grace_s: float, outcome: object
) -> None:
    host = a_host(grace_s=grace_s)
    host.start()
    with ThreadPoolExecutor(1) as threads:
        result = threads.submit(host.invoke, "demo-work", b'{"sleep_s": 1}')
        while not (tmp_path / "record").exists():
            time.sleep(0.02)
        host.stop()

    error = result.exception()
    assert (type(error) if error else result.result().status) == outcome


def test_a_stopped_host_invokes_nothing(host: Host) -> None:
    host.stop()
    with pytest.raises(HostStoppedError):
        host.invoke("demo-echo", b"")


def test_a_declared_function_without_code_is_refused(tmp_path: Path, a_host: MakeHost) -> None:
    (tmp_path / "functions").mkdir()
    template = Path(__file__).parents[2] / "functions_sample" / "template.yml"
    with pytest.raises(TemplateError, match=r"demo-echo: there is no .*echo/index.py"):
        Host(template, tmp_path / "functions", tmp_path / "other.db")
