"""Jobs that wait for somebody: failed ones, as far as nothing has mended it since; drafts; overdue ones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.services.freezing import why_frozen
from shared.services.waves import waits_for_somebody
from shared.services.world import World

_LATE: Final = timedelta(minutes=10)  #: the timer that starts due jobs fires each minute
_WAITING: Final = (JobStatus.PENDING, JobStatus.SCHEDULING)


class Failing(Wire):
    job_id: int
    name: str
    slots: int  #: that are still as they were before the job, or before its rollback
    why: str  #: of the first


def failing(world: World, jobs: Iterable[DeploymentJob]) -> list[Failing]:
    """The latest first. What another job or a person has changed since is no failure any more."""
    found: list[Failing] = []
    for job in sorted(jobs, key=lambda job: job.created_at, reverse=True):
        if job.status.final and (left := _as_before(world, job)):
            first = min(left, key=lambda worker: worker.resource.slot)
            found.append(Failing(job_id=job.job_id, name=job.name, slots=len(left), why=_told(first)))
    return found


def _as_before(world: World, job: DeploymentJob) -> list[WorkerResource]:
    if job.status is JobStatus.SUCCESS and job.rolled_back_at is None:
        return []
    failed = {
        worker.resource.slot: worker
        for worker in world.workers.list(job.job_id)
        if worker.status in (WorkerStatus.ERROR, WorkerStatus.ROLLBACK_ERROR)
    }
    now = world.resources.find_many(failed)
    return [
        failed[slot] for slot, record in now.items() if _still(failed[slot], record.resource.cert_identifier)
    ]


def _still(worker: WorkerResource, in_place: str) -> bool:
    """A change that was cut off may have left nothing in place."""
    back = worker.status is WorkerStatus.ROLLBACK_ERROR
    before = worker.cert_identifier if back else worker.resource.cert_identifier
    return in_place in (before, "")


def _told(worker: WorkerResource) -> str:
    return f"{worker.resource.slot}: {worker.reason or worker.status.value}"


def drafts(jobs: Iterable[DeploymentJob]) -> list[DeploymentJob]:
    """The oldest first."""
    found = [job for job in jobs if job.status is JobStatus.EDITING]
    return sorted(found, key=lambda job: job.created_at)


def waiting_waves(jobs: Iterable[DeploymentJob]) -> list[DeploymentJob]:
    """Jobs whose next wave waits for somebody, the oldest first."""
    return sorted(filter(waits_for_somebody, jobs), key=lambda job: job.created_at)


def overdue(world: World, jobs: Iterable[DeploymentJob]) -> list[DeploymentJob]:
    """Due for a while, and nothing has begun: no function runs, or none may. Freeze windows apart."""
    until = world.clock() - _LATE
    found = [job for job in _due(jobs, until) if not why_frozen(world, job)]
    return sorted(found, key=lambda job: job.schedule_time)


def frozen_jobs(world: World, jobs: Iterable[DeploymentJob]) -> list[DeploymentJob]:
    """Due, and waiting for the end of a freeze window."""
    return [job for job in _due(jobs, world.clock()) if why_frozen(world, job)]


def _due(jobs: Iterable[DeploymentJob], until: datetime) -> list[DeploymentJob]:
    return [job for job in jobs if job.status in _WAITING and job.may_begin_at <= until]
