"""Clocks of tests: one that stands until somebody sleeps, and real time with what was slept on top of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from threading import Lock

from tests.builders import NOW


class StandingClock:
    """It is NOW, and only sleeping moves it."""

    def __init__(self) -> None:
        self.passed = 0.0  #: seconds

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


class RunningClock:
    """Real time, and what was slept on top of it; `waited` says how much of a pause is really waited for."""

    def __init__(self, waited: Callable[[float], float] = lambda seconds: 0.0) -> None:
        self._ahead, self._lock, self._waited = timedelta(), Lock(), waited

    def __call__(self) -> datetime:
        return datetime.now(timezone.utc) + self._ahead

    def sleep(self, seconds: float) -> None:
        if waited := self._waited(seconds):
            time.sleep(waited)
        with self._lock:
            self._ahead += timedelta(seconds=seconds - waited)

    def set_back(self) -> None:
        """To real time."""
        self._ahead = timedelta()
