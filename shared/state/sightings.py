"""What one discovery sees of a region, held against the rows that there are of it, which are read once.

A slot that is as its row says takes no write: that its region was read as a whole tells when it was seen.
Where it was not, or another invocation goes on with it, `confirm` writes it down. Others are written many at
a time; whatever meets another writer goes the way of a single slot, see `Resources.put`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord
from shared.errors import ConflictError
from shared.state.documents import document_in, text_of
from shared.state.records import document_of
from shared.state.resources import Resources, area_key, indexed, key_of_slot, seen_again
from shared.state.store import Row, Write
from shared.state.tables import RESOURCES

_AT_ONCE: Final = 200  #: slots that are held until they are written: a request
_CLOCKS_APART: Final = timedelta(minutes=10)  #: those of two machines, at most
Failed = tuple[CloudResource, ConflictError]


@dataclass(frozen=True)
class _Before:
    """A row as it was read; as text, which takes a quarter of the memory."""

    version: int
    text: str


@dataclass(frozen=True)
class _Sight:
    resource: CloudResource
    memo: str
    old: ResourceRecord | None
    version: int

    def record(self, since: datetime) -> ResourceRecord:
        return seen_again(self.old, self.resource, since, self.memo)


class Sightings:
    """One invocation's view. `since`: when the discovery began: what it finds was seen then."""

    def __init__(
        self,
        resources: Resources,
        place: tuple[CloudProduct, str],
        since: datetime,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._resources, self._since, self._now = resources.store, resources, since, now
        self._product, self._area = place
        self._rows: dict[str, _Before] | None = None
        self._seen: set[str] = set()
        self._as_before: set[str] = set()  #: of these, those whose rows were left as they are
        self._failed: set[str] = set()
        self._pending: list[_Sight] = []

    def with_memo(self) -> Iterator[ResourceRecord]:
        """As they are stored."""
        for resource_id in self._before:
            if (record := self._old(resource_id)) is not None and record.memo:
                yield record

    def take(self, resource: CloudResource, memo: str) -> list[Failed]:
        """It was seen. Those that could not be stored are told: others have spoilt their rows."""
        resource_id = resource.resource_id
        again = resource_id in self._seen
        self._seen.add(resource_id)
        old = self._old(resource_id)
        version = self._before[resource_id].version if resource_id in self._before else 0
        if old is not None and self._since < old.seen_at <= self._latest:  # somebody has seen it since
            return []
        if again or (old is not None and self._loses_names(old, resource)):
            return [*self.store(), *self._put(resource, memo)]
        sight = _Sight(resource, memo, old, version)
        if old is not None and self._tells_the_same(old, sight.record(self._since)):
            self._as_before.add(resource_id)
            return []
        self._pending.append(sight)
        return self.store() if len(self._pending) >= _AT_ONCE else []

    def store(self) -> list[Failed]:
        """What was seen until now is stored; but for those that are told."""
        sights, self._pending = self._pending, []
        if not sights:
            return []
        names = {
            one.resource.slot: set(one.resource.domains) - indexed(one.old, self._since) for one in sights
        }
        new = {one.resource.slot for one in sights if one.old is None}
        self._resources.index_new({slot: names[slot] for slot in names.keys() & new})
        self._resources.look_after_index({slot: names[slot] for slot in names.keys() - new})
        rows = [
            Write(key_of_slot(one.resource.slot), document_of(one.record(self._since)), one.version)
            for one in sights
        ]
        refused = set(self._store.write_many(RESOURCES, rows))
        met = [one for one in sights if key_of_slot(one.resource.slot) in refused]
        # One that removes such a slot too may have marked its names since, and met no row.
        self._resources.look_after_index({slot: names[slot] for slot in new})
        return [failed for one in met for failed in self._put(one.resource, one.memo)]

    def confirm(self) -> None:
        """The rows that were left as they are tell, too, when their slots were seen."""
        rows = []
        for resource_id in self._as_before:
            if (old := self._old(resource_id)) is not None:
                document = document_of(old.evolve(seen_at=self._since))
                rows.append(Write(key_of_slot(old.resource.slot), document, old.version))
        self._store.write_many(RESOURCES, rows)  # others that wrote one meanwhile have seen it, too
        self._as_before.clear()

    def missed(self) -> Iterator[ResourceRecord]:
        """Slots that neither this invocation has seen nor one before it."""
        for resource_id in self._unseen():
            record = self._old(resource_id)
            if record is not None and not self._was_seen(record):
                yield record

    def count(self) -> int:
        """Slots that were seen; by earlier invocations, too."""
        records = map(self._old, self._unseen())
        before = sum(1 for one in records if one and self._was_seen(one))
        return len(self._seen - self._failed) + before

    def spoilt(self) -> Iterator[Row]:
        """Rows that cannot be read, of no slot that was seen."""
        for resource_id in self._unseen():
            if self._old(resource_id) is None:
                yield self._row(resource_id)

    @property
    def _before(self) -> dict[str, _Before]:
        """Read at the first need. No `cached_property`: up to Python 3.11 its instances share one lock."""
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    def _read(self) -> dict[str, _Before]:
        rows = self._store.range(RESOURCES, (self._product.value, area_key(self._area)))
        return {str(row.key[2]): _Before(row.version, text_of(row.document)) for row in rows}

    @property
    def _latest(self) -> datetime:
        """Nobody has seen anything later: a row that says so tells nothing of when."""
        return max(self._since, self._now()) + _CLOCKS_APART

    def _was_seen(self, record: ResourceRecord) -> bool:
        return self._since <= record.seen_at <= self._latest

    def _unseen(self) -> Iterable[str]:
        return [resource_id for resource_id in self._before if resource_id not in self._seen]

    def _row(self, resource_id: str) -> Row:
        before = self._before[resource_id]
        key = (self._product.value, area_key(self._area), resource_id)
        return Row(key, before.version, document_in(before.text))

    def _old(self, resource_id: str) -> ResourceRecord | None:
        """None: there is no row, or it cannot be read."""
        if resource_id not in self._before:
            return None
        return next(self._resources.readable([self._row(resource_id)]), None)

    @staticmethod
    def _loses_names(old: ResourceRecord, resource: CloudResource) -> bool:
        return not set(old.resource.domains) <= set(resource.domains)

    def _tells_the_same(self, old: ResourceRecord, now: ResourceRecord) -> bool:
        """Once a day each row is written, and its names are looked at: see `indexed`.

        What is not what a job placed there is written each time, since it tells how long that is so.
        """
        if now.placed is not None and now.placed.cert_identifier != now.resource.cert_identifier:
            return False
        names = indexed(old, self._since) >= set(now.resource.domains)
        same = now.evolve(seen_at=old.seen_at, version=old.version) == old
        return same and old.seen_at <= self._since and names and old.is_of_day(self._since)

    def _put(self, resource: CloudResource, memo: str) -> list[Failed]:
        try:
            self._resources.put(resource, self._since, memo)
        except ConflictError as error:
            self._failed.add(resource.resource_id)
            return [(resource, error)]
        return []


def remove_missed(
    resources: Resources, missed: Iterable[ResourceRecord], is_latest: Callable[[], bool]
) -> None:
    """`is_latest`: whether no other discovery of the region has begun since.

    Marked first: one that begins later finds the mark, and writes the row anew; of one that has begun already
    `is_latest` tells, and it sees to what it misses itself. Else it might leave a row as it is that goes now.
    """
    marked = []
    for record in missed:
        with suppress(ConflictError):  # seen again meanwhile
            marked.append(resources.mark_missed(record))
    if not marked or not is_latest():
        return
    for record in marked:
        with suppress(ConflictError):
            resources.remove(record)
