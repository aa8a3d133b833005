"""Function Compute's API by the vendor's clients, over functions of the test's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fc2
import pytest
from alibabacloud_fc20230330.client import Client
from alibabacloud_fc20230330.models import InvokeFunctionHeaders, InvokeFunctionRequest
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.cloud import Cloud
from emulator.server import Server, running
from host.errors import TaskExistsError
from host.host import Host
from tests.functional.emulator.clients import call, config


@dataclass
class Result:
    status: int
    body: bytes
    error_type: str | None = None


class Functions:
    """`echo` answers what it was sent, `fail` fails, `wait` waits to be let go."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes, bool, str, str | None]] = []
        self.entered, self.go = threading.Event(), threading.Event()
        self.let_go = False

    def invoke(
        self, name: str, payload: bytes, *, asynchronous: bool, request_id: str, task_id: str | None
    ) -> Result:
        if name not in ("echo", "fail", "wait", "shop-echo"):
            raise LookupError(name)
        if any(task_id is not None and seen[4] == task_id for seen in self.seen):
            raise TaskExistsError(f"the task {task_id} is known")
        self.seen.append((name, payload, asynchronous, request_id, task_id))
        if asynchronous:
            return Result(202, b"")
        if name == "wait":
            self.entered.set()
            self.let_go = self.go.wait(3)
        if name == "fail":
            return Result(200, b'{"errorMessage":"no"}', "UnhandledInvocationError")
        return Result(200, payload)


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def server(functions: Functions) -> Iterator[Server]:
    with running(Cloud(functions=functions)) as server:
        yield server


def invoke(server: Server, name: str, body: bytes = b"{}", form: str | None = None, **headers: str) -> Any:
    return Client(config(server, signature_algorithm=form)).invoke_function_with_options(
        name,
        InvokeFunctionRequest(body=body, qualifier="LATEST"),
        InvokeFunctionHeaders(**headers),
        RuntimeOptions(),
    )


def refused(server: Server, name: str, body: bytes = b"{}", **headers: str) -> tuple[int, str]:
    with pytest.raises(DaraException) as error:
        invoke(server, name, body, **headers)
    return error.value.status_code, error.value.code


def test_the_old_signature_of_this_style_is_taken(server: Server) -> None:
    assert invoke(server, "echo", b"{}", "v2").status_code == 200


def test_a_synchronous_invocation_gets_the_functions_answer(server: Server) -> None:
    answer = invoke(server, "echo", b'{"name":"\xe4\xb8\xad"}')

    assert answer.status_code == 200
    assert answer.body.read() == b'{"name":"\xe4\xb8\xad"}'
    assert answer.headers["x-fc-request-id"] == server.cloud.calls[-1].request_id


def test_a_function_error_is_a_200_that_says_so(server: Server) -> None:
    answer = invoke(server, "fail")

    assert answer.status_code == 200
    assert answer.headers["x-fc-error-type"] == "UnhandledInvocationError"
    assert json.loads(answer.body.read()) == {"errorMessage": "no"}


def test_an_asynchronous_invocation_is_accepted(server: Server, functions: Functions) -> None:
    answer = invoke(server, "echo", b'{"id":1}', x_fc_invocation_type="Async", x_fc_async_task_id="job-1")

    assert (answer.status_code, answer.body.read()) == (202, b"")
    ((name, payload, asynchronous, request_id, task_id),) = functions.seen
    assert (name, payload, asynchronous, task_id) == ("echo", b'{"id":1}', True, "job-1")
    assert request_id == answer.headers["x-fc-request-id"]


def test_a_task_id_in_use_is_refused(server: Server) -> None:
    headers = {"x_fc_invocation_type": "Async", "x_fc_async_task_id": "job-1"}
    invoke(server, "echo", **headers)

    assert refused(server, "echo", **headers) == (409, "AsyncTaskAlreadyExists")


def test_an_unknown_function_is_not_found(server: Server) -> None:
    assert refused(server, "nobody") == (404, "FunctionNotFound")


def test_without_functions_none_is_found() -> None:
    with running(Cloud()) as server:
        assert refused(server, "echo") == (404, "FunctionNotFound")


def test_an_unknown_invocation_type_is_refused(server: Server) -> None:
    assert refused(server, "echo", x_fc_invocation_type="Later") == (400, "InvalidArgument")


def test_an_asynchronous_payload_over_128_kb_is_refused(server: Server) -> None:
    most = b"x" * 128 * 1024

    assert invoke(server, "echo", most, x_fc_invocation_type="Async").status_code == 202
    assert refused(server, "echo", most + b"x", x_fc_invocation_type="Async") == (
        400,
        "EntityTooLarge",
    )
    assert invoke(server, "echo", most + b"x").status_code == 200


def test_others_are_answered_while_a_function_runs(server: Server, functions: Functions) -> None:
    waiting = threading.Thread(target=invoke, args=(server, "wait"))
    waiting.start()
    try:
        assert functions.entered.wait(5)
        assert call(server, "GetCallerIdentity")
    finally:
        functions.go.set()
        waiting.join(5)
    assert functions.let_go, "the call was only answered when the function had ended"


def test_the_old_client_invokes_a_function_of_a_service(server: Server, functions: Functions) -> None:
    client = an_old_client(server)

    answer = client.invoke_function("shop", "echo", b'{"id":1}', qualifier="LATEST")
    accepted = client.invoke_function("other", "echo", b"{}", headers={"x-fc-invocation-type": "Async"})

    assert answer.data == b'{"id":1}'
    assert accepted.data == b""
    assert [(seen[0], seen[2]) for seen in functions.seen] == [("shop-echo", False), ("echo", True)]


def test_the_old_client_is_refused_in_its_own_form(server: Server) -> None:
    with pytest.raises(fc2.FcError) as unknown:
        an_old_client(server).invoke_function("shop", "nobody", b"")
    with pytest.raises(fc2.FcError) as forged:
        an_old_client(server, "wrong").invoke_function("shop", "echo", b"")

    assert (unknown.value.status_code, unknown.value.err_code) == (404, "FunctionNotFound")
    assert (forged.value.status_code, forged.value.err_code) == (403, "SignatureNotMatch")


def test_a_host_runs_what_is_invoked(tmp_path: Path) -> None:
    """The real host over the sample functions, through the API."""
    sample = Path(__file__).parents[2] / "functions_sample"
    with Host(
        sample / "template.yml",
        sample / "functions",
        tmp_path / "host.db",
        environment={"RECORD": str(tmp_path / "record"), "TOLD": str(tmp_path / "told")},
        log=tmp_path / "log",
    ) as host:
        name = next(spec.name for spec in host.functions.values() if spec.folder == "work")
        with running(Cloud(functions=host, deliver=host.deliver_event)) as server:
            answer = invoke(server, name, b'{"id":"one"}')
            assert answer.status_code == 200
            assert "x-fc-error-type" not in answer.headers, answer.body.read()
            assert invoke(server, name, b'{"id":"two"}', x_fc_invocation_type="Async")
            assert host.wait_idle(10)
    ran = (tmp_path / "record").read_text()
    assert "one" in ran
    assert "two" in ran


def an_old_client(server: Server, secret: str = "") -> Any:
    key = server.cloud.key
    return fc2.Client(
        endpoint=server.endpoint,
        accessKeyID=key.access_key_id,
        accessKeySecret=secret or key.access_key_secret,
    )
