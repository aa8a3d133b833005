"""What has moved between a job that has not begun and the world: by slot, in words.

A draft may lie for weeks. What it was approved for is one write for each slot, from one certificate to
another; where that is no longer what would happen, it is not the plan that was approved.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.cover import Cover
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.matching import Action
from shared.domain.plans import Plan, PlanEntry
from shared.domain.policy_book import PolicyBook
from shared.domain.resources import CloudResource, ResourceRecord
from shared.domain.values import Wire
from shared.services.fence import same_place
from shared.services.plan import Obstacles
from shared.services.policies import policies_of
from shared.services.world import World

RENEWED: Final = "renewed"


class Moved(Wire):
    """One thing that is not as the job has it.

    `code`: `gone`, `place`, `there`, `in-place`, `certificate`, `renewed`; or the rule that is against it by
    now.
    """

    slot: str  #: "": it is about the certificate
    code: str
    text: str
    blocks: bool = True  #: the job is not to be submitted so; else it is only told


def moved(world: World, job: DeploymentJob) -> tuple[Moved, ...]:
    """By slot; what is about certificates comes last. One reading of each table."""
    workers = list(world.workers.list(job.job_id))
    found = [one for one in _by_slot(world, job, workers) if one is not None]
    return (*sorted(found, key=lambda one: one.slot), *_renewed(world, job))


def plan_of(job: DeploymentJob, workers: Iterable[WorkerResource]) -> Plan:
    """The plan that its workers carry out."""
    return Plan(
        entries=tuple(
            PlanEntry(
                resource=worker.resource,
                cert_identifier=worker.cert_identifier,
                action=Action.DEPLOY,
                reason=worker.chosen_because,
                uploaded=worker.uploaded,
            )
            for worker in workers
        ),
        cert_type=job.cert_type,
        accept_outage=job.accept_outage,
        engine=job.engine,
        waves=job.waves,
    )


def _by_slot(world: World, job: DeploymentJob, workers: list[WorkerResource]) -> Iterator[Moved | None]:
    slots = world.resources.find_many({worker.resource.slot for worker in workers})
    there = {record.resource.cert_identifier for record in slots.values()}
    known = world.certificates.find_many({worker.cert_identifier for worker in workers} | there)
    now = _Now(world, job, slots, known)
    of_certificate: dict[str, list[WorkerResource]] = defaultdict(list)
    for worker in workers:
        of_certificate[worker.cert_identifier].append(worker)
    for identifier, some in of_certificate.items():
        record = known.get(identifier)
        certificate = record.certificate if record else None
        why = certificate.why_not_deployable(world.clock()) if certificate else "CAS no longer holds it"
        cover = now.cover(certificate) if certificate and why is None else None
        for worker in some:
            yield now.of(worker, cover, f"certificate {identifier}: {why}")


@dataclass(frozen=True)
class _Now:
    """What the tables tell by now."""

    world: World
    job: DeploymentJob
    slots: Mapping[str, ResourceRecord]
    known: Mapping[str, CertificateRecord]

    @cached_property
    def _obstacles(self) -> Obstacles:
        return Obstacles(self.world)

    @cached_property
    def _book(self) -> PolicyBook:
        return policies_of(self.world).book

    def cover(self, certificate: Certificate) -> Cover:
        return Cover([certificate], self.world.clock(), self.world.standing, self._book)

    def of(self, worker: WorkerResource, cover: Cover | None, why_not: str) -> Moved | None:
        """`cover`: of the worker's certificate; None: it cannot be deployed, for the reason `why_not`."""
        slot, record = worker.resource.slot, self.slots.get(worker.resource.slot)
        if record is None:
            return Moved(slot=slot, code="gone", text="discovery no longer finds it")
        there = record.resource
        if not same_place(there, worker.resource):
            return Moved(slot=slot, code="place", text="it is on another instance or listener by now")
        if there.cert_identifier == worker.cert_identifier:
            return Moved(slot=slot, code="there", text=f"it has {worker.cert_identifier} already")
        if there.cert_identifier != worker.resource.cert_identifier:
            text = f"it has {_named(there)} by now, the job saw {_named(worker.resource)}"
            return Moved(slot=slot, code="in-place", text=text)
        if cover is None:
            return Moved(slot=slot, code="certificate", text=why_not)
        present = self.known.get(there.cert_identifier)
        _, decision = cover.choose(
            self._obstacles.put_on(there),
            present.certificate if present else None,
            first_deployment=not worker.resource.cert_identifier,
            automatic=self.job.automatic,
        )
        if decision.action is Action.DEPLOY:
            return None
        return Moved(slot=slot, code=decision.rule or "rule", text=decision.reason)


def _named(slot: CloudResource) -> str:
    return slot.cert_identifier or "no certificate"


def _renewed(world: World, job: DeploymentJob) -> Iterator[Moved]:
    """Certificates of the job of which CAS has one that is valid for longer. Its owner may want the older."""
    known = [record.certificate for home in world.policy.homes for record in world.certificates.list(home)]
    own = {one.identifier: one for one in known if one.identifier in job.cert_identifiers}
    for identifier, certificate in sorted(own.items()):
        newer = [one for one in known if _renews(one, certificate, world)]
        if newer:
            latest = max(newer, key=lambda one: (one.not_after, one.cert_id))
            until = f"{latest.not_after:%Y-%m-%d}"
            text = f"CAS has {latest.identifier} in place of {identifier}, which is valid until {until}"
            yield Moved(slot="", code=RENEWED, text=text, blocks=False)


def _renews(one: Certificate, other: Certificate, world: World) -> bool:
    return (
        one.not_after > other.not_after
        and one.algorithm == other.algorithm
        and one.source is other.source
        and set(one.names) >= set(other.names)
        and one.why_not_deployable(world.clock()) is None
    )
