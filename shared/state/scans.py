"""When CAS was read."""

from contextlib import suppress
from datetime import datetime

from shared.errors import ConflictError
from shared.state import tables
from shared.state.records import time_in, told_in
from shared.state.store import Store


class Scans:
    """When each CAS store was read completely: the certificates of the first time are the baseline."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has_baseline(self, store: str) -> bool:
        return self._store.get(tables.SCANS, (store,)) is not None

    def set_baseline(self, store: str, at: datetime) -> None:
        with suppress(ConflictError):  # another complete scan of the store was first
            self._store.put(tables.SCANS, (store,), {"At": at.isoformat()}, version=0)

    def scanned(self, store: str, at: datetime) -> None:
        """Remember the last complete scan; of a store that has a baseline."""
        if row := self._store.get(tables.SCANS, (store,)):
            with suppress(ConflictError):  # another complete scan has just ended
                first = time_in(row, "At") or at  # of the baseline, which there is, whatever the row says
                document = {**told_in(row), "At": first.isoformat(), "LastAt": at.isoformat()}
                self._store.put(tables.SCANS, (store,), document, version=row.version)

    def last(self, store: str) -> datetime | None:
        """When it was read completely last; None: never, or nobody knows."""
        row = self._store.get(tables.SCANS, (store,))
        return (time_in(row, "LastAt") or time_in(row, "At")) if row else None
