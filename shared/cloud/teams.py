"""Microsoft Teams: the webhook of a workflow, or an incoming webhook of a channel where there still is one.

A workflow answers 202 without a body. The older webhook answers 200 with `1`; what it does not take, such as
too many messages, it tells within a 200, too:
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
"""

import json
import re
from typing import Final

from shared.cloud.posting import Answer
from shared.cloud.robots import LONGEST_WORDS, Body, Robot, check_status, refused, throttled, within_bytes
from shared.errors import UnreadableAnswerError

_CARD: Final = "application/vnd.microsoft.card.adaptive"
_LONGEST: Final = 26_000  #: bytes of a body; 28 KB are taken


def _card(text: str, _: str = "") -> Body:
    """A line each as a run of text: Markdown, which a text block would show, has a meaning there."""
    lines = [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]}
        for line in text.split("\n")
        if line
    ]
    schema = "http://adaptivecards.io/schemas/adaptive-card.json"
    card = {"$schema": schema, "type": "AdaptiveCard", "version": "1.4", "body": lines}
    return {"type": "message", "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}]}


def _judge(answer: Answer) -> None:
    check_status("teams", answer)
    said = answer.body[:LONGEST_WORDS].decode(errors="replace").strip()
    if answer.status == 202 or (answer.status == 200 and said == "1"):
        return
    if answer.status == 200:
        if "HTTP error 429" in said:
            raise throttled("teams", "429", "too many messages")
        if "failed" not in said:
            raise UnreadableAnswerError("teams", "HTTP 200 with no answer of this service")
    refused("teams", answer, "200", _words(answer.body) or said)


def _words(body: bytes) -> str:
    """Of an error in JSON, as workflows tell it."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


TEAMS: Final = Robot(
    re.compile(r"([a-z0-9-]+\.){1,6}(logic\.azure|api\.powerplatform|webhook\.office)\.com"),
    _card,
    within_bytes(_card, _LONGEST),
    _judge,
)
