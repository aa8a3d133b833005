"""Telegram: the method sendMessage of a bot, whose token is a part of its URL.

https://core.telegram.org/bots/api#sendmessage: 4096 characters, which are UTF-16 code units there; without a
mode of parsing the text is plain.
"""

import json
import re
from typing import Final

from shared.cloud.posting import Answer
from shared.cloud.robots import LONGEST_WORDS, Body, Robot, answered_object, refused, throttled
from shared.errors import CloudRejectedError, CloudUnavailableError, UnreadableAnswerError

_LONGEST: Final = 4096


def _message(text: str, chat: str = "") -> Body:
    return {"chat_id": chat, "text": text, "link_preview_options": {"is_disabled": True}}


def _judge(answer: Answer) -> None:
    if answer.status >= 500:
        raise CloudUnavailableError("telegram", f"HTTP {answer.status}", "the service is not well")
    if 300 <= answer.status < 400:
        why = "it has moved; redirects are not followed"
        raise CloudRejectedError("telegram", f"HTTP {answer.status}", why)
    if answer.status == 429:
        raise throttled("telegram", "429", "too many messages", _pause(answer))
    told = answered_object("telegram", answer)
    if told.get("ok") is True and answer.status == 200:
        return
    if told.get("ok") is not False:
        raise UnreadableAnswerError("telegram", f"HTTP {answer.status} without `ok`")
    refused("telegram", answer, told.get("error_code"), str(told.get("description", ""))[:LONGEST_WORDS])


def _pause(answer: Answer) -> float | None:
    """In the body, or in the header."""
    try:
        seconds = json.loads(answer.body)["parameters"]["retry_after"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return answer.retry_after_s
    return seconds if type(seconds) is int else answer.retry_after_s


TELEGRAM: Final = Robot(
    re.compile(r"api\.telegram\.org"),
    _message,
    lambda text: len(text.encode("utf-16-le")) // 2 <= _LONGEST,
    _judge,
)
