"""Statuses of jobs and workers, in CAS's words, and the steps that are allowed between them."""

from collections.abc import Mapping, Set
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
    SUPERSEDED = "superseded"  #: ours, not CAS's: a newer certificate or a policy came first: no error
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
JOB_TRANSITIONS: Final[Mapping[JobStatus, Set[JobStatus]]] = {
    J.EDITING: {J.PENDING},
    J.PENDING: {J.EDITING, J.SCHEDULING},
    J.SCHEDULING: {J.SCHEDULING, J.PROCESSING},  # itself: a run that was cut off
    J.PROCESSING: {J.SUCCESS, J.ERROR},
    J.SUCCESS: set(),
    J.ERROR: set(),
}

W = WorkerStatus
WORKER_TRANSITIONS: Final[Mapping[WorkerStatus, Set[WorkerStatus]]] = {
    W.PENDING: {W.PROCESSING, W.ERROR},
    W.PROCESSING: {W.PENDING, W.PROCESSING, W.SUCCESS, W.ERROR, W.SUPERSEDED},  # itself: redelivered
    W.SUPERSEDED: set(),
    W.SUCCESS: {W.ROLLBACK},
    W.ERROR: {W.PENDING, W.ROLLBACK},
    W.ROLLBACK: {W.ROLLBACK, W.ROLLBACK_SUCCESS, W.ROLLBACK_ERROR},
    W.ROLLBACK_SUCCESS: set(),
    W.ROLLBACK_ERROR: {W.ROLLBACK},
}
