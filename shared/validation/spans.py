"""Spans of time as people write them: `30d`, `2w`, `12h`, or a number of days."""

import re
from collections.abc import Callable
from typing import Final

from shared.domain.spans import minutes_in, percent_in
from shared.errors import InvalidRequestError

_DAYS: Final = {"": 1.0, "d": 1.0, "w": 7.0, "h": 1 / 24}
_SPAN: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?([dwh]?)", re.ASCII)


def days_of(text: str, what: str) -> float:
    """In days. `what`: the option or field, for the message.

    Raises:
        InvalidRequestError: it is no span.
    """
    if found := _SPAN.fullmatch(text.strip().lower()):
        return float(found[1]) * _DAYS[found[2]]
    raise InvalidRequestError(f"{what} {text!r}: not a span such as 30d, 2w or 12h")


def minutes_of(text: str, what: str) -> float:
    """Raises InvalidRequestError: as `minutes_in`; `what`: the option or field, for the message."""
    return _told(minutes_in, text, what)


def percent_of(text: str, what: str) -> float:
    """Raises InvalidRequestError: as `percent_in`."""
    return _told(percent_in, text, what)


def _told(read: Callable[[str], float], text: str, what: str) -> float:
    try:
        return read(text)
    except ValueError as error:
        raise InvalidRequestError(f"{what} {error}") from None
