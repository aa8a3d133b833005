"""Statuses of jobs and workers, in CAS's words, and the steps that are allowed between them."""

from enum import Enum
from typing import Final


class JobStatus(str, Enum):
    EDITING = "editing"
    PENDING = "pending"
    SCHEDULING = "scheduling"
    PROCESSING = "processing"
    SUCCESS = "success"
    ERROR = "error"

    @property
    def final(self) -> bool:
        return not JOB_TRANSITIONS[self]


class WorkerStatus(str, Enum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESS = "success"
    ERROR = "error"
    ROLLBACK = "rollback"
    ROLLBACK_SUCCESS = "rollback_success"
    ROLLBACK_ERROR = "rollback_error"

    @property
    def of_rollback(self) -> bool:
        return self in {
            WorkerStatus.ROLLBACK,
            WorkerStatus.ROLLBACK_SUCCESS,
            WorkerStatus.ROLLBACK_ERROR,
        }

    @property
    def settled(self) -> bool:
        """Nothing is under way, so the job may be closed."""
        return self not in {
            WorkerStatus.PENDING,
            WorkerStatus.PROCESSING,
            WorkerStatus.ROLLBACK,
        }


J = JobStatus
JOB_TRANSITIONS: Final[dict[JobStatus, frozenset[JobStatus]]] = {
    J.EDITING: frozenset({J.PENDING}),
    J.PENDING: frozenset({J.EDITING, J.SCHEDULING}),
    J.SCHEDULING: frozenset({J.SCHEDULING, J.PROCESSING}),  # itself: a run that was cut off
    J.PROCESSING: frozenset({J.SUCCESS, J.ERROR}),
    J.SUCCESS: frozenset(),
    J.ERROR: frozenset(),
}

W = WorkerStatus
WORKER_TRANSITIONS: Final[dict[WorkerStatus, frozenset[WorkerStatus]]] = {
    W.PENDING: frozenset({W.PROCESSING, W.ERROR}),
    W.PROCESSING: frozenset({W.PENDING, W.PROCESSING, W.SUCCESS, W.ERROR}),  # itself: redelivered
    W.SUCCESS: frozenset({W.ROLLBACK}),
    W.ERROR: frozenset({W.PENDING, W.ROLLBACK}),
    W.ROLLBACK: frozenset({W.ROLLBACK, W.ROLLBACK_SUCCESS, W.ROLLBACK_ERROR}),
    W.ROLLBACK_SUCCESS: frozenset(),
    W.ROLLBACK_ERROR: frozenset({W.ROLLBACK}),
}
