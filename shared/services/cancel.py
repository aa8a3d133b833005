"""Stop a job: what writes to its slot goes on to its end, the rest is not begun.

A mark on the job comes first; from then on whoever sees it stops what waits: who asked for it, each run of
jobs, each function that takes up a shard. So it may be cut off anywhere, and be asked for twice.
"""

import logging
from contextlib import suppress
from typing import Final

from shared.domain.job_requests import CancelDeploymentJob
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import ConflictError, InvalidTransitionError
from shared.services.lifecycle import ended
from shared.services.quota import settle
from shared.services.seen import closed, seen_of
from shared.services.waking import wake_runner
from shared.services.world import World

log = logging.getLogger("certdeploy.create")
REASON: Final = "the job was cancelled before anything was written here"
_TRIES: Final = 20  #: a run may be writing the job at the same time


def cancel_job(world: World, request: CancelDeploymentJob) -> DeploymentJob:
    """The job: at its end if nothing of it is under way, else marked, so that the runs bring it there.

    Raises:
        InvalidTransitionError: it has ended in another way.
        ConflictError: it is being edited right now.
    """
    job = _marked(world, request.job_id)
    if not job.status.final:
        cancel_waiting(world, job)
        seen = seen_of(world, job)
        if not seen.unsettled:
            with suppress(ConflictError):  # a run has closed it
                settle(world, world.jobs.save(closed(job, seen, world.clock())))
    wake_runner(world, job.job_id)  # which tells its end, too
    return world.jobs.get(job.job_id)


def cancel_waiting(
    world: World, job: DeploymentJob, product: CloudProduct | None = None, shard: int | None = None
) -> None:
    """Of a job that is marked, or has halted. A worker that is claimed at the same moment goes on."""
    for worker in world.workers.list(job.job_id, product, shard):
        if _waits(world, worker):
            with suppress(ConflictError):
                world.workers.save(ended(world, worker, WorkerStatus.CANCELLED, reason=_reason(job)))


def _reason(job: DeploymentJob) -> str:
    if job.cancelled_at is not None:
        return REASON
    if job.halted:
        return f"the job halted before anything was written here: {job.halted}"
    return "the job ended before its wave began"  # an earlier version, which knows none, ended it


def _waits(world: World, worker: WorkerResource) -> bool:
    """Before the first write what is in place is stored. One whose function died before that waits, too."""
    written = worker.previous_cert_identifier is not None or worker.half_made
    begun = worker.status is WorkerStatus.PROCESSING and worker.leased(world.clock())
    stoppable = (WorkerStatus.HELD, WorkerStatus.PENDING, WorkerStatus.PROCESSING)
    return worker.status in stoppable and not (written or begun)


def _marked(world: World, job_id: int) -> DeploymentJob:
    for _ in range(_TRIES):
        job = world.jobs.get(job_id)
        if job.status is JobStatus.CANCELLED or (job.cancelled_at is not None and not job.status.final):
            return job
        if job.status.final:
            raise InvalidTransitionError("DeploymentJob", job_id, job.status.value, "cancelled")
        if job.changing(world.clock()):
            break
        world.jobs.open(job)  # before, so that a run finds what is cut off here
        with suppress(ConflictError):
            job = world.jobs.save(job.evolve(cancelled_at=world.clock()))
            log.info("job was cancelled", extra={"job_id": job_id, "job": job.name})
            return job
    raise ConflictError("DeploymentJob", job_id)
