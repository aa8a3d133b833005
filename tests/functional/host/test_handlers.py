"""A handler sees what Function Compute would show it, and its answer arrives as it would there."""

import json
import logging
from pathlib import Path

import pytest

from host.host import Host
from tests.functional.host.site import SAMPLE, Site


def test_a_handler_gets_bytes_context_and_environment(host: Host) -> None:
    result = host.invoke("demo-echo", b"hello", request_id="r-1")

    assert (result.status, result.error_type) == (200, None)
    seen = json.loads(result.body)
    assert (seen["event"], seen["event_type"], seen["request_id"]) == ("hello", "bytes", "r-1")
    function = {"name": "demo-echo", "handler": "index.handler", "memory": 256, "timeout": 20}
    assert seen["function"] == function
    assert (seen["region"], seen["account_id"], seen["credentials"]) == ("cn-beijing", "7", None)
    assert (seen["shared"], seen["logger"]) == ("found", "root")
    assert seen["path"] == [str(SAMPLE / "functions" / "echo"), str(SAMPLE)]
    environment = seen["environment"]
    assert {name: value for name, value in environment.items() if name.startswith("FC_")} == {
        "FC_FUNC_CODE_PATH": str(SAMPLE / "functions" / "echo"),
        "FC_ACCOUNT_ID": "7",
        "FC_REGION": "cn-beijing",
        "FC_FUNCTION_NAME": "demo-echo",
        "FC_FUNCTION_HANDLER": "index.handler",
        "FC_FUNCTION_MEMORY_SIZE": "256",
        "FC_FUNCTION_VERSION": "LATEST",
        "FC_INSTANCE_ID": f"local-{seen['pid']}",
        "FC_RUNTIME": "python3.10",
        "FC_TIMEOUT": "20",
    }
    assert environment["OFTEN"] == "mine", "what the operator gives wins over the template"
    assert environment["JOINED"] == "demo/x"
    assert "TABLES" not in environment


def test_a_handler_may_be_named_by_its_function_as_in_an_object_that_holds_all_of_them(
    site: Site, tmp_path: Path
) -> None:
    template, declared = tmp_path / "template.yml", (SAMPLE / "template.yml").read_text()
    template.write_text(declared.replace("-told'}, Handler: index.handler", "-told'}, Handler: echo.other"))
    host = site.host(template=template)

    assert host.invoke("demo-told", b"").body == b"another handler"


@pytest.mark.parametrize(
    ("more", "secret", "token"),
    [
        ({"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s", "ALIBABA_CLOUD_SECURITY_TOKEN": "t"}, "s", "t"),
        ({}, "", ""),
    ],
)
def test_a_context_has_the_credentials_of_the_environment(
    site: Site, more: dict[str, str], secret: str, token: str
) -> None:
    host = site.host(environment={"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI1", **more})

    seen = json.loads(host.invoke("demo-echo", b"").body)

    assert seen["credentials"] == {
        "access_key_id": "LTAI1",
        "access_key_secret": secret,
        "security_token": token,
    }


@pytest.mark.parametrize(
    ("event", "body"),
    [
        (b"bytes", b"\x00\xff"),
        (b"bytearray", b"\x00\xff"),
        (b"text", "ünï".encode()),
        (b"json", '{"ü": null}'.encode()),
    ],
)
def test_an_answer_arrives_as_it_is_or_as_json(host: Host, event: bytes, body: bytes) -> None:
    assert host.invoke("demo-echo", event).body == body


def test_output_goes_to_the_log_line_by_line(site: Site) -> None:
    (site.folder / "log").write_text("before\n")
    host = site.host()

    host.invoke("demo-echo", b"")
    host.invoke("demo-work", b'{"id": "a", "exit": true}')

    log = site.log()
    assert log[0] == "before"
    assert log.count('{"level":"info","message":"echoed"}') == 1
    assert log.count("\\ud800 is no character") == 1
    assert [line.partition(" [")[2] for line in log if line.endswith("logged")] == ["INFO] logged"]
    works = [line.split()[2:] for line in log if line.startswith("instance ")]
    assert works == [["works", "on", "a"]], "also if the process is killed afterwards"


def test_a_log_is_its_owners_alone(host: Host, shared: Site) -> None:
    host.invoke("demo-echo", b"")

    assert (shared.folder / "log").stat().st_mode & 0o777 == 0o600


def test_a_handler_is_named_by_module_and_attribute(site: Site) -> None:
    template = site.folder / "template.yml"
    text = (SAMPLE / "template.yml").read_text()
    template.write_text(text.replace("index.handler", "index.other", 1))

    result = site.host(template=template).invoke("demo-echo", b"")

    assert (result.body, result.error_type) == (b"another handler", None)


def test_an_exception_is_a_function_error_and_the_instance_lives_on(host: Host, shared: Site) -> None:
    result = host.invoke("demo-work", b'{"id": "raises", "fail_times": 1}')

    assert (result.status, result.error_type) == (200, "UnhandledInvocationError")
    error = json.loads(result.body)
    assert set(error) == {"errorMessage", "errorType", "stackTrace"}
    assert (error["errorMessage"], error["errorType"]) == ("run 1 fails", "ValueError")
    assert "work/index.py" in "".join(error["stackTrace"])
    assert "ValueError: run 1 fails" in shared.log()
    pids = {json.loads(host.invoke("demo-work", b'{"id": "raises"}').body)["pid"] for _ in range(2)}
    assert len(pids) == 1


def test_a_handler_that_leaves_is_a_function_error(host: Host) -> None:
    result = host.invoke("demo-work", b'{"leave": true}')

    assert result.error_type == "UnhandledInvocationError"
    error = json.loads(result.body)
    assert (error["errorMessage"], error["errorType"]) == ("leaving", "SystemExit")


def test_a_handler_that_ends_its_process_is_a_function_error(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    result = host.invoke("demo-work", b'{"exit": true}', request_id="r-exit")

    assert (result.status, result.error_type) == (200, "UnhandledInvocationError")
    message = "Process exited unexpectedly before completing request"
    assert json.loads(result.body) == {
        "errorMessage": message,
        "errorType": "UnhandledInvocationError",
        "stackTrace": [],
    }
    assert f"demo-work r-exit: {message}" in caplog.text
    assert host.invoke("demo-work", b'{"id": "next"}').error_type is None


def test_an_index_that_does_not_load_is_told_at_each_invocation(host: Host, shared: Site) -> None:
    first, second = (host.invoke("demo-broken", b"") for _ in range(2))

    assert first.error_type == "UnhandledInvocationError"
    assert json.loads(first.body)["errorType"] == "ModuleNotFoundError"
    assert second == first, "its trace does not grow"
    assert "ModuleNotFoundError: No module named 'no_such_module'" in shared.log()


def test_an_index_that_leaves_is_told_like_one_that_does_not_load(site: Site) -> None:
    result = site.host(environment={"LEAVE": "yes"}).invoke("demo-broken", b"")

    error = json.loads(result.body)
    assert (error["errorMessage"], error["errorType"]) == ("leaving on import", "SystemExit")
