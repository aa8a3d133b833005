"""The cloud's time: that of the machine, moved ahead, or standing still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """`real` and what was added to it; frozen: a moment that moves only when it is told to."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self.restart()

    def __call__(self) -> datetime:
        return self._frozen if self._frozen is not None else self._real() + self._ahead

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def restart(self) -> None:
        """Back to the real time, running."""
        self._ahead = timedelta()
        self._frozen: datetime | None = None

    def advance(self, seconds: float) -> None:
        """Raises OverflowError beyond the calendar."""
        if self._frozen is not None:
            self._frozen += timedelta(seconds=seconds)
        else:
            ahead = self._ahead + timedelta(seconds=seconds)
            _ = self._real() + ahead
            self._ahead = ahead

    def freeze(self, at: datetime | None = None) -> None:
        """At `at`, or now."""
        self._frozen = at or self()

    def run(self) -> None:
        """Go on from the moment at which it stands."""
        if self._frozen is not None:
            self._ahead, self._frozen = self._frozen - self._real(), None
