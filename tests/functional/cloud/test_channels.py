"""One message over one channel, to services that behave as the real ones: what counts as its delivery."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shared.cloud import posting
from shared.cloud.channels import Channels, reason_of
from shared.domain.contacts import Channel, ChannelKind
from shared.domain.texts import Section, Text
from shared.errors import (
    AppError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)
from tests.chats import SECRET, SERVICES, SIGNED, TOKEN, Chats, chatting
from tests.functional.cloud.sockets import hurry, watch
from tests.receiver import receiving

NOW = datetime(2026, 5, 1, 12, 0, 7, 900_000, tzinfo=timezone.utc)
TEXT = Text(
    "[certdeploy] shop: 1 of 2 slots failed", (Section(("Slots:",), ("CDN/-/www",)),), "… {count} more"
)
EACH = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture
def chats() -> Iterator[Chats]:
    with chatting() as found:
        found.now = NOW.timestamp
        yield found


class Secrets(dict[str, str]):
    """By name; what was asked for."""

    def __call__(self, name: SecretStr) -> SecretStr:
        return SecretStr(self[name.get_secret_value()])


def channels(chats: Chats, **secrets: str) -> Channels:
    urls = {f"kms:{service}": chats.url(service) for service in SERVICES}
    found = Secrets({**urls, "kms:sign": SECRET, "kms:wrong": "SEC-of-another", **secrets})
    return Channels(found, lambda: NOW, endpoint=chats.endpoint)


def channel(service: str, secret: str = "") -> Channel:
    return Channel(kind=ChannelKind(service), url=f"kms:{service}", secret=secret)


def send(chats: Chats, service: str, text: Text = TEXT, secret: str = "", **secrets: str) -> None:
    channels(chats, **secrets).send(channel(service, secret), "finished-7", text, {"Type": "x"})


@EACH
def test_a_message_that_is_accepted_is_delivered_as_plain_text(chats: Chats, service: str) -> None:
    send(chats, service)

    (post,) = chats.take()
    assert post.text.splitlines() == [TEXT.title, "", "Slots:", "CDN/-/www"]
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


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("dingtalk", "https://oapi.dingtalk.com.evil.example/robot/send"),
        ("dingtalk", "https://hooks.slack.com/services/T/B/x"),
        ("dingtalk", "https://oapi.dingtalk.com:8443/robot/send"),
        ("slack", "http://hooks.slack.com/services/T/B/x"),
        ("feishu", "https://open.larksuite.com/open-apis/bot/v2/hook/x"),
        ("wecom", "http://127.0.0.1:1/cgi-bin"),
        ("wecom", "https://user@qyapi.weixin.qq.com/"),
        ("wecom", "no URL"),
    ],
)
def test_a_robot_is_on_a_host_of_its_service(
    chats: Chats, service: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = watch(monkeypatch)

    with pytest.raises(CloudRejectedError, match="InvalidUrl") as refused:
        send(chats, service, **{f"kms:{service}": url})

    assert waits.of == []
    assert url not in str(refused.value)


@pytest.mark.parametrize(
    ("service", "host"),
    [
        ("dingtalk", "oapi.dingtalk.com"),
        ("feishu", "open.feishu.cn"),
        ("lark", "open.larksuite.com"),
        ("wecom", "qyapi.weixin.qq.com"),
        ("slack", "hooks.slack.com"),
    ],
)
def test_the_documented_host_of_a_service_is_sent_to(
    chats: Chats, service: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def post(receiver: str, url: str, *_: Any, private: bool) -> posting.Answer:
        asked.append(f"{receiver} {url} {private}")
        return posting.Answer(500)

    monkeypatch.setattr("shared.cloud.channels.post", post)
    with pytest.raises(CloudUnavailableError):
        send(chats, service, **{f"kms:{service}": f"https://{host}/hook/x"})

    assert asked == [f"{service} https://{host}/hook/x False"]


def test_a_url_in_the_contact_itself_is_not_used(chats: Chats) -> None:
    """Others may write into the state; it holds no secrets, and none are sent for it."""
    with pytest.raises(CloudRejectedError, match="its URL is secret"):
        channels(chats).send(Channel(kind=ChannelKind.SLACK, url=chats.url("slack")), "x", TEXT, {})

    assert chats.posts == []


def test_a_webhook_of_a_contact_is_signed_as_that_of_the_settings(chats: Chats, tmp_path: Path) -> None:
    with receiving() as receiver:
        send(chats, "webhook", secret="kms:sign", **{"kms:webhook": receiver.url})

    message = receiver.one()
    assert (message.id, message.body) == ("finished-7", {"Type": "x"})
    assert message.signed_with(SECRET)
    assert message.headers["x-certdeploy-timestamp"] == str(int(NOW.timestamp()))


@EACH
def test_names_of_strangers_mention_nobody(chats: Chats, service: str) -> None:
    text = Text('<!channel> <at user_id="all">all</at> <@all>', (), "")
    send(chats, service, text)

    (post,) = chats.take()
    raw = json.dumps(post.body, ensure_ascii=False)
    if service in ("feishu", "lark", "slack"):
        assert "<" not in raw
    else:
        assert post.body["msgtype"] == "text", "in Markdown it would"


LIMITS = {"dingtalk": 20_000, "feishu": 20_000, "lark": 20_000, "slack": 40_000}


@EACH
def test_a_long_message_is_cut_to_what_the_service_takes(chats: Chats, service: str) -> None:
    slots = tuple(f'CDN/-/"bücher"<{n}>.example.com' for n in range(3000))
    text = Text("title", (Section(("Slots:",), slots, ("certdeploy scan",)),), "… {count} more")

    send(chats, service, text)

    (post,) = chats.take()
    assert post.text.splitlines()[-1] == "certdeploy scan"
    assert " more" in post.text
    if service == "wecom":
        assert len(post.text.encode()) <= 2048
    else:
        assert 2000 < len(json.dumps(post.body, ensure_ascii=False).encode()) <= LIMITS[service]
