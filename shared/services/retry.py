"""Try again what failed in a job, in the same job, by the same loop and with the same fences and rules.

What is asked for is stored with the job first; from then on whoever sees it has the workers wait again. What
a try had begun, the next one goes on with: of a worker nothing is forgotten, and its end is kept beside.
"""

import logging
from contextlib import suppress
from datetime import datetime
from typing import Final

from shared.domain.engines import deployed_directly
from shared.domain.job_requests import RetryDeploymentJob
from shared.domain.jobs import DeploymentJob, FailedTry, RetryAsked, WorkerResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import ConflictError, InvalidRequestError
from shared.services.freezing import check_not_frozen
from shared.services.quota import reserve_again
from shared.services.rollback_plan import chosen_of
from shared.services.waking import wake_runner
from shared.services.world import World

log = logging.getLogger("certdeploy.create")
_KEPT: Final = 5  #: earlier ends of a worker


def retry_job(world: World, request: RetryDeploymentJob) -> DeploymentJob:
    """The job, processing again. While it is, asking again changes nothing.

    Raises:
        InvalidRequestError: it has not ended, nothing that is named failed, or it is being rolled back.
        ConflictError: somebody else has changed it.
        InsufficientQuotaError: not enough is left for it.
    """
    job = world.jobs.get(request.job_id)
    if not (job.status is JobStatus.PROCESSING and job.retries):
        job = _asked(world, job, request)
    job = carry_out(world, job)
    wake_runner(world, job.job_id)
    return job


def carry_out(world: World, job: DeploymentJob) -> DeploymentJob:
    """What is asked for is done, if anything is: the workers wait. However often, and by however many.

    Raises:
        ConflictError: somebody else has changed the job.
    """
    if job.retry is None:
        return job
    now = world.clock()
    for worker in world.workers.list(job.job_id):
        if job.retry.means(worker):
            with suppress(ConflictError):  # somebody else is at it
                world.workers.save(_again(job, worker, now))
    return world.jobs.save(job.evolve(retry=None))


def _asked(world: World, job: DeploymentJob, request: RetryDeploymentJob) -> DeploymentJob:
    if not job.status.final:
        raise InvalidRequestError(f"job {job.job_id} is {job.status.value}: what fails is known at its end")
    workers = list(world.workers.list(job.job_id))
    chosen = chosen_of(job, workers, request.resource_ids, request.products)
    if any(worker.status is WorkerStatus.ROLLBACK for worker in workers):
        raise InvalidRequestError(f"job {job.job_id} is being rolled back; wait until that has ended")
    again = (WorkerStatus.ERROR, WorkerStatus.CANCELLED) if job.halted else (WorkerStatus.ERROR,)
    failed = [worker for worker in chosen if worker.status in again]
    if not failed:
        such = "these slots" if request.resource_ids or request.products else "the slots"
        back = any(worker.status.of_rollback for worker in chosen)
        hint = "; what was rolled back is deployed by another job" if back else ""
        raise InvalidRequestError(
            f"nothing to try again: none of {such} of job {job.job_id} ended in error{hint}"
        )
    check_not_frozen(world, None, allowed=request.during_freeze)
    reserve_again(world, job, deployed_directly(job.engine, failed), end=job.retries + 1)
    world.jobs.open(job)  # before, so that a run finds what is cut off here
    log.info("job is tried again", extra={"job_id": job.job_id, "job": job.name, "workers": len(failed)})
    asked = RetryAsked(
        at=world.clock(),
        halted=bool(job.halted),
        slots=request.resource_ids,
        products=request.products,
    )
    return world.jobs.save(
        job.to(
            JobStatus.PROCESSING,
            retry=asked,
            retries=job.retries + 1,
            cancelled_at=None,
            halted="",
            during_freeze=job.during_freeze or request.during_freeze,
            wave_ended_at=None,
            wave_told=0,
            finished_at=None,
            finish_announced=False,
        )
    )


def _again(job: DeploymentJob, worker: WorkerResource, now: datetime) -> WorkerResource:
    """What was not begun since the job halted is no failed try; its wave may have to wait again."""
    failed = FailedTry(at=worker.finished_at or now, reason=worker.reason)
    halted = worker.status is WorkerStatus.CANCELLED
    return worker.to(
        WorkerStatus.HELD if worker.wave > job.wave else WorkerStatus.PENDING,
        reason="",
        failed_before=worker.failed_before if halted else (*worker.failed_before, failed)[-_KEPT:],
        may_pass=False,
        verification=None,
        attempts=0,
        handed_on=0,
        lease_until=None,
        not_before=None,
        started_at=now,
        finished_at=None,
    )
