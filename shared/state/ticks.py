"""When a function that a timer fires ran last, for those of which nothing else tells it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from shared.errors import AppError, ConflictError
from shared.state.records import time_in
from shared.state.store import Store
from shared.state.tables import META

log = logging.getLogger("certdeploy.state")
_EVERY: Final = timedelta(minutes=5)  #: written no more often: a timer fires each minute


class Ticks:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def last(self, function: str) -> datetime | None:
        """To within five minutes."""
        row = self._store.get(META, _key(function))
        return time_in(row, "At") if row else None

    def note(self, function: str) -> None:
        """Never fails: what the function is there for goes on without."""
        try:
            self._note(function)
        except ConflictError:  # another one has just done so
            pass
        except AppError as error:
            log.warning("that a timer has fired was not noted", extra={"reason": str(error)})

    def _note(self, function: str) -> None:
        row, now = self._store.get(META, _key(function)), self._clock()
        before = time_in(row, "At") if row else None
        if before is None or abs(now - before) >= _EVERY:
            self._store.put(META, _key(function), {"At": now.isoformat()}, version=row.version if row else 0)


def _key(function: str) -> tuple[str]:
    return (f"tick {function}",)
