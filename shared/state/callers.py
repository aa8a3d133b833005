"""Who calls a product's API right now: instances of functions, each for a while. They share its rates."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from shared.errors import ConflictError
from shared.state.store import Store
from shared.state.tables import CALLERS


class Callers:
    """A row for each instance. One that dies is counted until its time is over, by the clock."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def join(self, product: str, instance: str, for_s: float) -> int:
        """Be counted from now on, for so long; how many there are, this one among them."""
        until = self._clock() + timedelta(seconds=for_s)
        key = product, instance
        with suppress(ConflictError):  # two invocations of this instance: each says the same
            row = self._store.get(CALLERS, key)
            document = {"Until": until.isoformat()}
            self._store.put(CALLERS, key, document, version=row.version if row else 0)
        return max(1, self._count(product))

    def leave(self, product: str, instance: str) -> None:
        with suppress(ConflictError):
            if row := self._store.get(CALLERS, (product, instance)):
                self._store.delete(CALLERS, row.key, version=row.version)

    def _count(self, product: str) -> int:
        """The living ones; the rows of others are taken away."""
        now, count = self._clock(), 0
        for row in self._store.range(CALLERS, (product,)):
            if datetime.fromisoformat(str(row.document["Until"])) > now:
                count += 1
            else:
                with suppress(ConflictError):  # it lives after all, or somebody else takes it away
                    self._store.delete(CALLERS, row.key, version=row.version)
        return count
