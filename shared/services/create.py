"""Create deployment jobs: on request, or because a certificate was issued or is about to expire."""

import hashlib
import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.events import CertificateExpiring, CertificateIssued, ReplacementMissing
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan
from shared.domain.requests import CreateDeploymentJob
from shared.domain.resources import CloudResource, SyncState
from shared.domain.rules import Rules
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import ConflictError, InvalidRequestError, PlanChangedError
from shared.services import plan as planning
from shared.services.rollback_plan import Joined
from shared.services.shards import sharded
from shared.services.unseen import EVERYTHING, Unseen
from shared.services.world import World
from shared.validation.jobs import check_job

log = logging.getLogger("certdeploy.create")
_WAITS = "waiting for the discovery of {}; the next scan tries again"
_DISCOVERY_TAKES = timedelta(minutes=15)  #: an older discovery has died


class Created(Wire):
    jobs: tuple[DeploymentJob, ...] = ()
    note: str = ""


def create_deployment_jobs(
    world: World, request: CreateDeploymentJob | CertificateIssued | CertificateExpiring
) -> Created:
    """Plan, store job and workers, submit. The same request or event never makes a second job."""
    return _BY_TYPE[type(request)](world, request)


def _requested(world: World, request: CreateDeploymentJob) -> Created:
    token = request.client_token or str(uuid.uuid4())
    if job := _complete(world, token):
        return Created(jobs=(_submitted(world, job, request.submit),), note="already exists")
    check_job(request, world.clock())
    plan = planning.preview(world, request)
    if request.digest is not None and request.digest != plan.digest:
        raise PlanChangedError(
            f"the plan is now {plan.digest}, not {request.digest}: resources or certificates have"
            " changed since the preview; preview again and approve what it shows"
        )
    reasons = _reasons(plan)
    if request.resource_ids and reasons:
        raise InvalidRequestError(f"ResourceIds: {reasons}")
    if not plan.deployments:
        nothing = "no discovered slot serves a name of the certificate"
        raise InvalidRequestError(f"nothing to deploy: {reasons or nothing}")
    job = _store(
        world,
        plan,
        name=request.name,
        token=token,
        origin="manual",
        accept_outage=request.accept_outage,
        schedule_time=request.schedule_time,
        contact_ids=request.contact_ids,
    )
    return Created(jobs=(_submitted(world, job, request.submit),))


def _reasons(plan: Plan) -> str:
    """Why slots are left alone: each reason once, after the slots that it is about."""
    slots: dict[str, list[str]] = {}
    for left in plan.left_alone:
        slots.setdefault(left.reason, []).append(left.resource.slot)
    return "; ".join(f"{', '.join(named)}: {reason}" for reason, named in slots.items())


def _issued(world: World, event: CertificateIssued) -> Created:
    record, unseen = world.certificates.get(event.cert_identifier), Unseen(world)
    certificate, parts = record.certificate, record.issued_unseen if record.issued_handled else EVERYTHING
    if not unseen.opened(parts):
        return Created(note="already planned for")
    if waiting := _not_discovered(world):
        return _none(_WAITS.format(", ".join(waiting)), event.cert_identifier)
    slots = unseen.seen_within(parts, planning.candidates(world, [certificate]))
    token = f"issued-{certificate.identifier}"
    jobs = _automatic(world, [certificate], slots, token, f"{certificate.name} issued")
    left = _left(event.cert_identifier, unseen.left_of(parts))
    _handled(world, record.evolve(issued_handled=True, issued_unseen=left))
    if not jobs:
        return _none("it replaces no certificate in service", event.cert_identifier)
    return Created(jobs=jobs)


def _expiring(world: World, event: CertificateExpiring) -> Created:
    """Replace it where it is in service; notify the contacts of slots that nothing replaces it on."""
    record, unseen = world.certificates.get(event.cert_identifier), Unseen(world)
    ending, threshold = record.certificate, event.threshold_days
    handled = record.expiring_handled_days is not None and record.expiring_handled_days <= threshold
    parts = record.expiring_unseen if handled else EVERYTHING
    if not unseen.opened(parts):
        return Created(note=f"{ending.identifier} has already been handled")
    if waiting := _not_discovered(world):
        return _none(_WAITS.format(", ".join(waiting)), event.cert_identifier)
    slots = [
        resource
        for resource in planning.candidates(world, [ending])
        if resource.cert_identifier == ending.identifier
        and resource.slot.startswith(parts)
        and not world.policy.scope.why_outside(resource)
    ]
    rules = Rules(slots)
    slots = [slot for slot in slots if rules.over(slot) is None]  # the rule represents its listener
    seen = unseen.seen_within(parts, slots)
    others = [
        record.certificate for store in world.policy.stores for record in world.certificates.list(store)
    ]
    jobs: list[DeploymentJob] = []
    replaced: set[str] = set()
    for source in sorted({certificate.source for certificate in others}):  # one type per job
        of_type = [certificate for certificate in others if certificate.source is source]
        rest = [resource for resource in seen if resource.slot not in replaced]
        key = f"expiring-{ending.identifier}-{source.value}-{threshold}"
        jobs += _automatic(world, of_type, rest, key, f"{ending.name} expiring")
        replaced |= {worker.resource.slot for job in jobs for worker in world.workers.list(job.job_id)}
    if missing := [resource.slot for resource in slots if resource.slot not in replaced]:
        world.events.publish(
            ReplacementMissing(certificate=ending, days_left=event.days_left, slots=tuple(sorted(missing))),
            id=f"replacement-missing-{ending.identifier}-{threshold}",
            subject=f"Certificate/{ending.identifier}",
        )
    left = _left(event.cert_identifier, unseen.left_of(parts))
    _handled(world, record.evolve(expiring_handled_days=threshold, expiring_unseen=left))
    return Created(jobs=tuple(jobs))


