"""The robots of chat services: where each may be, what it is sent, and which answer means that it took it.

A refusal comes with HTTP status 200, so the body decides: https://open.dingtalk.com/document/robots/custom-robot-access,
https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot,
https://developer.work.weixin.qq.com/document/path/91770, https://api.slack.com/messaging/webhooks.

Messages are sent as plain text, and what a service would take for a mention or a link in it is written out:
names come from strangers.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn
from urllib.parse import quote

from shared.cloud.posting import Answer
from shared.domain.contacts import ChannelKind
from shared.errors import (
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)

Body = dict[str, Any]
_TOO_MUCH: Final = 429


@dataclass(frozen=True)
class Robot:
    """`hosts`: those that the service documents. `signed`: the query and the body, signed with a secret."""

    hosts: re.Pattern[str]
    body: Callable[[str], Body]
    fits: Callable[[str], bool]
    judge: Callable[[Answer], None]
    signed: Callable[[Body, str, datetime], tuple[str, Body]] | None = None


def _text(text: str) -> Body:
    return {"msgtype": "text", "text": {"content": text}}


def _feishu_text(text: str) -> Body:
    """`<at …>` in a text mentions people, and `<` cannot be escaped there."""
    return {"msg_type": "text", "content": {"text": text.replace("<", "\N{FULLWIDTH LESS-THAN SIGN}")}}


def _slack_text(text: str) -> Body:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped, "mrkdwn": False, "unfurl_links": False}


def _bytes(body: Callable[[str], Body], most: int) -> Callable[[str], bool]:
    return lambda text: len(encoded(body(text))) <= most


def encoded(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _dingtalk_signed(body: Body, secret: str, now: datetime) -> tuple[str, Body]:
    timestamp = str(int(now.timestamp() * 1000))
    sign = _hmac(secret, f"{timestamp}\n{secret}")
    return f"timestamp={timestamp}&sign={quote(sign, safe='')}", body


def _feishu_signed(body: Body, secret: str, now: datetime) -> tuple[str, Body]:
    """Unlike DingTalk's: the text is the key, and nothing is signed with it."""
    timestamp = str(int(now.timestamp()))
    return "", {"timestamp": timestamp, "sign": _hmac(f"{timestamp}\n{secret}", ""), **body}


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def check_status(service: str, answer: Answer) -> None:
    """What holds for every service: it is throttled, or not well, or has moved."""
    if answer.status == _TOO_MUCH:
        raise throttled(service, "HTTP 429", "too many messages", answer.retry_after_s)
    if answer.status >= 500:
        raise CloudUnavailableError(service, f"HTTP {answer.status}", "the service is not well")
    if 300 <= answer.status < 400:
        raise CloudRejectedError(service, f"HTTP {answer.status}", "it has moved; redirects are not followed")


def throttled(
    service: str, code: str, message: str, retry_after_s: float | None = None
) -> CloudThrottledError:
    error = CloudThrottledError(service, code, message)
    error.retry_after_s = retry_after_s
    return error


def refused(service: str, answer: Answer, code: object, words: object) -> NoReturn:
    shown = words if isinstance(words, str) and words else "it gives no reason"
    raise CloudRejectedError(service, str(code) if answer.status == 200 else f"HTTP {answer.status}", shown)


def answered_object(service: str, answer: Answer) -> Mapping[str, Any]:
    """Raises UnreadableAnswerError: nobody knows whether it took the message."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnreadableAnswerError(service, f"HTTP {answer.status} with no answer of this service")
    return found


def _by_code(
    service: str, code: tuple[str, ...], words: tuple[str, ...], busy: frozenset[int]
) -> Callable[[Answer], None]:
    """A judge of answers with a number that is 0 where all is well. `code`, `words`: names of the fields."""

    def judge(answer: Answer) -> None:
        check_status(service, answer)
        told = answered_object(service, answer)
        found = [told[name] for name in code if name in told]
        if not found or not all(type(one) is int for one in found):
            raise UnreadableAnswerError(service, f"HTTP {answer.status} without {code[0]}, a number")
        wrong = next((one for one in found if one != 0), None)
        said = next((told[name] for name in words if told.get(name)), "")
        if wrong in busy:
            raise throttled(service, str(wrong), str(said)[:_LONGEST_WORDS])
        if wrong is not None or answer.status != 200:
            refused(service, answer, wrong, said)

    return judge


def _slack_judge(answer: Answer) -> None:
    check_status("slack", answer)
    said = answer.body[:_LONGEST_WORDS].decode(errors="replace").strip()
    if answer.status != 200:
        refused("slack", answer, "", said)
    if said != "ok":
        raise UnreadableAnswerError("slack", "HTTP 200 without `ok`")


_LONGEST_WORDS: Final = 500
_FEISHU: Final = _bytes(_feishu_text, 18_000)  #: 20 KB as a whole, with the signature
_FEISHU_BUSY: Final = frozenset({11232, 99991400})


def _feishu(host: str) -> Robot:
    name = "lark" if "lark" in host else "feishu"
    judge = _by_code(name, ("code", "StatusCode"), ("msg", "StatusMessage"), _FEISHU_BUSY)
    return Robot(re.compile(re.escape(host)), _feishu_text, _FEISHU, judge, _feishu_signed)


ROBOTS: Final[Mapping[ChannelKind, Robot]] = {
    ChannelKind.DINGTALK: Robot(
        re.compile(r"oapi\.dingtalk\.com"),
        _text,
        _bytes(_text, 18_000),  # 20,000 bytes as a whole
        _by_code("dingtalk", ("errcode",), ("errmsg",), frozenset({-1, 130101, 410100, 660026, 90030})),
        _dingtalk_signed,
    ),
    ChannelKind.FEISHU: _feishu("open.feishu.cn"),
    ChannelKind.LARK: _feishu("open.larksuite.com"),
    ChannelKind.WECOM: Robot(
        re.compile(r"qyapi\.weixin\.qq\.com"),
        _text,
        lambda text: len(text.encode()) <= 2048,  # of a text; Markdown has 4096, and mentions
        _by_code("wecom", ("errcode",), ("errmsg",), frozenset({-1, 45009, 45033})),
    ),
    ChannelKind.SLACK: Robot(
        re.compile(r"hooks\.slack(-gov)?\.com"),
        _slack_text,
        lambda text: len(_slack_text(text)["text"]) <= 35_000,  # 40,000 characters, then it is cut
        _slack_judge,
    ),
}
