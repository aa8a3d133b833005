"""The states of what is in work, by name: read for all of it at once, whoever asks."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from shared.products.kit.polled import Polled

_IN_WORK_S: Final = 30.0  #: what nobody has asked for this long is done with: pauses are shorter


class InWork:
    """`read` gives the state of each of the names that the product still has, of those it is given."""

    def __init__(
        self,
        read: Callable[[list[str]], Mapping[str, str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_these, self._clock = read, clock
        self._asked_at: dict[str, float] = {}
        self._polled = Polled(self._read, clock)

    def state(self, name: str) -> str:
        """As it is by now; "" of what the product does not have."""
        self._asked_at[name] = self._clock()
        if (found := self._polled.of(name)) is None:  # read for others, before this one was asked for
            self._polled.changed(name)
            found = self._polled.of(name)
        return found or ""

    def changed(self, name: str) -> None:
        """What was read before now says nothing of it any more."""
        self._polled.changed(name)

    def _read(self) -> Mapping[str, str]:
        since = self._clock() - _IN_WORK_S
        names = [name for name, at in list(self._asked_at.items()) if at >= since]
        return dict.fromkeys(names, "") | dict(self._read_these(names))
