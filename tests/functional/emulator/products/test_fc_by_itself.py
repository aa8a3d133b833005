"""What happens to functions by itself: accepted invocations, timers, events, and what follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alibabacloud_eventbridge20200401.client import Client as EventBridge
from alibabacloud_eventbridge20200401.models import PutEventsRequest
from darabonba.exceptions import DaraException

from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.clients import config
from tests.functional.emulator.official import Clock, populate
from tests.functional.emulator.products.functions import ARN, Sdk, code, invoked, make, settled


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    return populate(cloud, {})


@pytest.fixture
def fc(clock: Clock, server: Server) -> Sdk:
    return Sdk(server)


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