_BY_TYPE: Final[dict[type[Wire], Callable[[World, Any], Created]]] = {
    CreateDeploymentJob: _requested,
    CertificateIssued: _issued,
    CertificateExpiring: _expiring,
}


def _none(note: str, identifier: str) -> Created:
    log.info("no job was created", extra={"cert_identifier": identifier, "reason": note})
    return Created(note=note)


def _automatic(
    world: World, certificates: list[Certificate], slots: list[CloudResource], token: str, name: str
) -> tuple[DeploymentJob, ...]:
    """The jobs of `token` for these slots: those that are there, and one for what they do not have.

    There is more than one where a part of the account could not be read when the first was planned.
    """
    jobs: list[DeploymentJob] = []
    planned: set[str] = set()
    own = token
    while (job := _complete(world, own)) is not None:
        jobs.append(job)
        planned |= {worker.resource.slot for worker in world.workers.list(job.job_id)}
        own = f"{token}-part-{len(jobs) + 1}"
    rest = [slot for slot in slots if slot.slot not in planned]
    plan = planning.plan(world, certificates, rest, automatic=True)
    if plan.deployments:
        jobs.append(_store(world, plan, name=name[:63], token=own, origin=own))
    return tuple(_submitted(world, job, world.policy.submit_automatic_jobs) for job in jobs)


def _left(identifier: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """They are planned for when they can be read: each scan looks."""
    if parts:
        reason = f"not all slots could be read: {', '.join(parts)}"
        log.warning("a part was left out", extra={"cert_identifier": identifier, "reason": reason})
    return parts


def _complete(world: World, token: str) -> DeploymentJob | None:
    """The job of an earlier delivery, unless that was interrupted while storing the workers."""
    job = world.jobs.find(_job_id(token))
    if job is None or job.status is not JobStatus.EDITING:
        return job
    return job if sum(1 for _ in world.workers.list(job.job_id)) == job.worker_count else None


def _store(
    world: World,
    plan: Plan,
    *,
    name: str,
    token: str,
    origin: str,
    schedule_time: object = None,
    accept_outage: bool = False,
    contact_ids: tuple[int, ...] = (),
) -> DeploymentJob:
    """Store the job in `editing`, then its workers. A job that was interrupted here is created again."""
    now = world.clock()
    old = world.jobs.find(_job_id(token))
    job = DeploymentJob.model_validate(
        {
            "job_id": _job_id(token),
            "name": name,
            "token": token,
            "origin": origin,
            "cert_identifiers": sorted({e.cert_identifier for e in plan.deployments}),
            "cert_type": plan.cert_type,
            "contact_ids": contact_ids,
            "schedule_time": schedule_time or now,
            "plan_digest": plan.digest,
            "accept_outage": accept_outage,
            "products": plan.products,
            "created_at": now,
            "version": old.version if old else 0,
        }
    )
    job = world.jobs.save(job)
    for stale in world.workers.list(job.job_id):
        world.workers.delete(stale)
    joined = Joined(world)
    identifiers = {entry.resource.slot: entry.cert_identifier for entry in plan.deployments}
    shards = sharded(entry.resource for entry in plan.deployments)
    world.workers.add(
        WorkerResource(
            job_id=job.job_id,
            worker_id=number,
            shard=shard,
            resource=resource,
            cert_identifier=identifiers[resource.slot],
            joined=joined(resource, identifiers[resource.slot]),
        )
        for number, (shard, resource) in enumerate(shards, start=1)
    )
    return job


def _submitted(world: World, job: DeploymentJob, submit: bool) -> DeploymentJob:
    """Set the job to pending and wake the runner. If the wake-up is lost, the next timer finds the job."""
    if not submit or job.status is not JobStatus.EDITING:
        return job
    world.jobs.open(job)
    job = world.jobs.save(job.to(JobStatus.PENDING))
    log.info("job was submitted", extra={"job_id": job.job_id, "job": job.name, "workers": job.worker_count})
    if job.schedule_time <= world.clock():
        world.functions.invoke("run_deployment_jobs", f'{{"JobId":{job.job_id}}}'.encode())
    return job


def _handled(world: World, record: CertificateRecord) -> None:
    with suppress(ConflictError):  # a scan wrote the row; the next one announces it again and finds the job
        world.certificates.save(record)


def _not_discovered(world: World) -> list[str]:
    """Products in discovery, or never discovered: a plan could miss their slots."""
    waiting = []
    alive_since = world.clock() - _DISCOVERY_TAKES
    for product in world.policy.products:
        statuses = list(world.syncs.list(product))
        under_way = any(s.state is SyncState.SYNCING and s.started_at > alive_since for s in statuses)
        if not statuses or under_way:
            waiting.append(product.value)
    return waiting


def _job_id(token: str) -> int:
    """The same token gives the same id, so a second delivery finds the first job. Fits 52 bits."""
    return int(hashlib.sha256(token.encode()).hexdigest()[:13], 16)
