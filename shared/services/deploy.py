"""Carry out a product's share of a job: claim, remember, bind, read back, prove, record."""

import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

from shared.domain.certificates import Certificate
from shared.domain.events import WorkersScheduled
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudResource, SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.errors import (
    AppError,
    CloudRejectedError,
    ConflictError,
    InvalidRequestError,
    PlanChangedError,
)
from shared.products.base import ProductAdapter
from shared.services.catalogue import KnownCertificates
from shared.services.run import publish_scheduled
from shared.services.verify import verify
from shared.services.world import World

log = logging.getLogger("certdeploy.deploy")
_SPARE_S = 20.0  #: left for handing on what is not done
_IDLE_S = 1.0
_AFTER_S = 10.0  #: a lease outlasts the function that holds it, which is cut off at its timeout
_FOLLOWED_S = 3.0  #: for a handshake that the next slot of the same listener may be in the way of


class ShardResult(Wire):
    success: int = 0
    error: int = 0
    handed_on: int = 0


def deploy_workers(world: World, event: WorkersScheduled) -> ShardResult:
    """Work on the workers of one product until all are settled or the time is nearly up.

    Slots of one listener or domain are changed one after the other, others side by side. What is
    left when the function's time ends is handed on to the next invocation.
    """
    job = world.jobs.get(event.job_id)
    if job.status not in (JobStatus.SCHEDULING, JobStatus.PROCESSING):
        return ShardResult()
    catalogue = KnownCertificates(world.certificates, world.policy.stores)
    adapter = world.adapter(event.product, world.waiter(spare_s=_SPARE_S), catalogue, job.accept_outage)
    while True:
        now = world.clock()
        workers = list(world.workers.list(event.job_id, event.product))
        waiting = [worker for worker in workers if not worker.status.settled]
        if not waiting or world.left_s() < _SPARE_S:
            break
        ready = [w for w in waiting if not w.leased(now) and (w.not_before or now) <= now]
        if ready:
            _deploy_side_by_side(world, adapter, ready)
        else:
            world.sleep(_IDLE_S)
    if waiting:
        publish_scheduled(world, event.job_id, event.product)
    else:
        payload = f'{{"JobId":{event.job_id}}}'.encode()
        world.functions.invoke("run_deployment_jobs", payload)
    return ShardResult(
        success=sum(worker.status is WorkerStatus.SUCCESS for worker in workers),
        error=sum(worker.status is WorkerStatus.ERROR for worker in workers),
        handed_on=len(waiting),
    )


def _deploy_side_by_side(world: World, adapter: ProductAdapter, workers: list[WorkerResource]) -> None:
    by_writer: dict[str, list[WorkerResource]] = defaultdict(list)
    # The default before the additional ones: it is what clients fall back on.
    for worker in sorted(workers, key=lambda w: (w.resource.role is SlotRole.ADDITIONAL, w.worker_id)):
        by_writer[worker.resource.writer].append(worker)
    with ThreadPoolExecutor(max_workers=world.policy.parallel) as pool:
        done = [
            pool.submit(copy_context().run, _deploy_in_turn, world, adapter, group)
            for group in by_writer.values()
        ]
    for future in done:
        future.result()


def _deploy_in_turn(world: World, adapter: ProductAdapter, workers: list[WorkerResource]) -> None:
    for follow, worker in zip(range(len(workers) - 1, -1, -1), workers, strict=True):
        if world.left_s() < _SPARE_S:
            return
        deploy_worker(world, adapter, worker, followed=follow > 0)


def deploy_worker(
    world: World, adapter: ProductAdapter, worker: WorkerResource, *, followed: bool = False
) -> None:
    """Bring one worker to success or error, or leave it pending for another try. Never raises.

    `followed`: other slots of the same listener are exchanged next. Until then clients may be served
    one of theirs, so the handshake is not waited for long, and is tried again when they are done.
    """
    now = world.clock()
    lease_s = world.left_s() + _AFTER_S
    try:
        worker = world.workers.save(
            worker.to(
                WorkerStatus.PROCESSING,
                attempts=worker.attempts + 1,
                started_at=worker.started_at or now,
                lease_until=now + timedelta(seconds=lease_s),
            )
        )
    except ConflictError:
        return  # another delivery claimed it
    try:
        with world.leases.hold(worker.resource.writer, world.holder, lease_s):
            certificate = _certificate(world, worker)
            worker = _remember_previous(world, adapter, worker, certificate)  # a version of its own
            worker = _deploy(world, adapter, worker, certificate, followed)
    except AppError as error:
        worker = _after(world, worker, error)
    except Exception as error:
        log.exception("worker failed unexpectedly", extra=_facts(worker))
        reason = f"internal error: {type(error).__name__}; see the function's log"
        worker = _ended(world, worker, WorkerStatus.ERROR, reason=reason)
    try:
        world.workers.save(worker)
    except ConflictError:
        log.warning("worker was taken over", extra=_facts(worker))


