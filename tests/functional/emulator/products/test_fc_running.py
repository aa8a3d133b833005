"""Functions that requests have made, run: their processes, roles, logs, timers, events, and what follows."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_eventbridge20200401.client import Client as EventBridge
from alibabacloud_eventbridge20200401.models import PutEventsRequest
from alibabacloud_fc20230330.client import Client
from alibabacloud_fc20230330.models import InvokeFunctionHeaders, InvokeFunctionRequest
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

from emulator.api import Call
from emulator.cloud import Cloud
from emulator.server import Server, running
from tests.functional.emulator.clients import admin, call, config
from tests.functional.emulator.official import Clock, populate
from tests.functional.emulator.products.test_fc_functions import ARN, Sdk, create, packed

CODE = """
import json, os, sys, time

def handler(event, context):
    print("asked", context.request_id)
    asked = json.loads(event or b"{}")
    if "fail" in asked:
        raise ValueError("told to")
    if "exit" in asked:
        os._exit(1)
    if "size" in asked:
        return "x" * asked["size"]
    if "take" in asked:
        held = bytearray(asked["take"] << 20)
        time.sleep(5)
    time.sleep(asked.get("sleep", 0))
    key = getattr(context, "credentials", None)
    return {
        "environment": dict(os.environ),
        "key": key and [key.access_key_id, key.security_token],
        "path": sys.path,
        "pid": os.getpid(),
        "request": context.request_id,
        "event": asked,
    }
