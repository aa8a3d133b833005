"""EventBridge by the vendor's typed client."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_eventbridge20200401.client import Client
from alibabacloud_eventbridge20200401.models import (
    PutEventsRequest,
    PutEventsRequestEventList,
    PutEventsResponseBody,
)
from alibabacloud_eventbridge20200401.models import TestEventPatternRequest as PatternRequest
from darabonba.exceptions import DaraException

from emulator.server import Server
from host.errors import HostStoppedError
from tests.functional.emulator.clients import call, config
from tests.functional.emulator.official import unknown


@pytest.fixture
def delivered(server: Server) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    server.cloud.deliver = events.append
    return events


def put(server: Server, *entries: PutEventsRequestEventList, bus: str = "certdeploy") -> Any:
    request = PutEventsRequest(event_bus_name=bus, event_list=list(entries))
    return Client(config(server)).put_events(request).body


def an_entry(**more: Any) -> PutEventsRequestEventList:
    fields = {
        "id": "1",
        "source": "certdeploy",
        "type": "certdeploy:Certificate:Issued",
        "subject": "Certificate/7",
        "time": "2026-03-01T10:00:00Z",
        "data": {"CertId": 7},
    }
    return PutEventsRequestEventList(**{**fields, **more})


def test_an_event_reaches_who_takes_it(server: Server, delivered: list[dict[str, Any]]) -> None:
    body = put(server, an_entry(), an_entry(id="2"))

    assert (body.success, body.data.failed_entry_count) == (True, 0)
    assert [result.event_id for result in body.data.entry_list] == ["1", "2"]
    first = delivered[0]
    assert first["source"] == "certdeploy"
    assert first["type"] == "certdeploy:Certificate:Issued"
    assert first["data"] == {"CertId": 7}
    assert first["aliyuneventbusname"] == "certdeploy"
    assert first["aliyunaccountid"] == server.cloud.account


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("id", "", "Id is mandatory"),
        ("source", None, "Source is mandatory"),
        ("type", "x" * 65, "Type is longer"),
        ("time", "yesterday", "Time"),
        ("spec_version", "0.3", "SpecVersion"),
    ],
)
def test_a_wrong_entry_fails_alone(
    server: Server, delivered: list[dict[str, Any]], field: str, value: Any, says: str
) -> None:
    body = put(server, an_entry(**{field: value}), an_entry(id="2"))

    assert body.data.failed_entry_count == 1
    wrong, right = body.data.entry_list
    assert wrong.error_code == "InvalidEvent"
    assert says in wrong.error_message
    assert right.error_code is None
    assert [event["id"] for event in delivered] == ["2"]


def test_the_default_bus_takes_no_custom_events(server: Server, delivered: list[dict[str, Any]]) -> None:
    body = put(server, an_entry(), bus="default")

    assert body.data.entry_list[0].error_code == "EventBusNotAllowed"
    assert not delivered


def test_an_event_that_cannot_be_delivered_fails(server: Server) -> None:
    def stopped(_event: dict[str, Any]) -> None:
        raise HostStoppedError("the host is not running")

    server.cloud.deliver = stopped

    assert put(server, an_entry()).data.entry_list[0].error_code == "ServiceUnavailable"


def test_no_events_are_refused(server: Server) -> None:
    with pytest.raises(DaraException) as refused:
        put(server)

    assert refused.value.code == "MissingEventList"


@pytest.mark.parametrize(("source", "result"), [("acs.oss", True), ("acs.cas", False)])
def test_a_pattern_can_be_tried(server: Server, source: str, result: bool) -> None:
    request = PatternRequest(
        event=f'{{"source":"{source}"}}', event_pattern='{"source":[{"prefix":"acs.o"}]}'
    )

    assert Client(config(server)).test_event_pattern(request).body.data.result is result


def test_a_bad_pattern_is_refused(server: Server) -> None:
    request = PatternRequest(event="{}", event_pattern='{"source":')
    with pytest.raises(DaraException) as refused:
        Client(config(server)).test_event_pattern(request)

    assert refused.value.code == "EventPatternInvalid"


def test_answers_have_no_field_that_the_sdk_does_not_know(server: Server) -> None:
    entries = [{"Id": "1", "Source": "certdeploy", "Type": "x"}, {"Id": "2"}]
    form = {"EventBusName": "certdeploy", "EventList": json.dumps(entries)}

    raw = call(server, "PutEvents", "2020-04-01", form=form)

    assert raw["Data"]["FailedEntryCount"] == 1
    assert not unknown(raw, PutEventsResponseBody().from_map(raw).to_map())
