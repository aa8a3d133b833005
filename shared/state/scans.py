"""When CAS was read, and why it was not."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, ValidationError

from shared.domain.values import Stored
from shared.errors import ConflictError
from shared.state import tables
from shared.state.records import time_in, told_in, tries
from shared.state.store import Key, Store

_FAILED: Final = "failed "  #: before the store, of a row that tells of a scan that failed since
_LEVELS: Final = "levels "  #: of one that tells why levels of certificates could not be read


class Unread(Stored):
    """Why a store could not be read. `code`: the error's."""

    reason: str
    code: str
    at: AwareDatetime


class Scans:
    """When each CAS store was read completely: the certificates of the first time are the baseline.

    A store: within its account.
    """

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

    def failed(self, store: str, why: Unread) -> None:
        """Remember why it could not be read."""
        self._keep((f"{_FAILED}{store}",), why)

    def why_unread(self, store: str) -> Unread | None:
        """Why the last scan could not read it; None: it could, or nobody has tried."""
        found, last = self._kept((f"{_FAILED}{store}",)), self.last(store)
        return found if found and (last is None or last < found.at) else None

    def levels_unread(self, store: str, why: Unread) -> None:
        """Remember why a scan that is complete but for this could not read levels: after `scanned`."""
        self._keep((f"{_LEVELS}{store}",), why)

    def why_levels_unread(self, store: str) -> Unread | None:
        """Why the last complete scan could not read them; None: it could, or had not to."""
        found, last = self._kept((f"{_LEVELS}{store}",)), self.last(store)
        return found if found and (last is None or last <= found.at) else None

    def _keep(self, key: Key, why: Unread) -> None:
        for _ in tries(tables.SCANS, key):
            row = self._store.get(tables.SCANS, key)
            with suppress(ConflictError):  # so does another scan
                document = why.model_dump(mode="json", by_alias=True)
                self._store.put(tables.SCANS, key, document, version=row.version if row else 0)
                return

    def _kept(self, key: Key) -> Unread | None:
        row = self._store.get(tables.SCANS, key)
        try:
            return Unread.model_validate(row.document) if row else None
        except ValidationError:
            return None
