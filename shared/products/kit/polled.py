"""A list that tells the state of many slots, read once for all who ask at about the same time."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

Row = TypeVar("Row")
_FRESH_S: Final = 2.0  #: how old a reading may be for one who asks for the first time
_NEWS_S: Final = 0.1  #: or again, after a reading that was too early; of each page of a list


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
        self._began = float("-inf")  #: when the last reading did
        self.news_s = _NEWS_S  #: how old a reading may be for one who asks again
        #: by name, the reading that it was told last, or the moment at which it changed (False)
        self._told: dict[str, tuple[float, bool]] = {}

    def of(self, name: str) -> Row | None:
        """The row of a name as it is by now; None if the list does not have it."""
        return self.rows(name).get(name)

    def rows(self, name: str) -> Mapping[str, Row]:
        """All of them, as one who asks for this name may know them."""
        now = self._clock()
        last, again = self._told.get(name, (float("-inf"), False))
        with self._lock:
            oldest = now - (self.news_s if again else _FRESH_S)
            if self._began <= last or self._began < oldest:
                began = self._clock()
                self._rows = self._read()
                self._began = began
            self._told[name] = self._began, True
            return self._rows

    def changed(self, name: str) -> None:
        """A reading from before now says nothing any more."""
        self._told[name] = self._clock(), False


class Listed(Generic[Row]):
    """Rows of a list with pages, for as long as it takes fewer calls than to ask for each name by itself."""

    def __init__(
        self,
        pages: Callable[[], Iterator[Any]],
        rows: Callable[[Any], Mapping[str, Row]],
        page_size: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
        total: str = "TotalCount",
    ) -> None:
        """`rows`: those of one answer of `pages`, which tell the `total` too."""
        self._list, self._rows_of, self._page_size, self._total = pages, rows, page_size, total
        self._polled = Polled(self._read, clock)
        self._asked: set[str] = set()  #: or will be
        self._pages = 1  #: that it has, as far as is known

    def of(self, name: str) -> Row | None:
        """The row of a name as it is by now; None: ask for it by itself, it may be there all the same."""
        self.expect(name)
        try:
            return self._polled.of(name) if self._worth_it else None
        except _TooManyPages:
            return None

    def expect(self, name: str) -> None:
        """It will be asked for."""
        self._asked.add(name)

    def changed(self, name: str) -> None:
        """A reading from before now says nothing any more."""
        self._polled.changed(name)

    @property
    def _worth_it(self) -> bool:
        return len(self._asked) > self._pages

    def _read(self) -> Mapping[str, Row]:
        found: dict[str, Row] = {}
        pages = self._list()
        while self._worth_it:  # another thread may have found meanwhile that it is not
            if (page := next(pages, None)) is None:
                return found
            found |= self._rows_of(page)
            self._pages = max(1, -(-(page.number(self._total) or 0) // self._page_size()))
            self._polled.news_s = max(1, self._pages) * _NEWS_S
        raise _TooManyPages


class _TooManyPages(Exception):
    """A reading was given up."""
