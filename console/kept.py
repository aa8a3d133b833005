"""What takes long to read, kept in this process, with the time at which it was read.

A page is answered within a moment: where reading takes longer, with what was read before, which the page
dates, while it is read anew beside. Where nothing is kept that is young enough, the page says that it is
being read, and comes by itself. What is small is read anew for every page.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock, Thread
from typing import Any, Final, Generic, TypeVar

Value = TypeVar("Value")
#: How long a page waits for what it shows; the rest of a page takes less than as long again.
PATIENCE_S: Final = 0.2
SMALL: Final = 1000  #: rows that are read anew for every page: within PATIENCE_S on an idle machine
_MOST_LARGE: Final = 4  #: readings that are kept; the map of 20,000 slots takes 80 MB
_MOST: Final = 16
_WAITED_FOR_S: Final = 10.0  #: somebody comes again for it within that
_SHARE: Final = 10  #: reading takes up to a tenth of the time while somebody looks
_SHOWN_S: Final = 60.0  #: what is older is not shown any more


class BeingReadError(Exception):
    """Nothing is there to show yet: ask again in a second."""


@dataclass(frozen=True)
class Found(Generic[Value]):
    """`at`: when its reading began. `rows`: how large it is. `slow`: small, and kept as what is large."""

    value: Value
    at: datetime
    rows: int
    slow: bool = False


@dataclass(frozen=True)
class Reading(Generic[Value]):
    """`age_s`: 0 if it was read for this page. `again`: something newer is on its way."""

    value: Value
    at: datetime
    age_s: float = 0.0
    again: bool = False

    def dated(self, at: datetime, now: datetime) -> "Reading[Value]":
        """The same, found out of what was read at that time."""
        return replace(self, at=at, age_s=max(self.age_s, (now - at).total_seconds()))


@dataclass
class _Entry:
    found: Found[Any] | None = None
    began: float = -math.inf
    took: float = 0.0
    running: "Future[Found[Any]] | None" = None
    running_since: float = -math.inf
    seen: bool = False  #: it was shown
    failed: BaseException | None = None  #: that nobody has been told yet

    def good_for(self, small: int) -> float:
        """How long it is shown before it is read anew."""
        return min(_SHOWN_S, _SHARE * self.took) if self._kept(small) else 0.0

    def shown_for(self, small: int) -> float:
        """How long it is shown while it is read anew."""
        return max(_SHOWN_S, 3 * self.took) if self._kept(small) else 0.0

    def _kept(self, small: int) -> bool:
        return self.large(small) or (self.found is not None and self.found.slow)

    def large(self, small: int) -> bool:
        return self.found is not None and self.found.rows > small


@dataclass
class Kept:
    """Safe for several threads. Each reading runs once at a time, in a thread of its own."""

    patience_s: float = PATIENCE_S
    clock: Callable[[], float] = time.monotonic
    small: int = SMALL
    _entries: "OrderedDict[Hashable, _Entry]" = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _outdated_at: float = -math.inf

    def read(
        self, key: Hashable, make: Callable[[], Found[Value]], patience_s: float | None = None
    ) -> Reading[Value]:
        """`make` reads it; whatever else has the same `key` is the same.

        Raises:
            BeingReadError: nothing is there within the patience.
            AppError: reading failed.
        """
        with self._lock:
            entry = self._entry(key)
            if (failed := entry.failed) is not None:
                entry.failed = None
                raise failed
            good_for = max(entry.good_for(self.small), 0.0 if entry.seen else _WAITED_FOR_S + entry.took)
            young = self.clock() - entry.began < good_for and entry.began >= self._outdated_at
            if entry.found is not None and young:
                return self._reading(entry, again=False)
            if entry.running is None or entry.running_since < self._outdated_at:
                self._begin(entry, make)
            running = entry.running
            assert running is not None, "it was begun"
            in_vain = self._to_show(entry) and entry.took > self.patience_s
        patience = (0.0 if in_vain else self.patience_s) if patience_s is None else patience_s
        wait([running], patience)
        if running.done():
            return self._result(entry, running)
        with self._lock:
            if not self._to_show(entry):
                raise BeingReadError
            return self._reading(entry, again=True)

    def outdate(self) -> None:
        """Something was changed: what was read before is shown only until it has been read anew."""
        with self._lock:
            self._outdated_at = self.clock()

    def _to_show(self, entry: _Entry) -> bool:
        """Whether what was read before is young enough to be shown while it is read anew."""
        return entry.found is not None and self.clock() - entry.began < entry.shown_for(self.small)

    def _entry(self, key: Hashable) -> _Entry:
        entry = self._entries.setdefault(key, _Entry())
        self._entries.move_to_end(key)
        older = [one for one in self._entries if one != key]
        large = [one for one in older if self._entries[one].large(self.small)]
        for one in {*older[: 1 - _MOST], *large[: 1 - _MOST_LARGE]}:
            del self._entries[one]
        return entry

    def _reading(self, entry: _Entry, *, again: bool) -> Reading[Any]:
        assert entry.found is not None, "it was looked at before"
        entry.seen = True
        return Reading(entry.found.value, entry.found.at, self.clock() - entry.began, again)

    def _result(self, entry: _Entry, running: "Future[Found[Any]]") -> Reading[Any]:
        try:
            found = running.result()
        except BaseException as error:
            with self._lock:
                entry.failed = None if entry.failed is error else entry.failed  # it is told now
            raise
        with self._lock:
            entry.seen = entry.seen or entry.found is found
        return Reading(found.value, found.at)

    def _begin(self, entry: _Entry, make: Callable[[], Found[Any]]) -> None:
        running: Future[Found[Any]] = Future()
        began = self.clock()
        entry.running, entry.running_since = running, began

        def read() -> None:
            try:
                found = make()
            except BaseException as error:
                with self._lock:
                    self._ended(entry, running).failed = error
                running.set_exception(error)
                return
            with self._lock:
                ended = self._ended(entry, running)
                if began > ended.began:
                    ended.found, ended.began, ended.took = found, began, self.clock() - began
                    ended.seen = False
            running.set_result(found)

        Thread(target=read, name="console-kept", daemon=True).start()

    @staticmethod
    def _ended(entry: _Entry, running: "Future[Found[Any]]") -> _Entry:
        if entry.running is running:
            entry.running = None
        return entry
