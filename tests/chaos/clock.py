"""A clock for all processes of a run: it stands until somebody sleeps."""

from __future__ import annotations

import mmap
import struct
from datetime import datetime, timedelta, timezone

_SECONDS = struct.Struct("d")
_STEADY = 8  #: where the second number is
_TICK_S = 0.001
_AGO_DAYS = 10


class SharedClock:
    """Processes that are forked share it.

    It begins some days ago, and does not come as far as today: TLS clients are on real time, and what is
    issued meanwhile is valid for them.
    """

    def __init__(self) -> None:
        self._begin = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=_AGO_DAYS)
        self._memory = mmap.mmap(-1, 2 * _SECONDS.size)

    def __call__(self) -> datetime:
        """As it is set where the functions run."""
        return self._begin + timedelta(seconds=self._read(0))

    def in_truth(self) -> datetime:
        """As it is for the cloud, whose clock nobody sets."""
        return self._begin + timedelta(seconds=self.steady())

    def steady(self) -> float:
        """Seconds by a clock that nobody sets."""
        return self._read(_STEADY)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._write(_STEADY, self.steady() + seconds)
            self.jump(seconds)

    def jump(self, seconds: float) -> None:
        """Somebody sets the clock: what runs by it sees more time pass, or less."""
        self._write(0, self._read(0) + seconds)

    def ticking(self) -> datetime:
        """As a function reads it: between two looks some time has passed."""
        self.sleep(_TICK_S)
        return self()

    def begin_again(self) -> None:
        self._write(0, 0.0)
        self._write(_STEADY, 0.0)

    def _read(self, at: int) -> float:
        return float(_SECONDS.unpack_from(self._memory, at)[0])

    def _write(self, at: int, value: float) -> None:
        _SECONDS.pack_into(self._memory, at, value)
