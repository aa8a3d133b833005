"""The statuses that a worker goes through, deployed or rolled back, and how an attempt at it ends."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shared.cloud.pacing import PACED
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.errors import AppError, CloudThrottledError, ConflictError, NotYetEffectiveError
from shared.products.kit.waiting import LONGEST_PAUSE_S
from shared.services.world import World

log = logging.getLogger("certdeploy.deploy")
_TRIES_APART_S: Final = 60.0  #: at most
SPARE_S: Final = 20.0  #: of the function's time, left for handing on what is not done


@dataclass(frozen=True)
class Lifecycle:
    """The statuses of one kind of work, in the worker's table of transitions."""

    waiting: WorkerStatus
    under_way: WorkerStatus
    success: WorkerStatus
    error: WorkerStatus
    succeeded: str  #: said in the log
    failed: str


DEPLOYMENT: Final = Lifecycle(
    waiting=WorkerStatus.PENDING,
    under_way=WorkerStatus.PROCESSING,
    success=WorkerStatus.SUCCESS,
    error=WorkerStatus.ERROR,
    succeeded="worker deployed",
    failed="worker ended in error",
)
ROLLBACK: Final = Lifecycle(
    waiting=WorkerStatus.ROLLBACK,
    under_way=WorkerStatus.ROLLBACK,
    success=WorkerStatus.ROLLBACK_SUCCESS,
    error=WorkerStatus.ROLLBACK_ERROR,
    succeeded="worker rolled back",
    failed="rollback of a worker ended in error",
)


def lifecycle_of(worker: WorkerResource) -> Lifecycle:
    return ROLLBACK if worker.status.of_rollback else DEPLOYMENT


def claimed(world: World, worker: WorkerResource, lease_s: float) -> WorkerResource:
    """In this invocation's hands for another attempt.

    Raises:
        ConflictError: another delivery has it.
    """
    now = world.clock()
    return world.workers.save(
        worker.to(
            lifecycle_of(worker).under_way,
            attempts=worker.attempts + 1,
            started_at=worker.started_at or now,
            lease_until=now + timedelta(seconds=lease_s),
        )
    )


def after_failure(world: World, worker: WorkerResource, error: AppError) -> WorkerResource:
    """Another try later where that can help, else the end: a cloud that is out of order is waited for.

    What was no failed try is not counted: another writer's turn, a turn at the API that comes after this
    function's end, a change that the product may still show in time.
    """
    now, policy, life = world.clock(), world.policy, lifecycle_of(worker)
    assert worker.started_at is not None, "it was claimed"
    age_s = (now - worker.started_at).total_seconds()
    paced = isinstance(error, CloudThrottledError) and error.cloud_code == PACED
    cut_short = world.left_s() < SPARE_S + LONGEST_PAUSE_S and age_s < policy.served_within_s
    late = cut_short and isinstance(error, NotYetEffectiveError)
    attempts = worker.attempts - isinstance(error, ConflictError)  # nothing was begun
    handed_on = worker.handed_on + (paced or late)
    tries = attempts - handed_on
    young = age_s < policy.worker_age_limit_s or tries < policy.least_attempts
    if error.retryable and young:
        pause = min(2.0 ** max(0, worker.attempts - 1 - handed_on), _TRIES_APART_S)
        if paced:  # by then there is another function, or more time than was thought
            pause = min(world.left_s(), _TRIES_APART_S)
        return worker.to(
            life.waiting,
            reason=str(error),
            attempts=attempts,
            handed_on=handed_on,
            lease_until=None,
            not_before=now + timedelta(seconds=pause),
        )
    log.warning(life.failed, extra={**facts(worker), **took(world, worker), "reason": str(error)})
    return ended(world, worker, life.error, reason=str(error), may_pass=error.may_pass)


def ended(world: World, worker: WorkerResource, status: WorkerStatus, **changes: Any) -> WorkerResource:
    base: dict[str, Any] = {"reason": "", "lease_until": None, "finished_at": world.clock()}
    return worker.to(status, **{**base, **changes})


def took(world: World, worker: WorkerResource) -> dict[str, object]:
    """For the log: how long it was under way."""
    return (
        {"took_s": round((world.clock() - worker.started_at).total_seconds(), 3)} if worker.started_at else {}
    )


def facts(worker: WorkerResource) -> dict[str, object]:
    """For the log."""
    return {
        "job_id": worker.job_id,
        "worker_id": worker.worker_id,
        "product": worker.resource.product.value,
        "slot": worker.resource.slot,
        "cert_identifier": worker.cert_identifier,
    }
