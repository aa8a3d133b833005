"""Functions that requests have made, run: their processes, roles, logs, and how they fail."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest
from darabonba.exceptions import DaraException

from emulator.api import Call
from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.clients import admin, call
from tests.functional.emulator.official import Clock, populate
from tests.functional.emulator.products.functions import Sdk, code, invoked, make


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, {})


@pytest.fixture
def fc(clock: Clock, server: Server) -> Sdk:
    return Sdk(server)


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


@pytest.mark.long
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


def with_a_log_store(cloud: Cloud) -> None:
    logs = cloud.service("sls")
    for action, where, body in (
        ("CreateProject", {}, {"projectName": "logs"}),
        ("CreateLogStore", {"project": "logs"}, {"logstoreName": "functions"}),
    ):
        sent = json.dumps(body).encode()
        cloud.execute(logs, Call(action, where, "cn-hangzhou", "", raw_body=sent))


@pytest.mark.parametrize(("logs_by", "written"), [("role", False), ("service", True)])
def test_output_is_written_with_the_rights_of_the_function_s_role_or_without_them(
    fc: Sdk, server: Server, logs_by: str, written: bool
) -> None:
    with_a_log_store(server.cloud)
    server.cloud.service("fc").choose(logs_by=logs_by)
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["fc.aliyuncs.com"]}}
    trust = json.dumps({"Version": "1", "Statement": [trusted]})
    call(server, "CreateRole", "2015-05-01", {"RoleName": "mute", "AssumeRolePolicyDocument": trust})
    where = {"project": "logs", "logstore": "functions"}
    make(fc, role="acs:ram::1000000000000001:role/mute", logConfig=where)

    invoked(server, {})

    rows = server.cloud.service("sls").projects["logs"].stores["functions"].rows
    assert bool(rows) is written
    denied = {row["action"] for row in admin(server, "GET", "grants")["denied"]}
    assert ("log:PostLogStoreLogs" in denied) is not written


def test_what_a_function_prints_is_in_its_log_store_and_in_the_answer_if_asked(
    fc: Sdk, server: Server
) -> None:
    with_a_log_store(server.cloud)
    make(fc, logConfig={"project": "logs", "logstore": "functions"})

    told, headers = invoked(server, {}, x_fc_log_type="Tail")

    rows = server.cloud.service("sls").projects["logs"].stores["functions"].rows
    request = told["request"]
    printed = [
        f"FC Invoke Start RequestId: {request}",
        f"asked {request}",
        f"FC Invoke End RequestId: {request}",
    ]
    assert [row["message"] for row in rows] == printed
    assert {row["functionName"] for row in rows} == {"scan"}
    assert base64.b64decode(headers["x-fc-log-result"]).decode().splitlines() == printed


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


def test_functions_are_not_run_where_that_was_not_asked_for(fc: Sdk, server: Server) -> None:
    make(fc)
    server.cloud.runs_functions = False
    try:
        with pytest.raises(DaraException) as refused:
            invoked(server, {}, x_fc_invocation_type="Async")
    finally:
        server.cloud.runs_functions = True

    assert refused.value.code == "NotEmulated"
    assert "--run-functions" in refused.value.message