def _deploy(
    world: World, adapter: ProductAdapter, worker: WorkerResource, certificate: Certificate, followed: bool
) -> WorkerResource:
    resource = worker.resource
    adapter.deploy(resource, certificate)
    waiter = world.waiter(spare_s=_SPARE_S, at_most_s=world.policy.served_within_s)
    bound: list[CloudResource] = []

    def in_service() -> bool:
        if not adapter.settled(resource):
            return False
        now = adapter.successor(resource, certificate)
        if now is not None:
            bound.append(now)
        return now is not None

    waiter.until(in_service, f"{resource.slot} does not show the new certificate yet")
    if followed:
        waiter = world.waiter(spare_s=_SPARE_S, at_most_s=_FOLLOWED_S)
    verification = verify(world, bound[-1], certificate, waiter)
    _update_resource(world, resource, bound[-1], certificate)
    log.info("worker deployed", extra={**_facts(worker), "handshake": verification.handshake.value})
    return _ended(world, worker, WorkerStatus.SUCCESS, verification=verification)


def _certificate(world: World, worker: WorkerResource) -> Certificate:
    certificate = world.certificates.get(worker.cert_identifier).certificate
    if reason := certificate.why_not_deployable(world.clock()):
        raise InvalidRequestError(f"certificate {certificate.identifier}: {reason}")
    return certificate


def _remember_previous(
    world: World, adapter: ProductAdapter, worker: WorkerResource, certificate: Certificate
) -> WorkerResource:
    """Store what is in place before the first write. Refuse if it is not what the plan saw."""
    if adapter.successor(worker.resource, certificate) is not None:
        return worker
    current = adapter.read(worker.resource)
    expected = worker.resource.cert_identifier
    resumed = worker.previous_cert_identifier is not None  # our own change may be half done
    if current is None and not resumed:
        raise CloudRejectedError("read", "NotFound", f"{worker.resource.slot} is gone")
    if current is not None and current.cert_identifier != expected:
        raise PlanChangedError(
            f"{worker.resource.slot} carries {current.cert_identifier or 'no certificate'} by now,"
            f" the plan saw {expected or 'none'}; discover, and create a new job"
        )
    if resumed:
        return worker
    return world.workers.save(worker.model_copy(update={"previous_cert_identifier": expected}))


def _after(world: World, worker: WorkerResource, error: AppError) -> WorkerResource:
    """Another try later where that can help, else the end."""
    now, policy = world.clock(), world.policy
    age_s = (now - (worker.started_at or now)).total_seconds()
    tries_left = worker.attempts < policy.max_attempts and age_s < policy.worker_age_limit_s
    if error.retryable and tries_left:
        pause = min(2.0 ** (worker.attempts - 1), 60.0)
        waited = isinstance(error, ConflictError)  # for another writer: nothing was tried
        return worker.to(
            WorkerStatus.PENDING,
            reason=str(error),
            attempts=worker.attempts - waited,
            lease_until=None,
            not_before=now + timedelta(seconds=pause),
        )
    log.warning("worker ended in error", extra={**_facts(worker), "reason": str(error)})
    return _ended(world, worker, WorkerStatus.ERROR, reason=str(error))


def _ended(world: World, worker: WorkerResource, status: WorkerStatus, **changes: object) -> WorkerResource:
    base: dict[str, object] = {"reason": "", "lease_until": None, "finished_at": world.clock()}
    return worker.to(status, **{**base, **changes})


def _update_resource(
    world: World, before: CloudResource, after: CloudResource, certificate: Certificate
) -> None:
    """Let the table show the slot as it is now. Discovery would do it too, only later."""
    changes: dict[str, object] = {"cert_not_after": certificate.not_after, "https": True}
    if after.domains_of_certificate:
        changes["domains"] = certificate.names
    after = after.model_copy(update=changes)
    world.resources.put(after, world.clock())
    if after.slot != before.slot and (old := world.resources.find(before.slot)):
        try:
            world.resources.remove(old)
        except ConflictError:
            return  # discovery is at it


def _facts(worker: WorkerResource) -> dict[str, object]:
    return {
        "job_id": worker.job_id,
        "worker_id": worker.worker_id,
        "slot": worker.resource.slot,
        "cert_identifier": worker.cert_identifier,
    }
