"""Slots as discovery saw them, the ways to find them, and how far each discovery is."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from datetime import datetime
from typing import Final

from shared.domain.accounts import account_of
from shared.domain.names import WILDCARD, parent
from shared.domain.resources import (
    NO_CERTIFICATE,
    CloudProduct,
    CloudResource,
    Placed,
    ResourceRecord,
)
from shared.errors import ConflictError, NotFoundError, UnreadableRowError
from shared.state import tables
from shared.state.records import Records, nested, told_in, tries
from shared.state.store import Key, Row, Store, Write

LEAVING: Final = "Leaving"  #: in an index row whose removal has begun


def area_key(area: str) -> str:
    return area or "-"  # a key column is never empty


class Resources(Records[ResourceRecord]):
    """Slots, and an index of them by the parent domain of each of their domains.

    Index rows are written before the slot and removed after it. An interruption leaves at worst an index
    row without its slot; readers skip it, and the next discovery repairs it.

    Who takes a name off marks its index row first, then changes the slot, and removes the row only as it was
    marked. Who puts the name there writes a marked row anew. So whichever of them changes the slot last, a
    name of the slot has its row.
    """

    table, model = tables.RESOURCES, ResourceRecord

    def _own_key(self, record: ResourceRecord) -> Key:
        return key_of_slot(record.resource.slot)

    @property
    def store(self) -> Store:
        """For what writes many at once."""
        return self._store

    def find(self, slot: str) -> ResourceRecord | None:
        return self._find(key_of_slot(slot))

    def get(self, slot: str) -> ResourceRecord:
        if (record := self.find(slot)) is None:
            raise NotFoundError("CloudResource", slot)
        return record

    def list(self, product: CloudProduct, area: str | None = None) -> Iterator[ResourceRecord]:
        """`area`: a region, within its account; None: all of all accounts."""
        prefix: Key = (product.value,) if area is None else (product.value, area_key(area))
        return self._range(prefix)

    def each(self, product: CloudProduct) -> Iterator[ResourceRecord | UnreadableRowError]:
        """Those that cannot be read, too."""
        return self._each((product.value,))

    def find_many(self, slots: Iterable[str]) -> dict[str, ResourceRecord]:
        """The existing records, by slot."""
        return self._find_many({slot: key_of_slot(slot) for slot in slots})

    def serving(self, product: CloudProduct, identifiers: Collection[str]) -> Iterator[ResourceRecord]:
        """Slots with one of these certificates in place. Other rows are read, but not parsed."""
        for row in self._store.range(self.table, (product.value,)):
            if nested(row, "Resource").get("CertIdentifier") in identifiers:
                yield from self.readable([row])

    def by_names(self, names: Iterable[str]) -> Iterator[ResourceRecord]:
        """Slots with a domain that a certificate for one of `names` covers, without repetitions.

        One range read per name; names covered by a wildcard among them need none of their own.
        """
        asked = dict.fromkeys(names)
        wide = dict.fromkeys(parent(name) for name in asked if name.startswith(WILDCARD))
        ranges: list[Key] = [(one,) for one in wide]
        ranges += [(parent(name), name) for name in asked if parent(name) not in wide]
        rows = (row for prefix in ranges for row in self._store.range(tables.RESOURCE_DOMAINS, prefix))
        keys = [key_of_slot(str(row.key[2])) for row in rows]
        return self.readable(self._store.get_many(self.table, keys))

    def put(
        self,
        resource: CloudResource,
        seen_at: datetime,
        memo: str = "",
        placed: Placed | None = None,
        known: ResourceRecord | None = None,
    ) -> None:
        """Store the slot as seen at `seen_at`, unless something newer is stored.

        `placed`: what a job has just left there; None: it was only seen. `known`: as it was just read.

        Raises ConflictError: as `tries`.
        """
        names = set(resource.domains)
        for _ in tries(self.table, key_of_slot(resource.slot)):
            old, version = (known, known.version) if known else self._found(key_of_slot(resource.slot))
            known = None  # where it is not that any more
            if old is not None and old.seen_at > seen_at:
                return
            self._index(resource.slot, names - indexed(old, seen_at))
            record = seen_again(old, resource, seen_at, memo)
            marked = self._marked(resource.slot, set(old.resource.domains) - names) if old else {}
            if placed is not None:
                record = record.evolve(placed=placed, drift_told="")
            try:
                self._save(key_of_slot(resource.slot), record.evolve(version=version))
            except ConflictError:
                continue
            self._unindex(marked)
            if old is None:  # one that removes the slot too may have marked the names since, and met no row
                self._index(resource.slot, names)
            return

    def told(self, record: ResourceRecord, days: float) -> None:
        """Remember that its end was told. Raises ConflictError if the slot has been seen again since."""
        self._save(key_of_slot(record.resource.slot), record.evolve(told_days=days))

    def hold_against(self, record: ResourceRecord, placed: Placed | None) -> None:
        """What a job left there, as the slot of before had it; None: what is there is accepted.

        Raises ConflictError if the slot has been seen again since.
        """
        key = key_of_slot(record.resource.slot)
        self._save(key, record.evolve(placed=placed, drift_told=""))

    def told_drift(self, record: ResourceRecord) -> None:
        """Remember that this was told. Raises ConflictError: as `told`."""
        key = key_of_slot(record.resource.slot)
        self._save(key, record.evolve(drift_told=record.resource.cert_identifier or NO_CERTIFICATE))

    def remove(self, record: ResourceRecord) -> None:
        """Raises ConflictError if the slot has been seen again since."""
        slot = record.resource.slot
        marked = self._marked(slot, set(record.resource.domains))
        self._store.delete(self.table, key_of_slot(slot), version=record.version)
        self._unindex(marked)

    def mark_missed(self, record: ResourceRecord) -> ResourceRecord:
        """About to be removed; who sees the slot writes the row anew. Raises ConflictError: as `remove`."""
        return self._save(key_of_slot(record.resource.slot), record.evolve(missed=True))

    def strays(
        self, product: CloudProduct, areas: Collection[str], accounts: Collection[str]
    ) -> Iterator[Row]:
        """Rows of a product, as they are stored, that are in none of these areas, or cannot be read.

        Those of `accounts` alone: what there is of another one is not known.
        """
        named = {area_key(area) for area in areas}
        for row in self._store.range(self.table, (product.value,)):
            if account_of(str(row.key[1])) not in accounts:
                continue
            if row.key[1] not in named or not any(self.readable([row])):
                yield row

    def accounts(self, product: CloudProduct) -> set[str]:
        """Those that its rows are of."""
        return {account_of(str(row.key[1])) for row in self._store.range(self.table, (product.value,))}

    def remove_stray(self, row: Row) -> None:
        """Also if it cannot be read: then its rows of the index stay, which readers skip.

        Raises ConflictError: as `remove`.
        """
        marked: dict[Key, int] = {}
        for record in self.readable([row]):
            marked = self._marked(record.resource.slot, set(record.resource.domains))
        self._store.delete(self.table, row.key, version=row.version)
        self._unindex(marked)

    def index_new(self, domains: Mapping[str, Set[str]]) -> None:
        """As `_index`, for many slots at once, of which hardly one has a row yet."""
        if not (added := [Write(key, {}, 0) for key in _index_keys(domains)]):
            return
        for _, name, slot in self._store.write_many(tables.RESOURCE_DOMAINS, added):
            self._index(str(slot), {str(name)})

    def look_after_index(self, domains: Mapping[str, Set[str]]) -> None:
        """As `_index`, for many slots at once, of which hardly one lacks a row."""
        if not (keys := _index_keys(domains)):
            return
        rows = self._store.get_many(tables.RESOURCE_DOMAINS, keys)
        fine = {row.key for row in rows if LEAVING not in told_in(row)}
        for key in keys:
            if key not in fine:
                self._index(str(key[2]), {str(key[1])})

    def _index(self, slot: str, domains: Set[str]) -> None:
        """See to an index row for each domain, which nobody is about to remove."""
        for domain in domains:
            key = (parent(domain), domain, slot)
            for _ in tries(tables.RESOURCE_DOMAINS, key):
                row = self._store.get(tables.RESOURCE_DOMAINS, key)
                if row is not None and LEAVING not in told_in(row):
                    break
                rest = {name: kept for name, kept in told_in(row).items() if name != LEAVING}
                with suppress(ConflictError):  # another one wrote or removed it: look again
                    self._store.put(tables.RESOURCE_DOMAINS, key, rest, version=row.version if row else 0)
                    break

    def _marked(self, slot: str, domains: Set[str]) -> dict[Key, int]:
        """The index rows of these domains, marked as about to be removed, with their versions."""
        marked: dict[Key, int] = {}
        for domain in domains:
            key = (parent(domain), domain, slot)
            for _ in tries(tables.RESOURCE_DOMAINS, key):
                if (row := self._store.get(tables.RESOURCE_DOMAINS, key)) is None:
                    break
                with suppress(ConflictError):  # as above
                    leaving = {**told_in(row), LEAVING: True}
                    marked[key] = self._store.put(tables.RESOURCE_DOMAINS, key, leaving, version=row.version)
                    break
        return marked

    def _unindex(self, marked: Mapping[Key, int]) -> None:
        for key, version in marked.items():
            with suppress(ConflictError):  # the name has come back
                self._store.delete(tables.RESOURCE_DOMAINS, key, version=version)


def _index_keys(domains: Mapping[str, Set[str]]) -> list[Key]:
    return [(parent(name), name, slot) for slot, names in domains.items() for name in names]


def key_of_slot(slot: str) -> Key:
    product, _, rest = slot.partition("/")
    area, _, resource_id = rest.partition("/")
    return (product, area, resource_id)


def seen_again(
    old: ResourceRecord | None, resource: CloudResource, seen_at: datetime, memo: str
) -> ResourceRecord:
    """The slot as it is seen now, with what its row of before knows of it."""
    record = ResourceRecord(resource=resource, seen_at=seen_at, memo=memo)
    if old is None:
        return record
    same = old.resource.cert_identifier == resource.cert_identifier
    return record.after(old).evolve(
        resource=old.resource.as_told_by(resource),
        told_days=old.told_days if same else None,
        placed=old.placed,
        drift_told=old.drift_told if same else "",
    )


def indexed(old: ResourceRecord | None, seen_at: datetime) -> set[str]:
    """Names whose index rows need no look: the slot has them, and is written as it was read or not at all.

    The first time that it is seen on a day (UTC), all of them are looked at: others may have spoilt a row.
    """
    return set(old.resource.domains) if old is not None and old.is_of_day(seen_at) else set()
