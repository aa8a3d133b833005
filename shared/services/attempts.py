"""One attempt at a worker, to deploy or to roll back: claim it, do the work, end it or leave it for later.

What the two have in common is here, also how a change is seen through: settled, read back, proved.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shared.domain.certificates import Certificate
from shared.domain.jobs import Verification, WorkerResource
from shared.domain.resources import CloudResource
from shared.domain.states import WorkerStatus
from shared.errors import AppError, ConflictError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.waiting import Waiter
from shared.services.verify import verify
from shared.services.world import World

log = logging.getLogger("certdeploy.deploy")
SPARE_S: Final = 20.0  #: of the function's time, left for handing on what is not done
_AFTER_S = 10.0  #: a lease outlasts the function that holds it, which is cut off at its timeout
_FOLLOWED_S = 3.0  #: for a handshake that the next slot of the same listener may be in the way of


@dataclass(frozen=True)
class Course:
    """The statuses that one kind of work goes through, in the worker's table of transitions."""

    waiting: WorkerStatus
    under_way: WorkerStatus
    success: WorkerStatus
    error: WorkerStatus
    succeeded: str  #: said in the log
    failed: str


DEPLOYMENT: Final = Course(
    waiting=WorkerStatus.PENDING,
    under_way=WorkerStatus.PROCESSING,
    success=WorkerStatus.SUCCESS,
    error=WorkerStatus.ERROR,
    succeeded="worker deployed",
    failed="worker ended in error",
)
ROLLBACK: Final = Course(
    waiting=WorkerStatus.ROLLBACK,
    under_way=WorkerStatus.ROLLBACK,
    success=WorkerStatus.ROLLBACK_SUCCESS,
    error=WorkerStatus.ROLLBACK_ERROR,
    succeeded="worker rolled back",
    failed="rollback of a worker ended in error",
)


def course_of(worker: WorkerResource) -> Course:
    return ROLLBACK if worker.status.of_rollback else DEPLOYMENT


class Attempt:
    """A worker in this invocation's hands, as it is stored."""

    def __init__(self, world: World, worker: WorkerResource) -> None:
        self._world = world
        self.worker = worker

    def remember(self, **changes: Any) -> None:
        """Store what the next attempt needs to know if this one is cut off.

        Raises:
            ConflictError: another invocation has taken the worker over.
        """
        self.worker = self._world.workers.save(self.worker.evolve(**changes))


def attempt(world: World, worker: WorkerResource, work: Callable[[Attempt], Verification]) -> None:
    """Bring a worker to the end of its course, or leave it waiting for another try. Never raises."""
    now, course = world.clock(), course_of(worker)
    lease_s = world.left_s() + _AFTER_S
    try:
        claimed = world.workers.save(
            worker.to(
                course.under_way,
                attempts=worker.attempts + 1,
                started_at=worker.started_at or now,
                lease_until=now + timedelta(seconds=lease_s),
            )
        )
    except ConflictError:
        return  # another delivery claimed it
    made = Attempt(world, claimed)
    try:
        with world.leases.hold(worker.resource.writer, world.holder, lease_s):
            verification = work(made)
        extra = {**_facts(claimed), "handshake": verification.handshake.value}
        log.info(course.succeeded, extra=extra)
        done = _ended(world, made.worker, course.success, verification=verification)
    except AppError as error:
        done = _after(world, made.worker, course, error)
    except Exception as error:
        log.exception("worker failed unexpectedly", extra=_facts(claimed))
        reason = f"internal error: {type(error).__name__}; see the function's log"
        done = _ended(world, made.worker, course.error, reason=reason)
    try:
        world.workers.save(done)
    except ConflictError:
        log.warning("worker was taken over", extra=_facts(claimed))


def patience(world: World) -> Waiter:
    """For a change to be shown and served."""
    return world.waiter(spare_s=SPARE_S, at_most_s=world.policy.served_within_s)


def carrying(
    adapter: ProductAdapter, resource: CloudResource, certificate: Certificate | None
) -> CloudResource | None:
    """The slot in the place of `resource`, if it carries `certificate`, or none, by now."""
    if certificate is not None:
        return adapter.successor(resource, certificate)
    now = adapter.read(resource)
    return now if now is not None and not now.cert_identifier else None


def in_service(
    adapter: ProductAdapter, resource: CloudResource, certificate: Certificate | None, waiter: Waiter
) -> CloudResource:
    """As `carrying`, once the product has settled.

    Raises:
        NotYetEffectiveError: it did not come to that in time.
    """
    bound: list[CloudResource] = []

    def shown() -> bool:
        now = carrying(adapter, resource, certificate) if adapter.settled(resource) else None
        if now is not None:
            bound.append(now)
        return now is not None

    wanted = certificate.identifier if certificate else "that it has no certificate"
    waiter.until(shown, f"{resource.slot} does not show {wanted} yet")
    return bound[-1]


def proved(
    world: World, bound: CloudResource, certificate: Certificate, waiter: Waiter, *, followed: bool
) -> Verification:
    """Clients are served `certificate`, as far as they can be asked.

    `followed`: other slots of the same listener are exchanged next. Until then clients may be served
    one of theirs, so the handshake is not waited for long, and is tried again when they are done.
    """
    if followed:
        waiter = world.waiter(spare_s=SPARE_S, at_most_s=_FOLLOWED_S)
    return verify(world, bound, certificate, waiter)


def update_resource(
    world: World, before: CloudResource, after: CloudResource, certificate: Certificate | None
) -> None:
    """Let the table show the slot as it is now. Discovery would do it too, only later."""
    if certificate is not None:
        changes: dict[str, Any] = {"cert_not_after": certificate.not_after}
        if after.domains_of_certificate:
            changes["domains"] = certificate.names
        after = after.evolve(**changes)
    world.resources.put(after, world.clock())
    if after.slot != before.slot and (old := world.resources.find(before.slot)):
        with suppress(ConflictError):  # discovery is at it
            world.resources.remove(old)


def _after(world: World, worker: WorkerResource, course: Course, error: AppError) -> WorkerResource:
    """Another try later where that can help, else the end."""
    now, policy = world.clock(), world.policy
    assert worker.started_at is not None, "it was claimed"
    age_s = (now - worker.started_at).total_seconds()
    waited = isinstance(error, ConflictError)  # for another writer: nothing was tried
    tries = worker.attempts - waited
    if error.retryable and tries < policy.max_attempts and age_s < policy.worker_age_limit_s:
        pause = min(2.0 ** (worker.attempts - 1), 60.0)
        return worker.to(
            course.waiting,
            reason=str(error),
            attempts=tries,
            lease_until=None,
            not_before=now + timedelta(seconds=pause),
        )
    log.warning(course.failed, extra={**_facts(worker), "reason": str(error)})
    return _ended(world, worker, course.error, reason=str(error))


def _ended(world: World, worker: WorkerResource, status: WorkerStatus, **changes: Any) -> WorkerResource:
    base: dict[str, Any] = {"reason": "", "lease_until": None, "finished_at": world.clock()}
    return worker.to(status, **{**base, **changes})


def _facts(worker: WorkerResource) -> dict[str, object]:
    return {
        "job_id": worker.job_id,
        "worker_id": worker.worker_id,
        "slot": worker.resource.slot,
        "cert_identifier": worker.cert_identifier,
    }
