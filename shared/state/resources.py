"""Slots as discovery saw them, the ways to find them, and how far each discovery is."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from shared.domain.names import WILDCARD, parent
from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord, Sweep, SyncStatus
from shared.errors import ConflictError, NotFoundError
from shared.state import tables
from shared.state.records import Records
from shared.state.store import Key


def _region(region: str) -> str:
    return region or "-"  # a key column is never empty


class Resources(Records[ResourceRecord]):
    """Slots, and an index of them by the parent domain of each of their domains.

    Index rows are written before the slot and removed after it. An interruption leaves at worst an index
    row without its slot; readers skip it, and the next discovery repairs it.
    """

    table, model = tables.RESOURCES, ResourceRecord

    def find(self, slot: str) -> ResourceRecord | None:
        return self._find(self._key_of_slot(slot))

    def get(self, slot: str) -> ResourceRecord:
        if (record := self.find(slot)) is None:
            raise NotFoundError("CloudResource", slot)
        return record

    def list(self, product: CloudProduct, region: str | None = None) -> Iterator[ResourceRecord]:
        prefix: Key = (product.value,) if region is None else (product.value, _region(region))
        return self._range(prefix)

    def find_many(self, slots: Iterable[str]) -> dict[str, ResourceRecord]:
        """The existing records, by slot."""
        return self._find_many({slot: self._key_of_slot(slot) for slot in slots})

    def serving(self, product: CloudProduct, identifier: str) -> Iterator[ResourceRecord]:
        """Slots with this certificate in place. Other rows are read, but not parsed."""
        for row in self._store.range(self.table, (product.value,)):
            if row.document["Resource"].get("CertIdentifier") == identifier:
                yield self._read(row)

    def by_names(self, names: Iterable[str]) -> Iterator[ResourceRecord]:
        """Slots with a domain that a certificate for one of `names` covers, without repetitions.

        One range read per name; names covered by a wildcard among them need none of their own.
        """
        asked = dict.fromkeys(names)
        wide = dict.fromkeys(parent(name) for name in asked if name.startswith(WILDCARD))
        ranges: list[Key] = [(one,) for one in wide]
        ranges += [(parent(name), name) for name in asked if parent(name) not in wide]
        rows = (row for prefix in ranges for row in self._store.range(tables.RESOURCE_DOMAINS, prefix))
        keys = [self._key_of_slot(str(row.key[2])) for row in rows]
        return map(self._read, self._store.get_many(self.table, keys))

    def put(self, resource: CloudResource, seen_at: datetime) -> None:
        """Store the slot as seen at `seen_at`, unless something newer is stored."""
        while True:
            old = self.find(resource.slot)
            if old is not None and old.seen_at > seen_at:
                return
            for domain in resource.domains:
                self._index(domain, resource.slot)
            record = ResourceRecord(resource=resource, seen_at=seen_at)
            if old is not None:
                same = old.resource.cert_identifier == resource.cert_identifier
                record = record.evolve(version=old.version, told_days=old.told_days if same else None)
            try:
                self._save(self._key_of_slot(resource.slot), record)
            except ConflictError:
                continue
            if old is not None:
                self._unindex(resource.slot, set(old.resource.domains) - set(resource.domains))
            return

    def told(self, record: ResourceRecord, days: float) -> None:
        """Remember that its end was told. Raises ConflictError if the slot has been seen again since."""
        self._save(self._key_of_slot(record.resource.slot), record.evolve(told_days=days))

    def remove(self, record: ResourceRecord) -> None:
        """Raises ConflictError if the slot has been seen again since."""
        slot = record.resource.slot
        self._store.delete(self.table, self._key_of_slot(slot), version=record.version)
        self._unindex(slot, set(record.resource.domains))

    def _index(self, domain: str, slot: str) -> None:
        key = (parent(domain), domain, slot)
        if self._store.get(tables.RESOURCE_DOMAINS, key) is None:
            with suppress(ConflictError):  # another discovery wrote the same row
                self._store.put(tables.RESOURCE_DOMAINS, key, {}, version=0)

    def _unindex(self, slot: str, domains: set[str]) -> None:
        for domain in domains:
            key = (parent(domain), domain, slot)
            if row := self._store.get(tables.RESOURCE_DOMAINS, key):
                self._store.delete(tables.RESOURCE_DOMAINS, key, version=row.version)

    @staticmethod
    def _key_of_slot(slot: str) -> Key:
        product, _, rest = slot.partition("/")
        region, _, resource_id = rest.partition("/")
        return (product, region, resource_id)


class SyncStatuses(Records[SyncStatus]):
    table, model = tables.SYNC_STATUS, SyncStatus

    def put(self, status: SyncStatus) -> None:
        """Store the status unless a discovery that started later has stored one."""
        key = (status.product.value, _region(status.region))
        while True:
            old = self._find(key)
            if old is not None and old.started_at > status.started_at:
                return
            with suppress(ConflictError):  # changed since it was read: read again
                self._save(key, status.evolve(version=old.version if old else 0))
                return

    def find(self, product: CloudProduct, region: str) -> SyncStatus | None:
        return self._find((product.value, _region(region)))

    def list(self, product: CloudProduct) -> Iterator[SyncStatus]:
        return self._range((product.value,))

    def delete(self, status: SyncStatus) -> None:
        key = (status.product.value, _region(status.region))
        self._store.delete(self.table, key, version=status.version)


class Sweeps(Records[Sweep]):
    table, model = tables.SWEEPS, Sweep

    def find(self, product: CloudProduct, region: str) -> Sweep | None:
        return self._find((product.value, _region(region)))

    def save(self, sweep: Sweep) -> Sweep:
        """Raises ConflictError if another invocation has written it since it was read."""
        return self._save((sweep.product.value, _region(sweep.region)), sweep)

    def delete(self, sweep: Sweep) -> None:
        key = (sweep.product.value, _region(sweep.region))
        self._store.delete(self.table, key, version=sweep.version)
