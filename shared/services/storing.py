"""A job is created once: stored as a draft with its workers, then submitted. Its token finds it again."""

import hashlib
import logging

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan
from shared.domain.states import JobStatus
from shared.services.rollback_plan import Joined
from shared.services.shards import sharded
from shared.services.world import World

log = logging.getLogger("certdeploy.create")


def complete(world: World, token: str) -> DeploymentJob | None:
    """The job of an earlier delivery, unless that was interrupted while storing the workers."""
    job = world.jobs.find(_job_id(token))
    if job is None or job.status is not JobStatus.EDITING:
        return job
    return job if sum(1 for _ in world.workers.list(job.job_id)) == job.worker_count else None


def store(
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
    entries = {entry.resource.slot: entry for entry in plan.deployments}
    shards = sharded(entry.resource for entry in plan.deployments)
    world.workers.add(
        WorkerResource(
            job_id=job.job_id,
            worker_id=number,
            shard=shard,
            resource=resource,
            cert_identifier=entries[resource.slot].cert_identifier,
            chosen_because=entries[resource.slot].reason,
            joined=joined(resource, entries[resource.slot].cert_identifier),
        )
        for number, (shard, resource) in enumerate(shards, start=1)
    )
    return job


def submitted(world: World, job: DeploymentJob, submit: bool) -> DeploymentJob:
    """Set the job to pending and wake the runner. If the wake-up is lost, the next timer finds the job."""
    if not submit or job.status is not JobStatus.EDITING:
        return job
    world.jobs.open(job)
    job = world.jobs.save(job.to(JobStatus.PENDING))
    log.info("job was submitted", extra={"job_id": job.job_id, "job": job.name, "workers": job.worker_count})
    if job.schedule_time <= world.clock():
        world.functions.invoke("run_deployment_jobs", f'{{"JobId":{job.job_id}}}'.encode())
    return job


def places_at_work(world: World) -> set[str]:
    """Places that a job is at, or is about to be: no other may plan for their slots meanwhile.

    Not the slots: one that is exchanged may have another name before the job is done with it.
    """
    found: set[str] = set()
    for job_id in world.jobs.due(world.clock()):
        job = world.jobs.find(job_id)
        if job is not None and job.status is not JobStatus.EDITING:
            workers = world.workers.list(job_id)
            found |= {worker.resource.place for worker in workers if not worker.status.settled}
    return found


def _job_id(token: str) -> int:
    """The same token gives the same id, so a second delivery finds the first job. Fits 52 bits."""
    return int(hashlib.sha256(token.encode()).hexdigest()[:13], 16)
