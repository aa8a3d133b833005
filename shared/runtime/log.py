"""One line of JSON per record: a constant message, facts as fields, and the caller from the context.

Every line parses, whatever is in it: a field that cannot be written says so, and the others stay.
"""

import codecs
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import TextIO

from shared.cloud.redact import redact
from shared.domain.visible import visible

_context: ContextVar[dict[str, object] | None] = ContextVar("log_context", default=None)
_OWN = frozenset((*logging.makeLogRecord({}).__dict__, "message", "asctime"))
_HIDDEN = "[…]"


class JsonFormatter(logging.Formatter):
    """`letters`: whether the stream takes more than ASCII."""

    def __init__(self, *, letters: bool = True) -> None:
        super().__init__()
        self._letters = letters

    def format(self, record: logging.LogRecord) -> str:
        record.message = _message(record)  # as the standard formatter does: other handlers may rely on it
        facts = {key: value for key, value in record.__dict__.items() if key not in _OWN}
        line: dict[str, object] = {
            "time": _moment(record.created),
            "level": record.levelname,
            "message": record.message,
            **(_context.get() or {}),
            **facts,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        fields = (self._field(name, value) for name, value in line.items())
        return visible(f"{{{', '.join(fields)}}}")

    def _field(self, name: str, value: object) -> str:
        """`"name": value`, redacted by itself: what looks like a secret may not reach into the next one."""
        try:
            whole = self._dumped(name, value)
        except Exception as error:  # a value that refuses to be written must not cost the line
            value = f"a {type(value).__name__} that cannot be written: {type(error).__name__}"
            whole = self._dumped(name, value)
        text = redact(whole)
        if text != whole and not _is_json(text):  # it was a number, or the end went with a block that was cut
            text = redact(self._dumped(name, redact(value) if isinstance(value, str) else _HIDDEN))
            text = text if _is_json(text) else self._dumped(name, _HIDDEN)
        return text[1:-1]

    def _dumped(self, name: str, value: object) -> str:
        one = {name: value}
        return json.dumps(one, ensure_ascii=not self._letters, default=str, allow_nan=False, skipkeys=True)


def configure(stream: TextIO | None = None, *, others: bool = False) -> None:
    """Log our records as JSON; other libraries log warnings only. Idempotent.

    `others`: what those log is JSON, too, where the platform has put its handler on the root logger; and
    Python's own warnings are.
    """
    root = logging.getLogger("certdeploy")
    if root.handlers:
        return
    target = stream or sys.stdout
    formatter = JsonFormatter(letters=_takes_letters(target))
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False
    if others:
        logging.captureWarnings(True)
        for platforms in logging.getLogger().handlers:
            platforms.setFormatter(formatter)


@contextmanager
def log_context(**facts: object) -> Iterator[None]:
    token = _context.set({**(_context.get() or {}), **facts})
    try:
        yield
    finally:
        _context.reset(token)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # arguments that do not fit: what it was meant to say is better than nothing
        return str(record.msg)


def _takes_letters(stream: TextIO) -> bool:
    encoding = getattr(stream, "encoding", None)
    return encoding is None or codecs.lookup(encoding).name == "utf-8"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
