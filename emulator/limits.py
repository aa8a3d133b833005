"""Calls per second, by account and action, as the vendor documents them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic


class RateLimits:
    """A token bucket per key, one second deep."""

    def __init__(self, timer: Callable[[], float] = monotonic) -> None:
        self._timer = timer
        self._lock = Lock()
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}  # key -> tokens, at

    def take(self, key: tuple[str, ...], per_second: int) -> float:
        """Spend one call: 0.0, or else the seconds until the next is allowed."""
        with self._lock:
            now = self._timer()
            tokens, at = self._buckets.get(key, (float(per_second), now))
            tokens = min(float(per_second), tokens + (now - at) * per_second)
            if tokens < 1:
                self._buckets[key] = (tokens, now)
                return (1 - tokens) / per_second
            self._buckets[key] = (tokens - 1, now)
            return 0.0
