"""What somebody's controller owns: a change by others lasts until the controller has looked again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")
PATIENCE = 3  #: how many times as long as a change takes to settle


class Owned(Generic[Value]):
    def __init__(self, wanted: Value) -> None:
        self.wanted = wanted
        self._seen: datetime | None = None

    def due(self, found: Value, now: datetime, settle_s: float) -> bool:
        """Whether the controller now writes its own value back over what is `found`."""
        if found == self.wanted:
            self._seen = None
            return False
        self._seen = self._seen or now
        return now >= self._seen + timedelta(seconds=PATIENCE * settle_s)
