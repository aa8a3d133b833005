"""Rows of a list of what is in work, by name: read for all of it at once, whoever asks."""

import time
from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from shared.products.kit.polled import Polled

_IN_WORK_S: Final = 30.0  #: what nobody has asked for this long is done with: pauses are shorter

Row = TypeVar("Row")


class InWork(Generic[Row]):
    """`read` gives the row of each of the names that the product still has, of those it is given."""

    def __init__(
        self,
        read: Callable[[list[str]], Mapping[str, Row]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_these, self._clock = read, clock
        self._asked_at: dict[str, float] = {}
        self._polled: Polled[Row | None] = Polled(self._read, clock)

    def of(self, name: str) -> Row | None:
        """As it is by now; None of what the product does not have."""
        self._asked_at[name] = self._clock()
        rows = self._polled.rows(name)
        if name not in rows:  # read for others, before this one was asked for
            self._polled.changed(name)
            rows = self._polled.rows(name)
        return rows.get(name)

    def changed(self, name: str) -> None:
        """What was read before now says nothing of it any more."""
        self._polled.changed(name)

    def _read(self) -> Mapping[str, Row | None]:
        since = self._clock() - _IN_WORK_S
        names = [name for name, at in list(self._asked_at.items()) if at >= since]
        none: dict[str, Row | None] = dict.fromkeys(names)
        return none | dict(self._read_these(names))
