"""One message over one channel, to services that behave as the real ones: what counts as its delivery."""

from __future__ import annotations

import json

import pytest

from shared.cloud import posting
from shared.cloud.channels import reason_of
from shared.cloud.posting import Answer
from shared.cloud.telegram import TELEGRAM
from shared.errors import (
    AppError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from tests.chats import SIGNED, TOKEN, Chats
from tests.functional.cloud.channels import EACH, TEXT, send
from tests.functional.cloud.sockets import hurry, watch


@EACH
def test_a_message_that_is_accepted_is_delivered_as_plain_text(chats: Chats, service: str) -> None:
    send(chats, service)

    (post,) = chats.take()
    assert list(filter(None, post.text.splitlines())) == [TEXT.title, "Slots:", "CDN/-/www"]
    assert post.body.get("chat_id", "-100123") == "-100123"
    assert post.query == {"access_token": TOKEN}


@pytest.mark.parametrize(
    ("behaviour", "kind", "told"),
    [
        (
            "refuse",
            CloudRejectedError,
            {"dingtalk": "310000: keywords not in content", "slack": "HTTP 404: no_service"},
        ),
        ("throttle", CloudThrottledError, {"wecom": "45009: api freq out of limit"}),
        ("redirect", CloudRejectedError, {"slack": "HTTP 302: it has moved; redirects are not followed"}),
        ("garbage", UnreadableAnswerError, {}),
        ("down", CloudUnavailableError, {"lark": "HTTP 503: the service is not well"}),
    ],
)
@EACH
def test_what_the_service_says_decides_and_not_that_it_answers(
    chats: Chats, service: str, behaviour: str, kind: type[AppError], told: dict[str, str]
) -> None:
    chats.behaviour[service] = [behaviour]

    with pytest.raises(kind) as failed:
        send(chats, service)

    assert type(failed.value) is kind
    assert len(chats.posts) == 1, "a redirect was followed"
    assert told.get(service, "") in reason_of(failed.value)
    assert "\n" not in reason_of(failed.value)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"errcode": "0", "code": "0", "ok": "true"}',
        b'{"errcode": null}',
        b"\xff",
        b"[" * 9000,
    ],
    ids=range(8),
)
@EACH
def test_an_answer_that_is_not_this_service_s_is_no_delivery(
    chats: Chats, service: str, answer: bytes
) -> None:
    chats.behaviour[service] = [(200, answer, {})]

    with pytest.raises(UnreadableAnswerError):
        send(chats, service)


@pytest.mark.parametrize("service", ["feishu", "lark"])
def test_two_numbers_are_both_looked_at(chats: Chats, service: str) -> None:
    chats.behaviour[service] = [(200, b'{"StatusCode": 0, "code": 19024, "msg": "no"}', {})]

    with pytest.raises(CloudRejectedError, match="19024"):
        send(chats, service)


def test_a_refusal_with_another_status_is_told_in_the_service_s_words(chats: Chats) -> None:
    chats.behaviour["feishu"] = [(400, b'{"code": 9499, "msg": "Bad Request"}', {})]

    with pytest.raises(CloudRejectedError) as refused:
        send(chats, "feishu")

    assert reason_of(refused.value) == "HTTP 400: Bad Request"


@EACH
def test_a_service_that_hangs_is_left_after_ten_seconds(
    chats: Chats, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = watch(monkeypatch)
    send(chats, service)
    assert waits.last == (10, 10)
    hurry(monkeypatch, 0.05)
    chats.behaviour[service] = ["hang"]

    with pytest.raises(CloudUnavailableError, match="no answer"):
        send(chats, service)


def test_an_answer_a_byte_at_a_time_is_left_too(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """No byte takes long; all of them have no end."""
    monkeypatch.setattr(posting, "_PATIENCE_S", 0.15)
    chats.behaviour["slack"] = ["drip"]

    with pytest.raises(CloudUnavailableError):
        send(chats, "slack")


@pytest.mark.parametrize("service", SIGNED)
def test_a_signature_is_the_one_that_the_service_computes(chats: Chats, service: str) -> None:
    chats.signed.add(service)

    send(chats, service, secret="kms:sign")
    assert len(chats.take()) == 1

    for secret in ("", "kms:wrong"):
        with pytest.raises(CloudRejectedError, match="sign"):
            send(chats, service, secret=secret)


def test_how_long_a_service_wants_to_be_left_alone_is_read(chats: Chats) -> None:
    chats.behaviour["slack"] = ["throttle"]

    with pytest.raises(CloudThrottledError) as throttled:
        send(chats, "slack")

    assert throttled.value.retry_after_s == 90
    chats.behaviour["telegram"] = ["throttle"]
    with pytest.raises(CloudThrottledError) as throttled:
        send(chats, "telegram")
    assert throttled.value.retry_after_s == 35


@pytest.mark.parametrize(
    ("told", "pause_s"),
    [(f"1{'0' * 400}", 86_400), ("-5", 0), ("1e400", None), ('"x"', None), ("true", None)],
)
def test_a_pause_without_end_is_a_day(told: str, pause_s: float | None) -> None:
    """Whoever answers may say any number; a contact's delivery is to go on in this life."""
    answer = Answer(429, f'{{"parameters": {{"retry_after": {told}}}}}'.encode())

    with pytest.raises(CloudThrottledError) as throttled:
        TELEGRAM.judge(answer)

    assert throttled.value.retry_after_s == pause_s


def test_an_older_webhook_of_teams_says_one(chats: Chats) -> None:
    chats.behaviour["teams"] = [(200, b"1", {})]

    send(chats, "teams")


def test_what_a_workflow_refuses_is_told_in_its_words(chats: Chats) -> None:
    error = {"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "the flow is switched off"}}
    chats.behaviour["teams"] = [(400, json.dumps(error).encode(), {})]

    with pytest.raises(CloudRejectedError, match="the flow is switched off"):
        send(chats, "teams")


@EACH
def test_no_error_says_the_url_or_its_token(chats: Chats, service: str) -> None:
    """Also where the service repeats what it was sent."""
    words = f"bad token {TOKEN} in {chats.url(service)}"
    body = {"errcode": 1, "code": 1, "errmsg": words, "msg": words}
    for answer in (json.dumps(body).encode(), words.encode()):
        chats.behaviour[service] = [(200, answer, {}), (404, answer, {}), "accept"]
        for _ in range(2):
            with pytest.raises(AppError) as failed:
                send(chats, service)
            shown = f"{failed.value}{failed.value.args}{reason_of(failed.value)}{vars(failed.value)}"
            assert TOKEN not in shown
