"""Who calls a product's API right now: instances of functions, each for a while, at the shard of a job.

Instances share the rates of the API, and a shard that somebody is at needs nobody else.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Final, TypeAlias

from shared.domain.moments import ahead
from shared.errors import ConflictError
from shared.state.records import time_in, told_in
from shared.state.store import Key, Row, Store
from shared.state.tables import CALLERS

_LONGEST: Final = timedelta(minutes=2)  #: that anybody says to be there without saying it again
_LONG_AGO: Final = datetime.min.replace(tzinfo=timezone.utc)
Place: TypeAlias = tuple[str, int, int]  #: product, job and shard


class Callers:
    """A row for each instance and shard. One that dies is counted until its time is over, by the clock."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._own: dict[Key, Row] = {}  #: as they were stored last: to say it again needs no reading

    def join(self, place: Place, instance: str, for_s: float) -> int:
        """Be counted from now on, for so long; how many instances are at the product, this one among them."""
        key, until = (*place, instance), self._clock() + timedelta(seconds=for_s)
        known = self._own.pop(key, None)
        if known is None or not self._said(key, known, until):  # it was late, and its row is gone
            self._said(key, self._store.get(CALLERS, key), until)
        return max(1, len({row.key[-1] for row in self._living(place[0])}))

    def _said(self, key: Key, row: Row | None, until: datetime) -> bool:
        """False: somebody else has written the row, such as another invocation of the instance."""
        document = {**told_in(row), "Until": until.isoformat()}
        try:
            version = self._store.put(CALLERS, key, document, version=row.version if row else 0)
        except ConflictError:
            return False
        self._own[key] = Row(key, version, document)
        return True

    def leave(self, place: Place, instance: str) -> None:
        self._own.pop((*place, instance), None)
        with suppress(ConflictError):
            if row := self._store.get(CALLERS, (*place, instance)):
                self._store.delete(CALLERS, row.key, version=row.version)

    def forget(self, product: str, job_id: int) -> None:
        """All of a job's part; only for one who knows that none of them is there any more."""
        for row in list(self._store.range(CALLERS, (product, job_id))):
            with suppress(ConflictError):
                self._store.delete(CALLERS, row.key, version=row.version)

    def at_work(self, product: str, job_id: int) -> frozenset[int]:
        """The shards of a job's part that somebody is at.

        A row that ends too far ahead is of a clock that is wrong: it may outlive its writer by hours.
        """
        latest = self._clock() + _LONGEST
        return frozenset(int(row.key[2]) for row in self._living(product, job_id) if _until(row) <= latest)

    def _living(self, *prefix: str | int) -> Iterator[Row]:
        """Other rows are taken away; also one far ahead, which would slow everybody for ever."""
        now = self._clock()
        for row in self._store.range(CALLERS, prefix):
            if ahead(_until(row), now):
                yield row
            else:
                with suppress(ConflictError):  # it lives after all, or somebody else takes it away
                    self._store.delete(CALLERS, row.key, version=row.version)


def _until(row: Row) -> datetime:
    """Long ago, if it says no time."""
    return time_in(row, "Until") or _LONG_AGO
