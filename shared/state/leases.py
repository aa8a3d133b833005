"""Leases: one writer per listener or domain, for a limited time. A dead holder's lease expires."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from shared.domain.moments import ahead
from shared.errors import AppError, ConflictError
from shared.state.records import time_in
from shared.state.store import Store
from shared.state.tables import LEASES

log = logging.getLogger("certdeploy.state")


class Leases:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    @contextmanager
    def hold(self, name: str, holder: str, for_s: float) -> Iterator[None]:
        """Hold `name` for the block.

        Raises:
            ConflictError: somebody else holds it now.
        """
        version = self._acquire(name, holder, for_s)
        try:
            yield
        finally:
            try:
                self._store.delete(LEASES, (name,), version=version)
            except ConflictError:  # it expired and has another holder now
                pass
            except AppError as error:  # it will run out; what the block has ended with is what matters
                log.warning("a lease was not let go", extra={"lease": name, "reason": str(error)})

    def free(self, name: str) -> None:
        """End a lease whoever holds it; only for one who knows that nobody does any more."""
        if row := self._store.get(LEASES, (name,)):
            with suppress(ConflictError):  # somebody holds it after all
                self._store.delete(LEASES, (name,), version=row.version)

    def _acquire(self, name: str, holder: str, for_s: float) -> int:
        now = self._clock()
        document = {"Holder": holder, "Until": (now + timedelta(seconds=for_s)).isoformat()}
        try:  # nearly always there is none
            return self._store.put(LEASES, (name,), document, version=0)
        except ConflictError:
            row = self._store.get(LEASES, (name,))
        if row is not None and ahead(time_in(row, "Until"), now):
            raise ConflictError("Lease", name)
        return self._store.put(LEASES, (name,), document, version=row.version if row else 0)
