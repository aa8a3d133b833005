"""Invocations that failed for good are kept, once each, without what may be secret, and need a hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from host.instances import InvocationResult
from host.queue import _failure_event
from host.tasks import Task
from shared.errors import InvalidRequestError
from shared.services.status import overview
from tests.functional.pipeline.platform import Platform

ERROR = {"errorMessage": "CreateX: Busy: AccessKeySecret=abc (RequestId 1)", "errorType": "CloudBusyError"}


def told(**changes: Any) -> dict[str, Any]:
    """What the host sends, in the place of Function Compute."""
    task = Task("certdeploy-deploy_cdn", b'{"JobId": 7}', "r-1", None, 1, 4, 1.0, 1.0, "Running", None)
    result = InvocationResult(200, json.dumps(ERROR).encode(), "UnhandledInvocationError")
    event = _failure_event(task, "certdeploy-record_dead_letter", "Failed", result, 1_777_636_800.5)
    sent: dict[str, Any] = json.loads(event.payload)
    return {**sent, **changes}


def test_what_was_given_up_is_kept_once_however_often_it_is_told(platform: Platform) -> None:
    for _ in range(2):
        answer = platform.call("record_dead_letter", told())
    platform.call("record_dead_letter", told(timestamp=1_777_636_801_000))

    first, second = platform.world.dead_letters.list()
    assert answer == {"Name": "1777636800500-r-1"}
    assert (first.name, second.name) == ("1777636800500-r-1", "1777636801000-r-1")
    assert (first.function, first.payload) == ("certdeploy-deploy_cdn", '{"JobId": 7}')
    assert (first.condition, first.tries, first.error_type) == ("RetriesExhausted", 4, "CloudBusyError")
    assert first.error_message.startswith("CreateX: Busy: ")
    assert "abc" not in first.error_message


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": None},
        {"timestamp": 10**30},
        {"requestPayload": {"JobId": 7}, "responsePayload": None},
        {"responsePayload": "{", "responseContext": {"more": 1}},
        {"responsePayload": ["x"], "later": {}},
        {"requestContext": {"functionArn": "acs:fc:cn-hangzhou:1:functions/certdeploy-deploy_cdn/LATEST"}},
    ],
)
def test_what_the_platform_leaves_out_or_adds_is_no_reason_to_lose_it(
    platform: Platform, changes: dict[str, Any]
) -> None:
    platform.call("record_dead_letter", told(**changes))

    (letter,) = platform.world.dead_letters.list()
    assert letter.function == "certdeploy-deploy_cdn"
    assert json.loads(letter.payload) == {"JobId": 7}


def test_one_that_names_no_function_is_refused(platform: Platform) -> None:
    answer = platform.call("record_dead_letter", told(requestContext={}))

    assert answer["Code"] == InvalidRequestError.code
    assert list(platform.world.dead_letters.list()) == []


def test_the_status_tells_of_them_until_they_are_gone(platform: Platform) -> None:
    assert "dead-letters" not in {one.code for one in overview(platform.world).concerns}
    platform.call("record_dead_letter", told())

    (concern,) = [one for one in overview(platform.world).concerns if one.code == "dead-letters"]
    assert (concern.needs_hand, concern.count, concern.text) == (True, 1, "1 invocation failed for good")
    assert concern.examples[0].startswith("certdeploy-deploy_cdn: CloudBusyError CreateX: Busy")
    (letter,) = platform.world.dead_letters.list()
    platform.world.dead_letters.delete(letter)
    assert "dead-letters" not in {one.code for one in overview(platform.world).concerns}
