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
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from shared.cloud.posting import Answer
from shared.cloud.robots import LONGEST_WORDS, Body, Robot, by_code, check_status, refused, within_bytes
from shared.cloud.teams import TEAMS
from shared.cloud.telegram import TELEGRAM
from shared.domain.contacts import ChannelKind
from shared.errors import UnreadableAnswerError


def _text(text: str, _: str = "") -> Body:
    return {"msgtype": "text", "text": {"content": text}}


def _feishu_text(text: str, _: str = "") -> Body:
    """`<at …>` in a text mentions people, and `<` cannot be escaped there."""
    return {"msg_type": "text", "content": {"text": text.replace("<", "\N{FULLWIDTH LESS-THAN SIGN}")}}


def _slack_text(text: str, _: str = "") -> Body:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped, "mrkdwn": False, "unfurl_links": False}


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


def _slack_judge(answer: Answer) -> None:
    check_status("slack", answer)
    said = answer.body[:LONGEST_WORDS].decode(errors="replace").strip()
    if answer.status != 200:
        refused("slack", answer, "", said)
    if said != "ok":
        raise UnreadableAnswerError("slack", "HTTP 200 without `ok`")


_FEISHU: Final = within_bytes(_feishu_text, 18_000)  #: 20 KB as a whole, with the signature
_FEISHU_BUSY: Final = frozenset({11232, 99991400})


def _feishu(host: str) -> Robot:
    name = "lark" if "lark" in host else "feishu"
    judge = by_code(name, ("code", "StatusCode"), ("msg", "StatusMessage"), _FEISHU_BUSY)
    return Robot(re.compile(re.escape(host)), _feishu_text, _FEISHU, judge, _feishu_signed)


ROBOTS: Final[Mapping[ChannelKind, Robot]] = {
    ChannelKind.DINGTALK: Robot(
        re.compile(r"oapi\.dingtalk\.com"),
        _text,
        within_bytes(_text, 18_000),  # 20,000 bytes as a whole
        by_code("dingtalk", ("errcode",), ("errmsg",), frozenset({-1, 130101, 410100, 660026, 90030})),
        _dingtalk_signed,
    ),
    ChannelKind.FEISHU: _feishu("open.feishu.cn"),
    ChannelKind.LARK: _feishu("open.larksuite.com"),
    ChannelKind.WECOM: Robot(
        re.compile(r"qyapi\.weixin\.qq\.com"),
        _text,
        lambda text: len(text.encode()) <= 2048,  # of a text; Markdown has 4096, and mentions
        by_code("wecom", ("errcode",), ("errmsg",), frozenset({-1, 45009, 45033})),
    ),
    ChannelKind.SLACK: Robot(
        re.compile(r"hooks\.slack(-gov)?\.com"),
        _slack_text,
        lambda text: len(_slack_text(text)["text"]) <= 35_000,  # 40,000 characters, then it is cut
        _slack_judge,
    ),
    ChannelKind.TEAMS: TEAMS,
    ChannelKind.TELEGRAM: TELEGRAM,
}
