"""A list that tells the state of many slots, read once for all who ask at about the same time."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

Row = TypeVar("Row")
_FRESH_S: Final = 2.0  #: how old a reading may be for one who asks for the first time


class Polled(Generic[Row]):
    """Rows by name. One thread reads, the others that want to know wait for it and share what it found.

    Nobody is told the same reading twice: who asks again wants to know what has changed since. `changed`
    says so of one's own write.
    """

    def __init__(
        self, read: Callable[[], Mapping[str, Row]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read, self._clock = read, clock
        self._lock = threading.Lock()
        self._rows: Mapping[str, Row] = {}
        self._read_at = float("-inf")  #: when the reading began
        self._told: dict[str, float] = {}  #: by name, when it was told last, or changed

    def of(self, name: str) -> Row | None:
        """The row of a name as it is by now; None if the list does not have it."""
        since = self._told.get(name, self._clock() - _FRESH_S)
        with self._lock:
            if self._read_at <= since:
                began = self._clock()
                self._rows = self._read()
                self._read_at = began
            found = self._rows.get(name)
            self._told[name] = max(since, self._read_at)
        return found

    def changed(self, name: str) -> None:
        """A reading from before now says nothing any more."""
        self._told[name] = self._clock()
