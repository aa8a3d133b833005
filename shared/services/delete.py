"""Delete jobs for good: the job, its workers, its place among the open ones. What it deployed stays.

A mark on the job comes first: from then on it is none, and whoever is cut off here, the next run goes on. Its
row stays with its id and its token, so that a late delivery of the request makes no second job.
"""

import logging
from datetime import datetime
from typing import Final

from shared.domain.job_requests import DeleteDeploymentJobs
from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import AppError, ConflictError, InvalidRequestError
from shared.services.quota import settle
from shared.services.storing import undo
from shared.services.world import World

log = logging.getLogger("certdeploy.create")
_RUNNING: Final = (JobStatus.SCHEDULING, JobStatus.PROCESSING)


class Deleted(Wire):
    """What became of one: `reason` and `code` of an error say why it was not deleted."""

    job_id: int
    deleted: bool
    reason: str = ""
    code: str = ""


def delete_jobs(world: World, request: DeleteDeploymentJobs) -> tuple[Deleted, ...]:
    """One after the other: one that cannot be deleted does not keep the others."""
    return tuple(_deleted(world, job_id) for job_id in dict.fromkeys(request.job_ids))


def _deleted(world: World, job_id: int) -> Deleted:
    try:
        _delete(world, world.jobs.get(job_id))
    except AppError as error:
        return Deleted(job_id=job_id, deleted=False, reason=str(error), code=error.code)
    return Deleted(job_id=job_id, deleted=True)


def _delete(world: World, job: DeploymentJob) -> None:
    """Raises ConflictError, or InvalidRequestError: it is not to be deleted now."""
    now = world.clock()
    _check(world, job, now)
    settle(world, job)  # by its workers, which go
    marked = world.jobs.mark_deleted(
        job.evolve(name="", contact_ids=(), deleted_at=now, undone=True, storing_until=now)
    )
    try:
        _check(world, job, now)  # a rollback may have been asked for since
    except InvalidRequestError:
        world.jobs.save(job.evolve(version=marked.version))
        world.jobs.settled(marked)
        raise
    undo(world, marked)
    log.info("job was deleted", extra={"job_id": job.job_id, "job": job.name})


def _check(world: World, job: DeploymentJob, now: datetime) -> None:
    if job.status in _RUNNING or (job.cancelled_at is not None and not job.status.final):
        raise InvalidRequestError(
            f"job {job.job_id} is {job.status.value}: cancel it, and delete it when it has ended"
        )
    if job.changing(now):
        raise ConflictError("DeploymentJob", job.job_id)
    if job.status.final and any(not one.status.settled for one in world.workers.list(job.job_id)):
        raise InvalidRequestError(f"job {job.job_id} is being rolled back; delete it when that has ended")
