"""What has become of a job, in words: its status, or what a rollback has made of that since."""

from collections.abc import Mapping

from shared.domain.jobs import DeploymentJob
from shared.domain.states import WorkerStatus


def outcome_of(job: DeploymentJob, counts: Mapping[WorkerStatus, int]) -> str:
    """`counts`: of its workers, by status. CAS's status of a job stays as it ended, whatever is put back."""
    back, failed = (
        counts.get(one, 0) for one in (WorkerStatus.ROLLBACK_SUCCESS, WorkerStatus.ROLLBACK_ERROR)
    )
    if counts.get(WorkerStatus.ROLLBACK):
        return "being rolled back"
    if failed:
        return "rollback failed"
    if back:
        return "partly rolled back" if counts.get(WorkerStatus.SUCCESS) else "rolled back"
    return job.status.value


def outcome_in_lists(job: DeploymentJob) -> str:
    """By the job alone, as of the end of its last rollback."""
    if job.rollback_error_count:
        return "rollback failed"
    if not job.rolled_back_count:
        return job.status.value
    return "rolled back" if job.rolled_back_count >= job.success_count else "partly rolled back"
