"""Repositories: the state in terms of the domain. `save` is compare-and-set.

They use only the five operations of a `Store`, so a database driver is one module.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Generic, TypeVar

from shared.domain.certificates import CertificateRecord
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.names import WILDCARD, parent
from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord, SyncStatus
from shared.domain.values import Versioned
from shared.errors import ConflictError, NotFoundError
from shared.state import tables
from shared.state.store import Document, Key, Row, Store
from shared.state.tables import Table

Record = TypeVar("Record", bound=Versioned)
OWNER = "-"  #: partition key of tables without another one; a stack serves one account


def _region(region: str) -> str:
    return region or "-"  # a key column is never empty


def _document(record: Versioned) -> Document:
    return record.model_dump(mode="json", by_alias=True, exclude={"version"})


class _Records(Generic[Record]):
    """Records of one model in one table."""

    table: Table
    model: type[Record]

    def __init__(self, store: Store) -> None:
        self._store = store

    def _read(self, row: Row) -> Record:
        return self.model.model_validate({**row.document, "Version": row.version})

    def _find(self, key: Key) -> Record | None:
        row = self._store.get(self.table, key)
        return self._read(row) if row else None

    def _find_many(self, keys: Mapping[str, Key]) -> dict[str, Record]:
        """The existing records, under the names in `keys`."""
        records = {row.key: self._read(row) for row in self._store.get_many(self.table, keys.values())}
        return {name: records[key] for name, key in keys.items() if key in records}

    def _save(self, key: Key, record: Record) -> Record:
        version = self._store.put(self.table, key, _document(record), version=record.version)
        return record.evolve(version=version)

    def _range(self, prefix: Key) -> Iterator[Record]:
        return map(self._read, self._store.range(self.table, prefix))


class Certificates(_Records[CertificateRecord]):
    table, model = tables.CERTIFICATES, CertificateRecord

    def find(self, identifier: str) -> CertificateRecord | None:
        """By CertIdentifier; None also for an identifier that is not from CAS."""
        key = self._key_of(identifier)
        return self._find(key) if key else None

    def find_many(self, identifiers: Iterable[str]) -> dict[str, CertificateRecord]:
        """The existing certificates, by identifier as given."""
        return self._find_many({text: key for text in identifiers if (key := self._key_of(text))})

    def get(self, identifier: str) -> CertificateRecord:
        if (record := self.find(identifier)) is None:
            raise NotFoundError("Certificate", identifier)
        return record

    def save(self, record: CertificateRecord) -> CertificateRecord:
        return self._save((record.certificate.store, record.certificate.cert_id), record)

    def list(self, store: str) -> Iterator[CertificateRecord]:
        return self._range((store,))

    def delete(self, record: CertificateRecord) -> None:
        key = (record.certificate.store, record.certificate.cert_id)
        self._store.delete(self.table, key, version=record.version)

    @staticmethod
    def _key_of(identifier: str) -> Key | None:
        cert_id, _, store = identifier.partition("-")
        return (store, int(cert_id)) if cert_id.isdecimal() and store else None


class Scans:
    """When each CAS store was first read completely: the certificates of that time are the baseline."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has_baseline(self, store: str) -> bool:
        return self._store.get(tables.SCANS, (store,)) is not None

    def set_baseline(self, store: str, at: datetime) -> None:
        with suppress(ConflictError):  # another complete scan of the store was first
            self._store.put(tables.SCANS, (store,), {"At": at.isoformat()}, version=0)


class Resources(_Records[ResourceRecord]):
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
            record = ResourceRecord(resource=resource, seen_at=seen_at, version=old.version if old else 0)
            try:
                self._save(self._key_of_slot(resource.slot), record)
            except ConflictError:
                continue
            if old is not None:
                self._unindex(resource.slot, set(old.resource.domains) - set(resource.domains))
            return

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


class SyncStatuses(_Records[SyncStatus]):
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

    def list(self, product: CloudProduct) -> Iterator[SyncStatus]:
        return self._range((product.value,))

    def delete(self, status: SyncStatus) -> None:
        key = (status.product.value, _region(status.region))
        self._store.delete(self.table, key, version=status.version)


class Jobs(_Records[DeploymentJob]):
    """Jobs, and an index of open jobs (with work left to do) by their due time."""

    table, model = tables.JOBS, DeploymentJob

    def find(self, job_id: int) -> DeploymentJob | None:
        return self._find((OWNER, job_id))

    def get(self, job_id: int) -> DeploymentJob:
        if (job := self.find(job_id)) is None:
            raise NotFoundError("DeploymentJob", job_id)
        return job

    def save(self, job: DeploymentJob) -> DeploymentJob:
        return self._save((OWNER, job.job_id), job)

    def list(self) -> Iterator[DeploymentJob]:
        return self._range((OWNER,))

    def open(self, job: DeploymentJob) -> None:
        """Add the job to the index of open jobs, before it leaves `editing`, so that none is forgotten.

        Opening it again changes the row, so that a run that looked earlier does not close it.
        """
        while True:
            with suppress(ConflictError):
                self._store.put(tables.OPEN_JOBS, self._due_key(job), {}, version=self.opened(job))
                return

    def opened(self, job: DeploymentJob) -> int:
        """The version for `close`; read it before checking whether work is left. 0: the job is closed."""
        row = self._store.get(tables.OPEN_JOBS, self._due_key(job))
        return row.version if row else 0

    def close(self, job: DeploymentJob, opened: int) -> None:
        """Remove the job from the index, unless it has been opened again since `opened` was read."""
        with suppress(ConflictError):
            self._store.delete(tables.OPEN_JOBS, self._due_key(job), version=opened)

    def due(self, now: datetime) -> Iterator[int]:
        """Ids of the open jobs that are due, the longest overdue first."""
        below = (OWNER, _ms(now) + 1)
        for row in self._store.range(tables.OPEN_JOBS, (OWNER,), below=below):
            yield int(row.key[2])

    @staticmethod
    def _due_key(job: DeploymentJob) -> Key:
        return (OWNER, _ms(job.schedule_time), job.job_id)


class Workers(_Records[WorkerResource]):
    table, model = tables.WORKERS, WorkerResource

    def find(self, worker: WorkerResource) -> WorkerResource | None:
        """The worker as stored now."""
        return self._find(_worker_key(worker))

    def save(self, worker: WorkerResource) -> WorkerResource:
        return self._save(_worker_key(worker), worker)

    def add(self, workers: Iterable[WorkerResource]) -> None:
        """Store new workers. Raises ConflictError if one of them is there; others may be stored by then."""
        self._store.put_many(self.table, ((_worker_key(one), _document(one)) for one in workers))

    def delete(self, worker: WorkerResource) -> None:
        self._store.delete(self.table, _worker_key(worker), version=worker.version)

    def list(
        self, job_id: int, product: CloudProduct | None = None, shard: int | None = None
    ) -> Iterator[WorkerResource]:
        """Those of a job, of its share for a product, or of one shard of that."""
        if product is None:
            return self._range((job_id,))
        return self._range((job_id, product.value) if shard is None else (job_id, product.value, shard))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _worker_key(worker: WorkerResource) -> Key:
    return worker.job_id, worker.resource.product.value, worker.shard, worker.worker_id
