"""The log as a person reads it: one line of JSON a record; without its time, which each line has."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest

from shared.runtime.log import configure

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged() -> Iterator[Lines]:
    """What is logged from here on. The logger is put back as it was."""
    ours = logging.getLogger("certdeploy")
    before = (list(ours.handlers), ours.level, ours.propagate)
    ours.handlers, stream = [], StringIO()
    configure(stream)
    yield lambda: [_without_time(line) for line in stream.getvalue().splitlines()]
    ours.handlers, ours.propagate = before[0], before[2]
    ours.setLevel(before[1])


def _without_time(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    assert datetime.fromisoformat(found.pop("time")).tzinfo is not None
    return found
