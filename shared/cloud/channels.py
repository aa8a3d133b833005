"""Sends one message over one channel of a contact; what stops it is told without a secret."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from shared.cloud.chats import ROBOTS
from shared.cloud.mail import MailServer
from shared.cloud.posting import post
from shared.cloud.redact import redact
from shared.cloud.robots import Robot, encoded
from shared.cloud.webhook import Webhook
from shared.domain.contacts import Channel, ChannelKind
from shared.domain.texts import Text
from shared.domain.visible import visible
from shared.errors import AppError, CloudError, CloudRejectedError
from shared.validation.contacts import channel_problems, webhook_problems

_HEADERS: Final = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "certdeploy"}
_LONGEST_WORDS: Final = 200
_SHORTEST_SECRET: Final = 6  #: characters
_SHORTEST_OF_LETTERS: Final = 16  #: what is shorter is a word, such as `webhook`


@dataclass(frozen=True)
class Channels:
    """`secret`: the value of what is named. `endpoint`: of emulated services, "" for the real ones.

    `private`: names in URLs may lead to addresses that are not public.
    """

    secret: Callable[[SecretStr], SecretStr]
    clock: Callable[[], datetime]
    endpoint: str = ""
    private: bool = False
    mail: MailServer = field(default_factory=lambda: MailServer("", ""))
    mail_password: SecretStr = field(default_factory=lambda: SecretStr(""))  #: or its name

    def send(self, channel: Channel, message_id: str, text: Text, body: Mapping[str, Any]) -> None:
        """`body`: for a webhook, which is sent no text.

        Raises:
            CloudRejectedError: the receiver refuses it, or the channel is none that may be used.
            UnreadableAnswerError: nobody knows whether it took it.
            SettingsError, CloudError: a secret cannot be read, or the receiver does not answer, or not now.
        """
        if problems := list(channel_problems(channel)):
            raise CloudRejectedError(channel.kind.value, "InvalidChannel", "; ".join(problems))
        if channel.kind is ChannelKind.WEBHOOK:
            self._webhook(channel, message_id, body)
        elif channel.kind is ChannelKind.EMAIL:
            password = self.secret(self.mail_password).get_secret_value()
            self.mail.send(channel.to, message_id, text, password, self.clock())
        else:
            self._robot(ROBOTS[channel.kind], channel, text)

    def _webhook(self, channel: Channel, message_id: str, body: Mapping[str, Any]) -> None:
        url = self._value(channel.url)
        if problems := list(webhook_problems(url)):
            raise CloudRejectedError("webhook", "InvalidUrl", "; ".join(problems))
        send = Webhook(
            url,
            lambda: SecretStr(self._value(channel.secret)),
            self.clock,
            private=self.private,
            unsigned="the channel names no secret",
        )
        send(message_id, dict(body))

    def _robot(self, robot: Robot, channel: Channel, text: Text) -> None:
        service, url = channel.kind.value, self._value(channel.url)
        if why := self._why_not_its_robot(robot, url):
            raise CloudRejectedError(service, "InvalidUrl", why)
        body = robot.body(text.within(robot.fits), channel.to)
        if channel.secret and robot.signed is not None:
            query, body = robot.signed(body, self._value(channel.secret), self.clock())
            if query:
                url += ("&" if urlsplit(url).query else "?") + query
        answer = post(service, url, encoded(body), _HEADERS, private=self.private)
        try:
            robot.judge(answer)
        except CloudError as error:
            error.args = (_without(url, str(error)),)
            error.message = _without(url, error.message)
            raise

    def _value(self, name: str) -> str:
        return self.secret(SecretStr(name)).get_secret_value().strip()

    def _why_not_its_robot(self, robot: Robot, url: str) -> str:
        if problems := list(webhook_problems(url)):
            return "; ".join(problems)
        parts = urlsplit(url)
        if self.endpoint and f"{parts.scheme}://{parts.netloc}" == self.endpoint:
            return ""
        own = robot.hosts.fullmatch(parts.hostname or "") and parts.port in (None, 443)
        return "" if own and parts.scheme == "https" else "its URL is not on a host of this service"


def reason_of(error: AppError) -> str:
    """What a person is told of a failed delivery, on one line."""
    told = f"{error.cloud_code}: {error.message}" if isinstance(error, CloudError) else str(error)
    shown = visible(redact(" ".join(told.split())))
    return shown if len(shown) <= _LONGEST_WORDS else f"{shown[:_LONGEST_WORDS]}…"


def _without(url: str, words: str) -> str:
    """A service may repeat what it was sent: parts of the URL are its token."""
    parts = urlsplit(url)
    secrets = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= (_SHORTEST_OF_LETTERS if secret.isalpha() else _SHORTEST_SECRET):
            words = words.replace(secret, "[…]")
    return words
