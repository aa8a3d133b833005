"""Keeps calls below the vendor's limits, with a token bucket per access key and action."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from shared.errors import CloudThrottledError

#: The code of a call that was not made: its turn would come after the function's end.
PACED: Final = "Paced"
#: For actions without a published limit. The published ones are between 10 and 100 calls per second;
#: this is near the lower end, and each Throttling halves it.
UNPUBLISHED = 20.0
_BURST = 1 / 30  #: of a second's calls may come at once; the steady rate is as much below the limit
_RECOVERY_S = 30.0  #: from zero back to the full rate


@dataclass
class _Bucket:
    full_rate: float
    burst: float
    rate: float
    tokens: float
    at: float

    def refill(self, now: float, sharers: int) -> None:
        passed = now - self.at
        self.tokens = min(self.burst, self.tokens + passed * self.rate / sharers)
        self.rate = min(self.full_rate, self.rate + passed * self.full_rate / _RECOVERY_S)
        self.at = now


class Pacer:
    """Thread-safe. The limits are the account's; who uses them unseen is why there is `slow_down`."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._buckets: dict[Hashable, _Bucket] = {}
        self._sharers = 1

    def wait(self, key: Hashable, action: str, per_second: float | None, left_s: float | None = None) -> None:
        """Return when one more call is allowed.

        Raises:
            CloudThrottledError: that would take longer than `left_s` seconds.
        """
        with self._lock:
            bucket = self._bucket(key, per_second or UNPUBLISHED)
            bucket.refill(self._clock(), self._sharers)
            pause = max(0.0, (1 - bucket.tokens) * self._sharers / bucket.rate)
            if left_s is not None and pause > left_s:
                raise CloudThrottledError(
                    action,
                    PACED,
                    f"the next call is due in {pause:.1f} s, but only {left_s:.1f} s are left",
                )
            bucket.tokens -= 1  # may go below zero: a place in the queue
        if pause:
            self._sleep(pause)

    def share(self, sharers: int) -> None:
        """Take one part of so many of each limit from now on: other processes take the others."""
        with self._lock:
            now = self._clock()
            for bucket in self._buckets.values():
                bucket.refill(now, self._sharers)
            self._sharers = max(1, sharers)

    def slow_down(self, key: Hashable) -> None:
        """After Throttling: halve the rate; it recovers within half a minute."""
        with self._lock:
            if bucket := self._buckets.get(key):
                bucket.refill(self._clock(), self._sharers)
                bucket.rate = max(bucket.full_rate / 32, bucket.rate / 2)
                bucket.tokens = min(bucket.tokens, 0.0)

    def _bucket(self, key: Hashable, limit: float) -> _Bucket:
        if key not in self._buckets:
            burst = max(1.0, limit * _BURST)  # burst + rate ≤ limit, so no second exceeds the limit
            rate = max(limit - burst, limit / 2)
            self._buckets[key] = _Bucket(rate, burst, rate, burst, self._clock())
        return self._buckets[key]
