"""What a function takes, what it refuses for good, and what it lets out so that it is delivered again."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import Any, cast

import pytest
from pydantic import BaseModel

from shared.domain.events import CertificateIssued, JobFinished
from shared.domain.requests import DiscoverResources
from shared.domain.values import Wire
from shared.errors import (
    AppError,
    CloudUnavailableError,
    ConflictError,
    InvalidRequestError,
    InvalidTransitionError,
    NotFoundError,
    PlanChangedError,
    SettingsError,
)
from shared.runtime.app import App
from shared.runtime.handler import Invocation, function
from tests.unit.runtime.conftest import Lines


class Answer(Wire):
    given: str
    nothing: str | None = None


APP = cast(App, object())
CONTEXT = Invocation("r-1", "certdeploy-test", lambda: APP)
EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "certdeploy",
    "type": "certdeploy:Certificate:Issued",
    "time": "2026-05-01T12:00:00Z",
    "data": {"CertIdentifier": "7-cn-hangzhou"},
}
UPLOADED = {**EVENT, "source": "acs.cas", "type": "cas:Certificate:Uploaded", "data": {"Some": "thing"}}
TIMER = {"triggerTime": "2026-05-01T12:00:00Z", "triggerName": "hourly"}


@function(DiscoverResources, CertificateIssued, JobFinished)
def handler(message: BaseModel, app: App) -> Answer:
    assert app is APP
    return Answer(given=f"{type(message).__name__} {message.model_dump_json(exclude_unset=True)}")


@function(None, CertificateIssued, JobFinished)
def events_only(message: BaseModel, app: App) -> Answer:
    return Answer(given=type(message).__name__)


def raising(error: Exception) -> Any:
    @function(DiscoverResources)
    def fails(message: BaseModel, app: App) -> Answer:
        raise error

    return fails


def given(payload: Any, to: Any = handler) -> dict[str, Any]:
    sent = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    answer: dict[str, Any] = json.loads(to(sent, CONTEXT))
    return answer


ISSUED = 'CertificateIssued {"cert_identifier":"7-cn-hangzhou"}'


@pytest.mark.parametrize(
    ("payload", "understood"),
    [
        (b"", "DiscoverResources {}"),
        ({}, "DiscoverResources {}"),
        ({"Region": "cn-beijing"}, 'DiscoverResources {"region":"cn-beijing"}'),
        (TIMER, "DiscoverResources {}"),
        ({**TIMER, "payload": ""}, "DiscoverResources {}"),
        ({**TIMER, "payload": '{"Region": "cn-beijing"}'}, 'DiscoverResources {"region":"cn-beijing"}'),
        (EVENT, ISSUED),
        ([EVENT], ISSUED),
        ([{}], "DiscoverResources {}"),
        (UPLOADED, "DiscoverResources {}"),
        ({**EVENT, "type": JobFinished.type, "data": {"JobId": 3, "New": 1}}, 'JobFinished {"job_id":3}'),
    ],
    ids=str,
)
def test_a_message_is_understood(payload: Any, understood: str) -> None:
    assert given(payload) == {"Given": understood}


@pytest.mark.parametrize(
    ("payload", "without_requests", "told"),
    [
        (b"{", False, "the payload is not JSON"),
        ({**TIMER, "payload": "nonsense"}, False, "the payload is not JSON"),
        ({**TIMER, "payload": 5}, False, "the payload is not JSON: expected text, got int"),
        ({**TIMER, "payload": {}}, False, "the payload is not JSON: expected text, got dict"),
        (b"[" * 100_000, False, "nested too deeply"),
        (b'{"Region": "\\ud800"}', False, "half a character"),
        (b'{"Region": NaN}', False, "NaN is not a number"),
        (b'{"Region": -Infinity}', False, "-Infinity is not a number"),
        (b"\xff\xfe", False, "the payload is not JSON"),
        ({f"Field{number}": 1 for number in range(99)}, False, "; and 89 more"),
        ({**EVENT, "type": "a\x1b[31m\u202e\n" + "x" * 10**6}, False, "handle a\\u001b[31m\\u202e\\u000axxx"),
        ({"Regoin": "cn-beijing"}, False, "Regoin"),
        ([EVENT, EVENT], False, ""),
        ({**EVENT, "id": ""}, False, ""),
        ({**EVENT, "data": {}}, False, "CertIdentifier"),
        (
            {**EVENT, "type": "certdeploy:Some:Thing"},
            False,
            "does not handle certdeploy:Some:Thing",
        ),
        ({**UPLOADED, "source": "elsewhere"}, False, "does not handle cas:Certificate:Uploaded"),
        (UPLOADED, True, "does not handle cas:Certificate:Uploaded"),
        (
            {},
            True,
            "expected a CloudEvent of type certdeploy:Certificate:Issued, certdeploy:Deploy",
        ),
        (TIMER, True, "expected a CloudEvent"),
        ({"triggerName": "half a timer"}, False, "triggerName"),
    ],
    ids=str,
)
def test_what_does_not_validate_is_answered_and_logged_as_an_error_and_not_delivered_again(
    payload: Any, without_requests: bool, told: str, logged: Lines
) -> None:
    answer = given(payload, events_only if without_requests else handler)

    assert answer.keys() == {"Code", "Message"}
    assert answer["Code"] == "InvalidParameter"
    assert told in answer["Message"]
    assert answer["Message"].isprintable()
    assert len(answer["Message"]) < 2000
    (line,) = logged()
    assert (line["level"], line["message"]) == ("ERROR", "event was refused")
    assert (line["code"], line["reason"]) == (answer["Code"], answer["Message"])
    assert (line["request_id"], line["function"]) == ("r-1", "certdeploy-test")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidRequestError("no"), "InvalidParameter"),
        (InvalidTransitionError("Job", 1, "success", "pending"), "InvalidStatus"),
        (NotFoundError("Job", 1), "NotFound"),
        (PlanChangedError("moved"), "PlanChanged"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_another_delivery_cannot_help_is_answered(error: AppError, code: str) -> None:
    assert given({}, raising(error)) == {"Code": code, "Message": str(error)}


@pytest.mark.parametrize(
    "error",
    [
        CloudUnavailableError("Call", "ServiceUnavailable", "no answer"),
        ConflictError("Job", 1),
        SettingsError("not set"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_go_well_next_time_is_let_out_and_logged_as_a_warning(
    error: AppError, logged: Lines
) -> None:
    with pytest.raises(type(error)) as raised:
        given({}, raising(error))

    assert raised.value is error
    (line,) = logged()
    assert (line["level"], line["message"]) == ("WARNING", "function failed")
    assert (line["code"], line["reason"]) == (error.code, str(error))


def test_what_nobody_expected_is_let_out_without_what_it_says(logged: Lines) -> None:
    """The platform prints what is raised, with its context, and its text may hold anything."""
    with pytest.raises(AppError) as raised:
        given({}, raising(KeyError("the whole request")))

    assert str(raised.value) == "internal error: KeyError; the log has the details"
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)
    (line,) = logged()
    assert (line["level"], line["message"]) == ("ERROR", "function failed unexpectedly")
    assert "KeyError" in line["exception"]


@pytest.mark.parametrize(
    ("payload", "facts"),
    [
        (
            EVENT,
            {
                "event_id": "e-1",
                "event_type": "certdeploy:Certificate:Issued",
                "cert_identifier": "7-cn-hangzhou",
            },
        ),
        (UPLOADED, {"event_id": "e-1", "event_type": "cas:Certificate:Uploaded"}),
        (TIMER, {"trigger": "hourly", "trigger_time": "2026-05-01T12:00:00Z"}),
        ({}, {}),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "error", [None, InvalidRequestError("no"), ConflictError("Job", 1), KeyError("x")], ids=repr
)
def test_every_line_says_which_event_or_timer_it_is_about(
    payload: Any, facts: dict[str, str], error: Exception | None, logged: Lines
) -> None:
    @function(DiscoverResources, CertificateIssued)
    def works(message: BaseModel, app: App) -> Answer:
        if error is not None:
            raise error
        logging.getLogger("certdeploy.test").info("worked")
        return Answer(given="")

    with contextlib.suppress(AppError):
        works(json.dumps(payload).encode(), CONTEXT)

    (line,) = logged()
    names = ("event_id", "event_type", "cert_identifier", "trigger", "trigger_time")
    told = {name: line[name] for name in names if name in line}
    assert told == facts
    assert (line["request_id"], line["function"]) == ("r-1", "certdeploy-test")
