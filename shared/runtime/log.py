"""One line of JSON per record: a constant message, facts as fields, and the caller from the context."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from shared.cloud.redact import redact
from shared.domain.visible import visible

_context: ContextVar[dict[str, object] | None] = ContextVar("log_context", default=None)
_OWN = frozenset(logging.makeLogRecord({}).__dict__)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = {key: value for key, value in record.__dict__.items() if key not in _OWN}
        line: dict[str, object] = {
            "level": record.levelname,
            "message": record.getMessage(),
            **(_context.get() or {}),
            **facts,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return visible(redact(json.dumps(line, ensure_ascii=False, default=str)))


def configure(stream: TextIO | None = None) -> None:
    """Log our records as JSON; other libraries log warnings only. Idempotent."""
    root = logging.getLogger("certdeploy")
    if root.handlers:
        return
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False


@contextmanager
def log_context(**facts: object) -> Iterator[None]:
    token = _context.set({**(_context.get() or {}), **facts})
    try:
        yield
    finally:
        _context.reset(token)