"""


@pytest.fixture(scope="module")
def standing() -> Iterator[Server]:
    with running(Cloud(settle_s=0)) as server:
        yield server


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, {})


@pytest.fixture
def fc(clock: Clock, server: Server) -> Sdk:
    return Sdk(server)


def code(text: str = CODE) -> dict[str, str]:
    return {"zipFile": base64.b64encode(packed(text)).decode()}


def make(fc: Sdk, name: str = "scan", **fields: Any) -> None:
    create(fc, name, **{"code": code(), "timeout": 20, **fields})


def invoked(server: Server, event: Any, name: str = "scan", **headers: str) -> tuple[Any, dict[str, str]]:
    answer = Client(config(server)).invoke_function_with_options(
        name,
        InvokeFunctionRequest(body=json.dumps(event).encode()),
        InvokeFunctionHeaders(**headers),
        RuntimeOptions(),
    )
    body = answer.body.read()
    return (json.loads(body) if body[:1] == b"{" else body), answer.headers


def settled(server: Server) -> dict[str, Any]:
    """When nothing that is due is left to be done; the clock stands, so that retries wait."""
    for _ in range(400):
        told: dict[str, Any] = admin(server, "GET", "functions")
        if told["idle"]:
            return told
        time.sleep(0.02)
    raise AssertionError("it did not settle")


def test_a_function_runs_by_itself_and_its_instance_is_used_again(fc: Sdk, server: Server) -> None:
    make(fc, environmentVariables={"A": "1"})

    first, headers = invoked(server, {"n": 1})
    second, _ = invoked(server, {"n": 2})

    assert (first["event"], second["event"]) == ({"n": 1}, {"n": 2})
    assert first["pid"] == second["pid"]
    assert first["request"] == headers["x-fc-request-id"] != second["request"]
    environment = first["environment"]
    assert (environment["A"], environment["FC_FUNCTION_NAME"], environment["FC_REGION"]) == (
        "1",
        "scan",
        "cn-hangzhou",
    )
    assert environment["CERTDEPLOY_ENDPOINT"] == server.endpoint
    assert not any("site-packages" in place or place == "" for place in first["path"])
    assert admin(server, "GET", "functions")["functions"]["scan"]["invoked"] == 2


def test_what_is_changed_runs_in_a_new_instance(fc: Sdk, server: Server, clock: Clock) -> None:
    make(fc)
    before, _ = invoked(server, {})
    clock.advance(1)

    fc("update_function", "scan", environmentVariables={"A": "2"})
    after, _ = invoked(server, {})
    clock.advance(1)
    fc("update_function", "scan", code=code("def handler(event, context): return b'new'"))

    assert "A" not in before["environment"]
    assert after["environment"]["A"] == "2"
    assert invoked(server, {})[0] == b"new"


def test_what_a_layer_has_can_be_imported_the_first_layer_s_before_others(fc: Sdk, server: Server) -> None:
    arns = []
    for number in (1, 2):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("python/both.py", f"n = {number}")
            archive.writestr(f"python/only{number}.py", f"n = {number}")
        zipped = {"zipFile": base64.b64encode(content.getvalue()).decode()}
        made = fc("create_layer_version", f"deps{number}", compatibleRuntime=["python3.10"], code=zipped)
        arns.append(made.layer_version_arn)
    text = "import both, only1, only2\ndef handler(e, c): return {'n': [both.n, only1.n, only2.n]}"
    make(fc, layers=arns, code=code(text))
    make(fc, "without", code=code(text))

    assert invoked(server, {})[0] == {"n": [1, 1, 2]}
    failed, headers = invoked(server, {}, "without")
    assert (failed["errorType"], headers["x-fc-error-type"]) == (
        "ModuleNotFoundError",
        "UnhandledInvocationError",
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"fail": 1}, "told to"),
        ({"exit": 1}, "Process exited unexpectedly"),
        ({"sleep": 5}, "timed out after 1 seconds"),
        ({"take": 200}, "ran out of memory"),
        ({"size": 6 * 1024 * 1024 + 1}, "larger than 6291456 bytes"),
    ],
    ids=["raises", "exits", "time", "memory", "size"],
)
def test_a_function_that_fails_is_an_answer_with_a_kind_of_error(
    fc: Sdk, server: Server, event: Any, words: str
) -> None:
    make(fc, timeout=1, memorySize=128, cpu=0.1)

    body, headers = invoked(server, event)

    assert headers["x-fc-error-type"] == "UnhandledInvocationError"
    assert words in body["errorMessage"]
    assert invoked(server, {"n": 1})[0]["event"] == {"n": 1}


def test_an_answer_of_six_megabytes_is_whole(fc: Sdk, server: Server) -> None:
    make(fc)

    assert len(invoked(server, {"size": 6 * 1024 * 1024})[0]) == 6 * 1024 * 1024


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_a_function_has_its_role_s_credentials_where_its_runtime_tells_them(
    fc: Sdk, server: Server, runtime: str
) -> None:
    """In the environment, and up to 3.10 in the context as well."""
    make(fc, runtime=runtime, role="acs:ram::1000000000000001:role/scanner")

    told, _ = invoked(server, {})

    environment = told["environment"]
    key = server.cloud.keys.get_known(environment["ALIBABA_CLOUD_ACCESS_KEY_ID"])
    assert key is not None
    assert key.arn == "acs:ram::1000000000000001:assumed-role/scanner/scan"
    assert environment["ALIBABA_CLOUD_SECURITY_TOKEN"] == key.token
    assert environment["FC_RUNTIME"] == runtime
    assert told["key"] == ([key.access_key_id, key.token] if runtime == "python3.10" else None)


def test_a_role_that_does_not_trust_function_compute_is_not_assumed(fc: Sdk, server: Server) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}
    document = json.dumps({"Version": "1", "Statement": [trust]})
    call(server, "CreateRole", "2015-05-01", {"RoleName": "Scanner", "AssumeRolePolicyDocument": document})
    make(fc, role="acs:ram::1000000000000001:role/scanner")

    with pytest.raises(DaraException) as refused:
        invoked(server, {})

    assert (refused.value.status_code, refused.value.code) == (403, "AccessDenied")  # type: ignore[attr-defined]


def test_what_a_function_prints_is_in_its_log_store_and_in_the_answer_if_asked(
    fc: Sdk, server: Server
) -> None:
    logs = server.cloud.service("sls")
    for action, where, body in (
        ("CreateProject", {}, {"projectName": "logs"}),
        ("CreateLogStore", {"project": "logs"}, {"logstoreName": "functions"}),
    ):
        sent = json.dumps(body).encode()
        server.cloud.execute(logs, Call(action, where, "cn-hangzhou", "", raw_body=sent))
    make(fc, logConfig={"project": "logs", "logstore": "functions"})

    told, headers = invoked(server, {}, x_fc_log_type="Tail")

    rows = logs.projects["logs"].stores["functions"].rows
    request = told["request"]
    printed = [
        f"FC Invoke Start RequestId: {request}",
        f"asked {request}",
        f"FC Invoke End RequestId: {request}",
    ]
    assert [row["message"] for row in rows] == printed
    assert {row["functionName"] for row in rows} == {"scan"}
    assert base64.b64decode(headers["x-fc-log-result"]).decode().splitlines() == printed


def test_an_accepted_invocation_that_fails_is_tried_again_and_then_told(
    fc: Sdk, server: Server, clock: Clock
) -> None:
    make(fc)
    make(fc, "failed")
    destination = {"onFailure": {"destination": f"{ARN}functions/failed"}}
    fc("put_async_invoke_config", "scan", maxAsyncRetryAttempts=2, destinationConfig=destination)

    body, _ = invoked(server, {"fail": 1}, x_fc_invocation_type="Async", x_fc_async_task_id="once")
    with pytest.raises(DaraException) as known:
        invoked(server, {}, x_fc_invocation_type="Async", x_fc_async_task_id="once")
    assert (body, known.value.code) == (b"", "AsyncTaskAlreadyExists")
    assert settled(server)["functions"]["scan"] == {"region": "cn-hangzhou", "invoked": 1, "failed": 1}
    for seconds in (1, 2):
        clock.advance(seconds)
        settled(server)

    told = settled(server)
    assert (told["functions"]["scan"]["failed"], told["functions"]["failed"]["invoked"]) == (3, 1)
    assert told["pending"] == 0


def test_a_destination_learns_what_failed(fc: Sdk, server: Server) -> None:
    make(fc)
    text = "import pathlib\ndef handler(e, c): pathlib.Path(c.function.name).write_bytes(e); return e"
    make(fc, "failed", code=code(text))
    destination = {"onFailure": {"destination": f"{ARN}functions/failed"}}
    fc("put_async_invoke_config", "scan", maxAsyncRetryAttempts=0, destinationConfig=destination)

    invoked(server, {"fail": 1}, x_fc_invocation_type="Async")
    settled(server)

    instances = server.cloud.service("fc")._instances
    (path,) = (path for path in Path(instances._folder.name).glob("*/failed"))
    event = json.loads(path.read_bytes())
    assert event["requestContext"]["functionArn"] == f"{ARN}functions/scan"
    assert event["requestContext"]["condition"] == "RetriesExhausted"
    assert json.loads(event["requestPayload"]) == {"fail": 1}
    assert json.loads(event["responsePayload"])["errorMessage"] == "told to"


def test_a_timer_fires_by_the_cloud_s_clock(fc: Sdk, server: Server, clock: Clock) -> None:
    make(fc)
    config = json.dumps({"cronExpression": "@every 10m", "enable": True, "payload": "go"})
    fc("create_trigger", "scan", triggerName="timer", triggerType="timer", triggerConfig=config)

    assert settled(server)["functions"]["scan"]["invoked"] == 0
    for expected in (1, 2):
        clock.advance(601)
        assert settled(server)["functions"]["scan"]["invoked"] == expected
    off = json.dumps({"cronExpression": "@every 10m", "enable": False})
    fc("update_trigger", "scan", "timer", triggerConfig=off)
    clock.advance(3600)
    assert settled(server)["functions"]["scan"]["invoked"] == 2
    wrong = json.dumps({"cronExpression": "@every day"})
    kind = {"triggerName": "b", "triggerType": "timer", "triggerConfig": wrong}
    assert fc.refused("create_trigger", "scan", **kind) == (400, "InvalidArgument")


def test_an_event_reaches_the_functions_whose_pattern_it_meets(fc: Sdk, server: Server) -> None:
    for name, source in (("scan", "certdeploy"), ("other", "elsewhere")):
        make(fc, name)
        pattern = json.dumps(
            {"triggerEnable": True, "eventRuleFilterPattern": json.dumps({"source": [source]})}
        )
        fc("create_trigger", name, triggerName="events", triggerType="eventbridge", triggerConfig=pattern)
    entry = {"Id": "1", "Source": "certdeploy", "Type": "a:B", "Data": {"n": 1}}
    request = PutEventsRequest().from_map({"EventBusName": "certdeploy", "EventList": [entry]})

    EventBridge(config(server)).put_events(request)

    told = settled(server)["functions"]
    assert (told["scan"]["invoked"], told["other"]["invoked"]) == (1, 0)


def test_a_function_that_has_no_instances_left_is_throttled(fc: Sdk, server: Server) -> None:
    make(fc)
    fc("put_concurrency_config", "scan", reservedConcurrency=0)

    with pytest.raises(DaraException) as refused:
        invoked(server, {})

    assert (refused.value.status_code, refused.value.code) == (429, "ResourceExhausted")  # type: ignore[attr-defined]


def test_functions_of_other_languages_are_kept_and_not_run(fc: Sdk, server: Server) -> None:
    make(fc, runtime="nodejs20")

    with pytest.raises(DaraException) as refused:
        invoked(server, {})

    assert refused.value.code == "NotEmulated"
