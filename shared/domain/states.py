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
    CANCELLED = "cancelled"  #: ours, not CAS's, which knows no end of a job that was stopped

    @property
    def final(self) -> bool:
        return self in {JobStatus.SUCCESS, JobStatus.ERROR, JobStatus.CANCELLED}


class WorkerStatus(str, Enum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESS = "success"
    ERROR = "error"
    SUPERSEDED = "superseded"  #: ours, not CAS's: a newer certificate or a policy came first: no error
    CANCELLED = "cancelled"  #: ours, not CAS's: its job was stopped before it wrote anything
    HELD = "held"  #: ours, not CAS's: of a wave that has not begun
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
        """Nothing is under way or to come, so the job may be closed."""
        return self not in {
            WorkerStatus.HELD,
            WorkerStatus.PENDING,
            WorkerStatus.PROCESSING,
            WorkerStatus.ROLLBACK,
        }


J = JobStatus
JOB_TRANSITIONS: Final[Mapping[JobStatus, Set[JobStatus]]] = {
    J.EDITING: {J.PENDING, J.CANCELLED},  # a draft that is declined
    J.PENDING: {J.EDITING, J.SCHEDULING, J.CANCELLED},
    J.SCHEDULING: {J.SCHEDULING, J.PROCESSING, J.CANCELLED},  # itself: a run that was cut off
    J.PROCESSING: {J.SUCCESS, J.ERROR, J.CANCELLED},  # the last, if a slot was not begun for it
    J.SUCCESS: set(),
    J.ERROR: {J.PROCESSING},  # what failed is tried again, as somebody asks
    J.CANCELLED: {J.PROCESSING},  # likewise; what was cancelled stays so
}

W = WorkerStatus
WORKER_TRANSITIONS: Final[Mapping[WorkerStatus, Set[WorkerStatus]]] = {
    W.PENDING: {W.PROCESSING, W.ERROR, W.CANCELLED},
    # Itself: redelivered. Cancelled: its function died before it wrote anything.
    W.PROCESSING: {W.PENDING, W.PROCESSING, W.SUCCESS, W.ERROR, W.SUPERSEDED, W.CANCELLED},
    W.SUPERSEDED: set(),
    W.CANCELLED: {W.PENDING, W.HELD},  # of a job that halted, which is tried again
    W.HELD: {W.PENDING, W.CANCELLED},
    W.SUCCESS: {W.ROLLBACK},
    W.ERROR: {W.PENDING, W.ROLLBACK},
    W.ROLLBACK: {W.ROLLBACK, W.ROLLBACK_SUCCESS, W.ROLLBACK_ERROR},
    W.ROLLBACK_SUCCESS: set(),
    W.ROLLBACK_ERROR: {W.ROLLBACK},
}
