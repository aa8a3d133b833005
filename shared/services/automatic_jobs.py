"""The jobs of an automatic plan: one for each type of certificate, more where policies set slots apart.

What a draft already waits with is not planned again: it is the same question, and is to be answered once.
"""

from collections.abc import Mapping, Sequence, Set
from itertools import product
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.engines import Engine
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import PlanEntry
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import InsufficientQuotaError
from shared.services import plan as planning
from shared.services import quota
from shared.services.freezing import ends_within, frozen_at
from shared.services.policies import waves_for
from shared.services.storing import create, created, places_at_work, submitted, token_of_system
from shared.services.waves import waits_for_somebody
from shared.services.world import World


class Cause(Protocol):
    """What jobs are planned for."""

    @property
    def origin(self) -> str:
        """The same for the same cause, however often it is planned for."""

    @property
    def name(self) -> str:
        """For people."""


class _Kind(NamedTuple):
    """What the slots of one job have in common."""

    source: CertificateSource
    draft: bool
    accept_outage: bool
    urgent: bool  #: in a freeze window, which the certificates in place do not outlast
    engine: Engine  #: who writes

    def token(self, cause: Cause, usual: Engine) -> str:
        """`usual`: the engine of the settings."""
        parts = [cause.origin, self.source.value]
        parts += ["draft"] if self.draft else []
        parts += ["outage"] if self.accept_outage else []
        parts += ["urgent"] if self.urgent else []
        parts += [self.engine.value] if self.engine is not usual else []
        return token_of_system("-".join(parts))


_NONE: Final[Mapping[str, DeploymentJob]] = MappingProxyType({})


class Jobs(NamedTuple):
    jobs: tuple[DeploymentJob, ...] = ()
    waiting: Set[str] = frozenset()  #: places whose slots have to wait for the end of another job
    drafts: Mapping[str, DeploymentJob] = _NONE  #: by slot, those of the jobs that wait for approval


def jobs_for(
    world: World, cause: Cause, wanted: Sequence[PlanEntry], certificates: Sequence[Certificate]
) -> Jobs:
    """Jobs of an earlier delivery are found by their token. There is more than one of a type where a part of
    the account could not be read when the first was planned.
    """
    source_of = {certificate.identifier: certificate.source for certificate in certificates}
    at_work = places_at_work(world) if wanted else set()
    jobs: list[tuple[DeploymentJob, bool]] = []
    planned: set[str] = set()
    submit = world.policy.submit_automatic_jobs
    held, window = _held(world, wanted), frozen_at(world, world.clock())
    drafts = _drafts(world, [e for e in wanted if e.draft or not submit or quota.is_enforced(world)])
    drafts |= held
    free: dict[_Kind, str] = {}  #: the token of the next job of a kind
    usual = world.policy.engine
    engines = sorted({usual, *(entry.engine or usual for entry in wanted)})
    for kind in map(_Kind._make, product(CertificateSource, *[(False, True)] * 3, engines)):
        token = free[kind] = kind.token(cause, usual)
        parts = 1
        while (job := created(world, free[kind])) is not None:
            jobs.append((job, kind.draft))
            planned |= {worker.resource.slot for worker in world.workers.list(job.job_id)}
            parts += 1
            free[kind] = f"{token}-part-{parts}"
    done = [_submitted(world, job) if submit and not draft else job for job, draft in jobs]
    rest: dict[_Kind, list[PlanEntry]] = {}
    for entry in wanted:
        slot = entry.resource
        if slot.slot not in planned and slot.slot not in drafts and slot.place not in at_work:
            urgent = window is not None and ends_within(window, slot)
            kind = _Kind(
                source_of[entry.cert_identifier],
                entry.draft,
                entry.accept_outage,
                urgent,
                entry.engine or usual,
            )
            rest.setdefault(kind, []).append(entry)
    for kind, entries in rest.items():
        job = create(
            world,
            planning.as_plan(entries, kind.source, kind.accept_outage).evolve(
                engine=kind.engine, waves=waves_for(world, len(entries))
            ),
            name=cause.name,
            token=free[kind],
            origin=cause.origin,
            submit=submit and not kind.draft,
        )
        done.append(job)
        if job.status is JobStatus.EDITING:
            drafts |= {entry.resource.slot: job for entry in entries}
    others = (entry.resource for entry in wanted if entry.resource.slot not in planned | held.keys())
    waiting = {slot.place for slot in others} & at_work
    there = {job.job_id: job for job in (*done, *drafts.values())}
    return Jobs(tuple(there.values()), waiting, drafts)


def _submitted(world: World, job: DeploymentJob) -> DeploymentJob:
    """If the quota allows it by now; else it waits on."""
    try:
        return submitted(world, job)
    except InsufficientQuotaError:
        return job


def _drafts(world: World, wanted: Sequence[PlanEntry]) -> dict[str, DeploymentJob]:
    """By slot, the drafts of the system that are to put the same certificate in the place of the same one."""
    if not wanted:
        return {}
    asked = {entry.resource.slot: (_change(entry), entry.accept_outage) for entry in wanted}
    found: dict[str, DeploymentJob] = {}
    for job in world.jobs.list():
        if job.status is JobStatus.EDITING and job.automatic and job.cancelled_at is None:
            for worker in world.workers.list(job.job_id):
                if asked.get(worker.resource.slot) == (_change(worker), job.accept_outage):
                    found[worker.resource.slot] = job
    return found


def _held(world: World, wanted: Sequence[PlanEntry]) -> dict[str, DeploymentJob]:
    """By slot, the jobs of a wave that waits for somebody, who may have forgotten it."""
    if not wanted:
        return {}
    asked = {entry.resource.slot: _change(entry) for entry in wanted}
    found: dict[str, DeploymentJob] = {}
    for job in filter(None, map(world.jobs.find_readable, world.jobs.due(world.clock()))):
        for worker in world.workers.list(job.job_id) if waits_for_somebody(job) else ():
            slot = worker.resource.slot
            if worker.status is WorkerStatus.HELD and asked.get(slot) == _change(worker):
                found[slot] = job
    return found


def _change(one: PlanEntry | WorkerResource) -> tuple[str, str]:
    return one.resource.cert_identifier, one.cert_identifier
