"""What has become of a job, in words: its status, or what a rollback has made of that since."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.domain.jobs import DeploymentJob
from shared.domain.states import WorkerStatus
from shared.services.world import World

ROLLING_BACK: Final = "rolling back"


class ListedJob(DeploymentJob):
    outcome: str  #: as `job show` tells it


def outcome_of(job: DeploymentJob, counts: Mapping[WorkerStatus, int]) -> str:
    """`counts`: of its workers, by status. CAS's status of a job stays as it ended, whatever is put back."""
    back, failed, left = (
        counts.get(one, 0)
        for one in (WorkerStatus.ROLLBACK_SUCCESS, WorkerStatus.ROLLBACK_ERROR, WorkerStatus.ROLLBACK)
    )
    if left:
        return f"{ROLLING_BACK} {back + failed}/{back + failed + left}"
    if failed:
        return "rollback failed"
    if back:
        return "partly rolled back" if counts.get(WorkerStatus.SUCCESS) else "rolled back"
    return job.status.value


def listed(world: World, jobs: Iterable[DeploymentJob]) -> tuple[ListedJob, ...]:
    """Workers are counted only of jobs that have ended and are open again; of others the job tells enough."""
    jobs = list(jobs)
    under_way = dict(_open_again(world, jobs))
    return tuple(
        ListedJob.model_construct(**{**vars(job), **(job.model_extra or {})}, outcome=told)
        for job in jobs
        for told in [under_way.get(job.job_id) or _at_the_end(job)]
    )


def rolling_back(world: World, jobs: Iterable[DeploymentJob]) -> list[ListedJob]:
    """Of these those with slots whose rollback has not ended, the oldest first."""
    ended = (job for job in jobs if job.status.final)
    found = [job for job in listed(world, ended) if job.outcome.startswith(ROLLING_BACK)]
    return sorted(found, key=lambda job: job.created_at)


def _open_again(world: World, jobs: Iterable[DeploymentJob]) -> Iterator[tuple[int, str]]:
    """By id, what becomes of those that have ended and have work left."""
    if not (ended := [job for job in jobs if job.status.final]):
        return
    with_work = set(world.jobs.due(world.clock()))
    for job in ended:
        if job.job_id in with_work:
            yield job.job_id, outcome_of(job, world.workers.statuses(job.job_id))


def _at_the_end(job: DeploymentJob) -> str:
    """By the job alone, as of the end of its last rollback."""
    if job.rollback_error_count:
        return "rollback failed"
    if not job.rolled_back_count:
        return job.status.value
    return "rolled back" if job.rolled_back_count >= job.success_count else "partly rolled back"
