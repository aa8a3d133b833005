"""Functions, layers, triggers and their configurations by the official SDK of Function Compute 3.0."""

from __future__ import annotations

import json
from typing import Any

import alibabacloud_oss_v2 as oss
import pytest

from emulator.cloud import Cloud
from emulator.codec import CodecError
from emulator.saving import saved_estate
from emulator.server import Server
from tests.functional.emulator.products.functions import ARN, Sdk, create, inline, packed
from tests.functional.emulator.products.oss_clients import client

BUCKET = "certdeploy-code"


@pytest.fixture
def fc(cloud: Cloud, server: Server) -> Sdk:
    return Sdk(server)


@pytest.fixture
def store(cloud: Cloud, server: Server) -> oss.Client:
    found = client(server)
    found.put_bucket(oss.PutBucketRequest(bucket=BUCKET))
    return found


def test_a_function_is_made_from_an_object_and_told_with_what_it_was_given(
    fc: Sdk, store: oss.Client
) -> None:
    store.put_object(oss.PutObjectRequest(bucket=BUCKET, key="code.zip", body=packed()))
    code = {"ossBucketName": BUCKET, "ossObjectName": "code.zip"}
    settings = {"timeout": 300, "memorySize": 256, "cpu": 0.1, "environmentVariables": {"A": "1"}}
    log = {"project": "logs", "logstore": "functions"}

    create(fc, code=code, role="acs:ram::1000000000000001:role/scan", logConfig=log, **settings)

    told = fc("get_function", "scan")
    assert (told.function_arn, told.runtime, told.state) == (
        f"{ARN}functions/scan",
        "python3.10",
        "Active",
    )
    assert (told.timeout, told.memory_size, told.cpu) == (300, 256, 0.1)
    assert (told.log_config.project, told.log_config.logstore) == ("logs", "functions")
    assert (told.environment_variables, told.code_size) == ({"A": "1"}, len(packed()))
    assert told.role == "acs:ram::1000000000000001:role/scan"


def test_a_change_changes_what_it_names(fc: Sdk) -> None:
    before = create(fc, timeout=60, environmentVariables={"A": "1"})

    fc("update_function", "scan", timeout=90)
    same = fc("get_function", "scan")
    fc("update_function", "scan", code=inline("x = 1"))
    after = fc("get_function", "scan")

    assert (same.timeout, same.environment_variables, same.code_checksum) == (
        90,
        {"A": "1"},
        before.code_checksum,
    )
    assert after.code_checksum != before.code_checksum
    assert after.timeout == 90


def test_functions_are_listed_in_pages_and_by_prefix_and_end(fc: Sdk) -> None:
    for name in ("a-one", "a-two", "b-one"):
        create(fc, name)

    first = fc("list_functions", prefix="a-", limit=1)
    second = fc("list_functions", prefix="a-", limit=1, nextToken=first.next_token)
    fc("delete_function", "a-one")

    assert [row.function_name for row in (*first.functions, *second.functions)] == ["a-one", "a-two"]
    assert second.next_token is None
    assert [row.function_name for row in fc("list_functions").functions] == ["a-two", "b-one"]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"functionName": "scan"}, (409, "FunctionAlreadyExists")),
        ({"functionName": "1"}, (400, "InvalidArgument")),
        ({"runtime": "python3.11"}, (400, "InvalidArgument")),
        ({"handler": "index"}, (400, "InvalidArgument")),
        ({"timeout": 86401}, (400, "InvalidArgument")),
        ({"memorySize": 500}, (400, "InvalidArgument")),
        ({"memorySize": 4096, "cpu": 0.5}, (400, "InvalidArgument")),
        ({"environmentVariables": {"FC_A": "1"}}, (400, "InvalidArgument")),
        ({"environmentVariables": {"A": "x" * 4096}}, (400, "InvalidArgument")),
        ({"code": {"zipFile": "bm8="}}, (400, "InvalidArgument")),
        ({"code": {"ossBucketName": BUCKET, "ossObjectName": "none"}}, (400, "InvalidArgument")),
        ({"layers": [f"{ARN}layers/none/versions/1"]}, (404, "LayerVersionNotFound")),
    ],
)
def test_what_a_function_cannot_be_is_refused(fc: Sdk, fields: Any, refusal: tuple[int, str]) -> None:
    create(fc)

    assert (
        fc.refused(
            "create_function",
            **{
                "functionName": "other",
                "runtime": "python3.10",
                "handler": "index.handler",
                "code": inline(),
                **fields,
            },
        )
        == refusal
    )


