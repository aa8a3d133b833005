"""One message to robots of the chat services, by the names of their secrets."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from pydantic import SecretStr

from shared.cloud.channels import Channels
from shared.domain.contacts import Channel, ChannelKind
from shared.domain.texts import Section, Text
from tests.chats import SECRET, SERVICES, Chats

NOW = datetime(2026, 5, 1, 12, 0, 7, 900_000, tzinfo=timezone.utc)
TEXT = Text(
    "[certdeploy] shop: 1 of 2 slots failed", (Section(("Slots:",), ("CDN/-/www",)),), "… {count} more"
)
EACH = pytest.mark.parametrize("service", SERVICES)


class Secrets(dict[str, str]):
    """By name; what was asked for."""

    def __call__(self, name: SecretStr) -> SecretStr:
        return SecretStr(self[name.get_secret_value()])


def channels(chats: Chats, **secrets: str) -> Channels:
    urls = {f"kms:{service}": chats.url(service) for service in SERVICES}
    found = Secrets({**urls, "kms:sign": SECRET, "kms:wrong": "SEC-of-another", **secrets})
    return Channels(found, lambda: NOW, endpoint=chats.endpoint)


def channel(service: str, secret: str = "") -> Channel:
    to = "-100123" if service == "telegram" else ""
    return Channel(kind=ChannelKind(service), url=f"kms:{service}", secret=secret, to=to)


def send(chats: Chats, service: str, text: Text = TEXT, secret: str = "", **secrets: str) -> None:
    channels(chats, **secrets).send(channel(service, secret), "finished-7", text, {"Type": "x"})
