"""A setting that the API shows at once and the edge serves only after it has settled."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Settling(Generic[Value]):
    def __init__(self, value: Value) -> None:
        self.value = value
        self._before = value
        self._until: datetime | None = None

    def set(self, value: Value, *, now: datetime, until: datetime) -> None:
        self._before = self.served(now)
        self.value, self._until = value, until

    def settled(self, now: datetime) -> bool:
        return self._until is None or now >= self._until

    def served(self, now: datetime) -> Value:
        return self.value if self.settled(now) else self._before
