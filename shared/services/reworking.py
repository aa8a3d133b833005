"""The writes of an edit: a job that has not begun gets other workers, or another time.

The mark comes first, and takes a job that waits back to a draft: so it does not begin half changed, and one
that was cut off stays a draft whose workers are not those of its digest, which nobody can submit.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.engines import deployed_directly
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.plans import Plan, PlanEntry
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.domain.waves import of_job
from shared.errors import ConflictError
from shared.services.quota import reserve
from shared.services.rollback_plan import Joined
from shared.services.shards import sharded
from shared.services.storing import workers_of
from shared.services.waking import wake_runner
from shared.services.world import World

log = logging.getLogger("certdeploy.create")
_TAKES: Final = timedelta(seconds=60)  #: at most; then somebody else may edit the job
EDITED: Final = (
    "edited"  #: in place of the digest of the request that made it, which asked for something else
)


def reworked(
    world: World, job: DeploymentJob, plan: Plan | None, facts: Mapping[str, Any], *, to_draft: bool = False
) -> DeploymentJob:
    """The job with the workers of `plan`, and with `facts`, its other fields. None: with those that it has.

    `to_draft`: it is to be submitted again.

    Raises:
        ConflictError: somebody else has changed it, or it has begun.
        InsufficientQuotaError: it waits, and `plan` needs more than is left. It stays as it is.
    """
    waits = job.status is JobStatus.PENDING and not to_draft
    old = job
    if waits and plan is not None:
        reserve(world, job.job_id, plan.cert_type, deployed_directly(plan.engine, plan.deployments))
    changes = {**facts, "edits": job.edits + 1, "request_digest": EDITED, "changing_until": None}
    if plan is not None:
        until = world.clock() + _TAKES
        job = world.jobs.save(_taken_back(job).evolve(changing_until=until))
        _rewrite(world, job, plan, until)
        changes |= {
            "waves": of_job(plan.waves),
            "plan_digest": plan.digest,
            "products": plan.products,
            "cert_type": plan.cert_type,
            "cert_identifiers": tuple(sorted({entry.cert_identifier for entry in plan.deployments})),
        }
    job = job.evolve(**changes)
    if waits:
        world.jobs.open(job)  # at its new time, too
        job = job.to(JobStatus.PENDING) if job.status is JobStatus.EDITING else job
    job = world.jobs.save(job)
    if to_draft:
        world.jobs.close(old, world.jobs.opened(old))
    if waits:
        if job.schedule_time != old.schedule_time:
            world.jobs.close(old, world.jobs.opened(old))
        if job.schedule_time <= world.clock():
            wake_runner(world, job.job_id)
    log.info("job was edited", extra={"job_id": job.job_id, "job": job.name, "workers": job.worker_count})
    return job


def _taken_back(job: DeploymentJob) -> DeploymentJob:
    return job.to(JobStatus.EDITING) if job.status is JobStatus.PENDING else job


def _rewrite(world: World, job: DeploymentJob, plan: Plan, until: datetime) -> None:
    """Workers that stay as they are keep their rows; of a job in waves, before or then, none does."""
    in_waves = job.waves is not None or plan.waves is not None
    wanted = {entry.resource.slot: entry for entry in plan.deployments}
    kept: dict[str, WorkerResource] = {}
    going: list[WorkerResource] = []
    for worker in world.workers.list(job.job_id):
        slot = worker.resource.slot
        stays = not in_waves and slot in wanted and slot not in kept and _carries_out(worker, wanted[slot])
        if stays:
            kept[slot] = worker
        else:
            going.append(worker)
    last = max((worker.worker_id for worker in (*kept.values(), *going)), default=0)
    new = [entry for entry in plan.deployments if entry.resource.slot not in kept]
    _check_time(world, job, until)
    # The new ones first: whoever plans a job anew whose edit was cut off has all slots of it then.
    if in_waves:
        world.workers.add(workers_of(job.evolve(waves=of_job(plan.waves)), plan, Joined(world), last))
    else:
        world.workers.add(_workers(world, job, new, kept.values(), last))
    for worker in going:
        _check_time(world, job, until)
        world.workers.delete(worker)


def _carries_out(worker: WorkerResource, entry: PlanEntry) -> bool:
    same = (worker.resource, worker.cert_identifier) == (entry.resource, entry.cert_identifier)
    return same and worker.wave == 0  # else an edit that was cut off had put it into a wave


def _check_time(world: World, job: DeploymentJob, until: datetime) -> None:
    """Past the mark somebody else may be at it."""
    if world.clock() >= until:
        raise ConflictError("DeploymentJob", job.job_id)


def _workers(
    world: World, job: DeploymentJob, new: Iterable[PlanEntry], kept: Iterable[WorkerResource], last: int
) -> Iterator[WorkerResource]:
    """Slots of one writer are in one shard: that of those that stay, or else a further one of the product."""
    entries = {entry.resource.slot: entry for entry in new}
    shard_of: dict[str, int] = {}
    next_shard: dict[CloudProduct, int] = defaultdict(int)
    for worker in kept:
        shard_of[worker.resource.writer] = worker.shard
        next_shard[worker.resource.product] = max(next_shard[worker.resource.product], worker.shard + 1)
    joined = Joined(world)
    for number, (shard, slot) in enumerate(sharded(entry.resource for entry in entries.values()), last + 1):
        entry = entries[slot.slot]
        yield WorkerResource(
            job_id=job.job_id,
            worker_id=number,
            shard=shard_of.get(slot.writer, next_shard[slot.product] + shard),
            resource=slot,
            cert_identifier=entry.cert_identifier,
            uploaded=entry.uploaded,
            chosen_because=entry.reason,
            joined=joined(slot, entry.cert_identifier),
        )
