"""Looks a whole state over: what cannot be read, what does not fit together, what the dead left behind.

Changes nothing. What it finds in an index or a lease is made good by discoveries and runs; a row that cannot
be read, and a job without its workers or its place among the open ones, need a person.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from shared.domain.jobs import DeploymentJob
from shared.domain.names import parent
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.state import tables
from shared.state.contacts import Contacts, Deliveries, Notifications
from shared.state.quota import QuotaAccounts, QuotaBudgets, QuotaEntries
from shared.state.records import Records, time_in, told_in
from shared.state.repositories import (
    OWNER,
    Certificates,
    DeadLetters,
    Jobs,
    PolicyTexts,
    Resources,
    Sweeps,
    SyncStatuses,
    Workers,
)
from shared.state.resources import LEAVING
from shared.state.store import Key, Row
from shared.state.tables import TABLES, Table
from shared.state.whole import PASSING, Found, WholeStore

_TIMES: Final = {tables.SCANS: "At", tables.LEASES: "Until", tables.CALLERS: "Until"}
_WORKED_ON: Final = frozenset({JobStatus.PENDING, JobStatus.SCHEDULING, JobStatus.PROCESSING})


#: Of rows that are read by a model.
KINDS: Final[tuple[type[Records[Any]], ...]] = (
    *(Certificates, Resources, SyncStatuses, Sweeps, Jobs, Workers, PolicyTexts),
    *(Contacts, Notifications, Deliveries, DeadLetters),
    *(QuotaBudgets, QuotaAccounts, QuotaEntries),
)


class Finding(Wire):
    table: str
    key: str
    what: str


class Looked(Wire):
    """`rows`: by table. `findings`: none, if all is well."""

    rows: dict[str, int]
    findings: tuple[Finding, ...]


class Check:
    """`served`: whether somebody works on the state now; None: nobody knows."""

    def __init__(self, store: WholeStore, now: datetime, *, served: bool | None) -> None:
        self._store, self._now, self._served = store, now, served
        self._records: dict[Table, Records[Any]] = {kind.table: kind(store) for kind in KINDS}
        self._rows: Counter[str] = Counter()
        self._findings: list[Finding] = []

    def look(self) -> Looked:
        domains = self._slots()
        self._index(domains)
        workers = self._workers()
        jobs = self._jobs(workers)
        self._open(jobs)
        met = {tables.RESOURCES, tables.RESOURCE_DOMAINS, tables.WORKERS, tables.JOBS, tables.OPEN_JOBS}
        for table in TABLES:
            if table not in met:
                self._others(table)
        return Looked(rows={t.name: self._rows[t.name] for t in TABLES}, findings=tuple(self._findings))

    # --- slots, and the ways to them -----------------------------------------------------------------

    def _slots(self) -> dict[Key, str]:
        """The index rows that there are to be, with the slot of each."""
        wanted: dict[Key, str] = {}
        records = Resources(self._store)
        for found, row in self._read(tables.RESOURCES):
            for record in records.readable([row]):
                resource = record.resource
                for domain in resource.domains:
                    wanted[(parent(domain), domain, resource.slot)] = str(found)
        return wanted

    def _index(self, wanted: dict[Key, str]) -> None:
        missing = dict(wanted)
        for found, row in self._read(tables.RESOURCE_DOMAINS):
            missing.pop(found.key, None)
            if found.key not in wanted:
                self._tell(found, "it leads to no slot of that name; readers pass it over")
            elif LEAVING in told_in(row):
                self._tell(found, "its removal was begun and not ended; the next discovery ends it")
        for key, slot in missing.items():
            what = f"the index row of {key[1]!a} is missing: until a discovery, no plan finds it by that"
            self._findings.append(Finding(table=tables.RESOURCES.name, key=slot, what=what))

    # --- jobs ---------------------------------------------------------------------------------------

    def _workers(self) -> Counter[int]:
        """By job: of rows that cannot be read, too."""
        counted: Counter[int] = Counter()
        for found in self._store.all_of(tables.WORKERS):
            if found.table.fits(found.key):
                counted[int(found.key[0])] += 1
            self._readable(found)
        return counted

    def _jobs(self, workers: Counter[int]) -> dict[int, DeploymentJob]:
        jobs: dict[int, DeploymentJob] = {}
        records, there = Jobs(self._store), set[int]()
        for found, row in self._read(tables.JOBS):
            there.add(int(found.key[1]))
            for job in records.readable([row]):
                jobs[job.job_id] = job
                counted = workers[job.job_id]
                if job.storing_until is None and not job.undone and counted != job.worker_count:
                    self._tell(found, f"it has {counted} of its {job.worker_count} workers")
        for job_id in sorted(workers.keys() - there):
            what = f"{workers[job_id]} are of a job that is not there"
            self._findings.append(Finding(table=tables.WORKERS.name, key=str(job_id), what=what))
        return jobs

    def _open(self, jobs: dict[int, DeploymentJob]) -> None:
        opened = set[int]()
        for found, _ in self._read(tables.OPEN_JOBS):
            job_id = int(found.key[2])
            opened.add(job_id)
            if found.key[0] == OWNER and job_id not in jobs:
                self._tell(found, "it leads to no job that can be read")
        for job in jobs.values():
            if job.status in _WORKED_ON and job.storing_until is None and job.job_id not in opened:
                what = f"it is {job.status.value} and not among the open jobs: nobody works on it"
                self._findings.append(Finding(table=tables.JOBS.name, key=str(job.job_id), what=what))

    # --- all ----------------------------------------------------------------------------------------

    def _others(self, table: Table) -> None:
        for found, row in self._read(table):
            until = time_in(row, _TIMES.get(table, ""))
            if until is None:
                if table in _TIMES:
                    self._tell(found, "it tells no time")
            elif table in PASSING and (until <= self._now or self._served is False):
                self._tell(found, f"its function ended without letting go; it lasts until {until:%F %T} UTC")

    def _read(self, table: Table) -> Iterator[tuple[Found, Row]]:
        for found in self._store.all_of(table):
            if row := self._readable(found):
                yield found, row

    def _readable(self, found: Found) -> Row | None:
        self._rows[found.table.name] += 1
        if found.secret:
            self._tell(found, "it holds what looks like a private key: take it away, and the key out of use")
        document = found.document
        if document is None or not isinstance(found.version, int):
            self._tell(found, "it holds no document that certdeploy wrote")
            return None
        row = Row(found.key, found.version, document)
        records = self._records.get(found.table)
        if records and (why := records.fault(row)):
            self._tell(found, f"it cannot be read: {why}")
        return row

    def _tell(self, found: Found, what: str) -> None:
        key = "/".join(ascii(part) if isinstance(part, str) else str(part) for part in found.key)
        self._findings.append(Finding(table=found.table.name, key=key, what=what))
