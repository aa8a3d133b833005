"""An installation that nobody looks at, day by day: what it plans is carried out at once, and well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from shared.cloud.cas import Listing
from shared.domain.certificates import STORES, Certificate
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct, CloudResource, SyncState, SyncStatus
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.trust import standing_of
from shared.services.automatic import plan_what_changed
from shared.services.policies import store_policies
from shared.services.scan import scan_certificates
from shared.services.strangers_planned import plan_for_strangers
from shared.services.world import Policy, World
from shared.state.leases import Leases
from shared.state.sqlite import SqliteStore
from tests.builders import NOW
from tests.unit.alike import PUBLIC_ROOTS
from tests.worlds import a_world


@dataclass(frozen=True)
class Write:
    day: float
    slot: CloudResource  #: as it was
    cert_identifier: str  #: that was put there


@dataclass
class Unattended:
    """At first CAS and the products are read. `comes`: what comes into CAS, by day."""

    folder: Path
    slots: Sequence[CloudResource]
    comes: Mapping[float, Sequence[Certificate]]
    products: tuple[CloudProduct, ...]
    regions: tuple[str, ...] = ()
    policies: str = ""
    now: datetime = NOW
    writes: list[Write] = field(default_factory=list)
    planned: list[tuple[float, str]] = field(default_factory=list)  #: by day, also what waits for approval
    _there: list[Certificate] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = SqliteStore(self.folder / "state.db")
        policy = Policy(stores=STORES[:1], products=self.products, regions=self.regions)
        self.world: World = a_world(store, slots=self.slots, policy=policy)
        vars(self.world).update(
            clock=lambda: self.now,
            leases=Leases(store, lambda: self.now),
            cas=lambda _: self,
            functions=self,
            standing=lambda one: partial(standing_of, public_roots=PUBLIC_ROOTS)(one, now=self.now),
        )
        if self.policies:
            store_policies(self.world, self.policies, version=0)
        self._there += self.comes.get(0, ())
        scan_certificates(self.world)  # the baseline
        for product in self.products:
            self.world.syncs.put(SyncStatus(product=product, state=SyncState.SYNCED, started_at=self.now))

    def listing(self, known: object) -> Listing:
        """CAS."""
        return Listing(list(self._there), frozenset(one.cert_id for one in self._there), complete=True)

    def invoke(self, *_: Any, **__: Any) -> bytes:
        """The functions: nothing listens."""
        return b""

    def reach(self, day: float) -> None:
        """It is that day: CAS is read, and what is planned is done."""
        self.now = NOW + timedelta(days=day)
        for at in sorted(self.comes):
            if 0 < at <= day:
                self._there += [one for one in self.comes[at] if one not in self._there]
        scan_certificates(self.world)
        for job in (*plan_what_changed(self.world).jobs, *plan_for_strangers(self.world).jobs):
            workers = list(self.world.workers.list(job.job_id))
            self.planned += [(day, worker.resource.slot) for worker in workers]
            if job.status is JobStatus.PENDING:
                self._carry_out(day, job, workers)

    def present(self, slot: str) -> CloudResource:
        return self.world.resources.get(slot).resource

    def _carry_out(self, day: float, job: DeploymentJob, workers: Sequence[WorkerResource]) -> None:
        certificates = {one.identifier: one for one in self._there}
        for worker in workers:
            self.writes.append(Write(day, self.present(worker.resource.slot), worker.cert_identifier))
            new = certificates[worker.cert_identifier]
            after = worker.resource.evolve(
                https=True, cert_identifier=new.identifier, cert_not_after=new.not_after
            )
            self.world.resources.put(after, self.now)
            begun = self.world.workers.save(worker.to(WorkerStatus.PROCESSING))
            self.world.workers.save(begun.to(WorkerStatus.SUCCESS))
        opened = self.world.jobs.opened(job)
        for status in (JobStatus.SCHEDULING, JobStatus.PROCESSING, JobStatus.SUCCESS):
            job = self.world.jobs.save(job.to(status))
        self.world.jobs.close(job, opened)
