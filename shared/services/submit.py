"""Submit a draft: exactly what was shown and approved, by its digest, or nothing."""

from collections.abc import Sequence
from typing import Final

from shared.domain.job_requests import DiffDeploymentJob, SubmitDeploymentJob
from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus
from shared.errors import ConflictError, InvalidRequestError, InvalidTransitionError, PlanChangedError
from shared.services.approval import check_approval, who_asks
from shared.services.freezing import check_not_frozen
from shared.services.moved import Moved, moved, plan_of
from shared.services.placing import well_placed
from shared.services.storing import submitted
from shared.services.world import World

_TOLD: Final = 5  #: of what has moved, in one message
_NOT_BEGUN: Final = (JobStatus.EDITING, JobStatus.PENDING)


def submit_job(world: World, request: SubmitDeploymentJob) -> DeploymentJob:
    """The job, pending. One that somebody else has submitted is returned as it is.

    Raises:
        InvalidTransitionError: somebody has cancelled it.
        PlanChangedError: it was edited since it was shown, or the world has moved since it was drafted.
        ConflictError: somebody else is changing it.
        ApprovalRequiredError: another person is to submit it.
    """
    job = world.jobs.get(request.job_id)
    if job.plan_digest != request.digest:
        raise PlanChangedError(
            f"the digest of job {job.job_id} is {job.plan_digest}, not {request.digest}: it was edited"
            " since; look at it again (`certdeploy job show`), and approve what it shows"
        )
    if job.status is JobStatus.CANCELLED:
        raise InvalidTransitionError("DeploymentJob", job.job_id, job.status.value, JobStatus.PENDING.value)
    if job.status is not JobStatus.EDITING:
        return job
    if job.changing(world.clock()):
        raise ConflictError("DeploymentJob", job.job_id)
    allowed = request.during_freeze or job.during_freeze
    check_not_frozen(world, max(job.schedule_time, world.clock()), allowed=allowed)
    blocking = [one for one in moved(world, job) if one.blocks]
    if blocking:
        raise PlanChangedError(
            f"the world has moved since job {job.job_id} was drafted: {_told(blocking)}; `certdeploy job diff"
            f" {job.job_id}` shows all, `certdeploy job edit {job.job_id} --renew` plans anew"
        )
    workers = list(world.workers.list(job.job_id))
    plan = plan_of(job, workers)
    if plan.waves and plan.evolve(waves=None).digest == job.plan_digest:
        raise PlanChangedError(
            f"job {job.job_id} was drafted by an earlier version, whose digest does not cover its waves;"
            f" `certdeploy job edit {job.job_id} --renew` gives it one that does, to be approved anew"
        )
    if plan.digest != job.plan_digest or not well_placed(workers, job.waves):
        raise PlanChangedError(
            f"the workers of job {job.job_id} are not those of its plan: an edit was cut off;"
            f" `certdeploy job edit {job.job_id} --renew` plans anew"
        )
    who = who_asks(world, request.by)
    check_approval(world, job, workers, who)
    job = job.evolve(submitted_by=who, during_freeze=allowed)
    return submitted(world, job.evolve(changing_until=None))  # an edit that was cut off had changed nothing


def diff_job(world: World, request: DiffDeploymentJob) -> tuple[DeploymentJob, tuple[Moved, ...]]:
    """Raises InvalidRequestError: the job has begun, or has ended."""
    job = world.jobs.get(request.job_id)
    if job.status not in _NOT_BEGUN:
        raise InvalidRequestError(
            f"job {job.job_id} is {job.status.value}: there is no difference to a plan that was begun;"
            f" `certdeploy job show {job.job_id}` tells what became of it"
        )
    return job, moved(world, job)


def _told(found: Sequence[Moved]) -> str:
    some = "; ".join(f"{one.slot}: {one.text}" for one in found[:_TOLD])
    return some if len(found) <= _TOLD else f"{some}; and {len(found) - _TOLD} more"
