"""What the robots of chat services have in common: a body that is short enough, and a judge of the answer."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from shared.cloud.posting import Answer
from shared.errors import (
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
    UnreadableAnswerError,
)

Body = dict[str, Any]
_TOO_MUCH: Final = 429
_LONGEST_PAUSE_S: Final = 86_400
LONGEST_WORDS: Final = 500  #: characters of what a service says


@dataclass(frozen=True)
class Robot:
    """`hosts`: those that the service documents. `signed`: the query and the body, signed with a secret."""

    hosts: re.Pattern[str]
    body: Callable[[str, str], Body]  #: of a text, and of the chat where the URL does not say it
    fits: Callable[[str], bool]
    judge: Callable[[Answer], None]
    signed: Callable[[Body, str, datetime], tuple[str, Body]] | None = None


def within_bytes(body: Callable[[str, str], Body], most: int) -> Callable[[str], bool]:
    return lambda text: len(encoded(body(text, ""))) <= most


def encoded(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


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
    """`retry_after_s`: as the service says, whatever number that is."""
    error = CloudThrottledError(service, code, message)
    if retry_after_s is not None:
        error.retry_after_s = float(min(max(retry_after_s, 0), _LONGEST_PAUSE_S))
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


def by_code(
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
            raise throttled(service, str(wrong), str(said)[:LONGEST_WORDS])
        if wrong is not None or answer.status != 200:
            refused(service, answer, wrong, said)

    return judge