def test_what_is_not_there_is_refused_by_its_kind(fc: Sdk) -> None:
    create(fc)

    assert fc.refused("get_function", "none") == (404, "FunctionNotFound")
    assert fc.refused("delete_function", "none") == (404, "FunctionNotFound")
    assert fc.refused("get_trigger", "scan", "none") == (404, "TriggerNotFound")
    assert fc.refused("get_layer_version", "none", "1") == (404, "LayerVersionNotFound")
    assert fc.refused("get_async_invoke_config", "scan")[0] == 404
    assert fc.refused("get_concurrency_config", "scan")[0] == 404


def test_versions_of_a_layer_count_up_and_a_deleted_one_stays_with_its_function(fc: Sdk) -> None:
    made = [
        fc("create_layer_version", "deps", compatibleRuntime=["python3.10"], code=inline(text))
        for text in ("a = 1", "a = 2")
    ]
    first, second = (one.layer_version_arn for one in made)
    create(fc, layers=[first, second])
    fc("delete_layer_version", "deps", "1")

    assert (first, second) == (f"{ARN}layers/deps/versions/1", f"{ARN}layers/deps/versions/2")
    assert fc("get_layer_version", "deps", "2").code_size == made[1].code_size
    assert [row.version for row in fc("list_layer_versions", "deps").layers] == [2]
    assert [row.layer_name for row in fc("list_layers").layers] == ["deps"]
    assert [row.arn for row in fc("get_function", "scan").layers] == [first, second]
    fc("update_function", "scan", timeout=9)
    runs = {"runtime": "python3.10", "handler": "index.handler", "code": inline()}
    gone = fc.refused("create_function", functionName="other", layers=[first], **runs)
    older = {**runs, "runtime": "python3.12"}
    unfit = fc.refused("create_function", functionName="other", layers=[second], **older)
    assert (gone, unfit) == ((404, "LayerVersionNotFound"), (400, "InvalidArgument"))
    again = fc("create_layer_version", "deps", compatibleRuntime=["python3.10"], code=inline())
    assert again.version == 3


def test_triggers_are_kept_as_they_are_given(fc: Sdk) -> None:
    create(fc)
    config = {"cronExpression": "@every 10m", "enable": True, "payload": ""}
    timer = {"triggerName": "timer", "triggerType": "timer", "triggerConfig": json.dumps(config)}

    made = fc("create_trigger", "scan", **timer)
    changed = json.dumps({**config, "enable": False})
    fc("update_trigger", "scan", "timer", triggerConfig=changed)

    assert (made.trigger_type, json.loads(made.trigger_config)) == ("timer", config)
    assert json.loads(fc("get_trigger", "scan", "timer").trigger_config)["enable"] is False
    assert [row.trigger_name for row in fc("list_triggers", "scan").triggers] == ["timer"]
    assert fc.refused("create_trigger", "scan", **timer) == (409, "TriggerAlreadyExists")
    pattern = {"eventRuleFilterPattern": '{"source": 1}'}
    events = {"triggerName": "events", "triggerType": "eventbridge", "triggerConfig": json.dumps(pattern)}
    assert fc.refused("create_trigger", "scan", **events) == (400, "InvalidArgument")
    fc("delete_trigger", "scan", "timer")
    assert fc("list_triggers", "scan").triggers == []


def test_how_a_function_is_invoked_asynchronously_is_kept(fc: Sdk) -> None:
    create(fc)
    failed = {"onFailure": {"destination": f"{ARN}functions/failed"}}

    fc("put_async_invoke_config", "scan", maxAsyncRetryAttempts=1, destinationConfig=failed)

    told = fc("get_async_invoke_config", "scan")
    assert (told.max_async_retry_attempts, told.max_async_event_age_in_seconds) == (1, 86400)
    assert told.destination_config.on_failure.destination == f"{ARN}functions/failed"
    assert fc.refused("put_async_invoke_config", "scan", maxAsyncRetryAttempts=9) == (400, "InvalidArgument")
    fc("delete_async_invoke_config", "scan")
    assert fc.refused("get_async_invoke_config", "scan")[0] == 404


def test_instances_are_reserved_from_those_that_are_left(fc: Sdk) -> None:
    create(fc)
    create(fc, "other")

    fc("put_concurrency_config", "scan", reservedConcurrency=60)

    assert fc("get_concurrency_config", "scan").reserved_concurrency == 60
    assert fc.refused("put_concurrency_config", "other", reservedConcurrency=41) == (400, "InvalidArgument")
    assert [row.reserved_concurrency for row in fc("list_concurrency_configs").configs] == [60]
    fc("delete_concurrency_config", "scan")
    assert fc("list_concurrency_configs").configs == []


def test_an_estate_that_is_saved_has_no_functions_since_anybody_may_load_one(fc: Sdk, cloud: Cloud) -> None:
    create(fc)

    saved = json.loads(json.dumps(saved_estate(cloud)))["saved"]

    assert saved["without"] == ["fc"]
    assert "fc" not in saved.get("products", {})
    with pytest.raises(CodecError):
        cloud.service("fc").keep({"functions": {}})
