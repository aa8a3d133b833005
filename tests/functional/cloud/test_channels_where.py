"""One message over one channel, to services that behave as the real ones: what counts as its delivery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.cloud import posting
from shared.domain.contacts import Channel, ChannelKind
from shared.domain.texts import Section, Text
from shared.errors import (
    CloudRejectedError,
    CloudUnavailableError,
)
from tests.chats import SECRET, Chats
from tests.functional.cloud.channels import EACH, NOW, TEXT, channels, send
from tests.functional.cloud.sockets import watch
from tests.receiver import receiving


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("dingtalk", "https://oapi.dingtalk.com.evil.example/robot/send"),
        ("dingtalk", "https://hooks.slack.com/services/T/B/x"),
        ("dingtalk", "https://oapi.dingtalk.com:8443/robot/send"),
        ("slack", "http://hooks.slack.com/services/T/B/x"),
        ("feishu", "https://open.larksuite.com/open-apis/bot/v2/hook/x"),
        ("wecom", "http://127.0.0.1:1/cgi-bin"),
        ("teams", "https://evil.example/logic.azure.com"),
        ("teams", "https://logic.azure.com.evil.example/"),
        ("telegram", "https://api.telegram.org.evil.example/botx/sendMessage"),
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
        ("teams", "prod-12.westus.logic.azure.com:443"),
        ("teams", "default0a1b.01.environment.api.powerplatform.com:443"),
        ("teams", "contoso.webhook.office.com"),
        ("telegram", "api.telegram.org"),
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
    elif service == "teams":
        assert "TextBlock" not in raw.replace("RichTextBlock", ""), "it would show Markdown"
    elif service == "telegram":
        assert "parse_mode" not in raw
    else:
        assert post.body["msgtype"] == "text", "in Markdown it would"


LIMITS = {"dingtalk": 20_000, "feishu": 20_000, "lark": 20_000, "slack": 40_000, "teams": 28_000}


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
    elif service == "telegram":
        assert len(post.text.encode("utf-16-le")) <= 2 * 4096
    else:
        assert 2000 < len(json.dumps(post.body, ensure_ascii=False).encode()) <= LIMITS[service]
