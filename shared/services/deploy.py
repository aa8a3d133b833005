"""Carry out a product's share of a job: claim, remember, bind, read back, prove, record."""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from shared.domain.certificates import Certificate
from shared.domain.events import WorkersScheduled
from shared.domain.jobs import Verification, WorkerResource
from shared.domain.resources import SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.errors import CloudRejectedError, InvalidRequestError, PlanChangedError
from shared.products.kit.base import ProductAdapter
from shared.services.attempts import (
    SPARE_S,
    Attempt,
    attempt,
    in_service,
    patience,
    proved,
    update_resource,
)
from shared.services.catalogue import KnownCertificates
from shared.services.rollback import roll_back_worker
from shared.services.run import publish_scheduled
from shared.services.world import World

_IDLE_S = 1.0


class ShardResult(Wire):
    success: int = 0
    error: int = 0
    rollback_success: int = 0
    rollback_error: int = 0
    handed_on: int = 0


def deploy_workers(world: World, event: WorkersScheduled) -> ShardResult:
    """Work on the workers of one product until all are settled or the time is nearly up.

    Those of a job that is processed are deployed; those that wait for it after its end, rolled back.
    Slots of one listener or domain are changed one after the other, others side by side. What is
    left when the function's time ends is handed on to the next invocation.
    """
    job = world.jobs.get(event.job_id)
    if job.status in (JobStatus.EDITING, JobStatus.PENDING):
        return ShardResult()
    catalogue = KnownCertificates(world.certificates, world.policy.stores)
    adapter = world.adapter(event.product, world.waiter(spare_s=SPARE_S), catalogue, job.accept_outage)
    while True:
        now = world.clock()
        workers = list(world.workers.list(event.job_id, event.product))
        waiting = [worker for worker in workers if not worker.status.settled]
        if not waiting or world.left_s() < SPARE_S:
            break
        ready = [w for w in waiting if not w.leased(now) and (w.not_before or now) <= now]
        if ready:
            _side_by_side(world, adapter, ready)
        else:
            world.sleep(_IDLE_S)
    if waiting:
        publish_scheduled(world, event.job_id, event.product)
    else:
        payload = f'{{"JobId":{event.job_id}}}'.encode()
        world.functions.invoke("run_deployment_jobs", payload)
    ended = Counter(worker.status for worker in workers)
    return ShardResult(
        success=ended[WorkerStatus.SUCCESS],
        error=ended[WorkerStatus.ERROR],
        rollback_success=ended[WorkerStatus.ROLLBACK_SUCCESS],
        rollback_error=ended[WorkerStatus.ROLLBACK_ERROR],
        handed_on=len(waiting),
    )


def _side_by_side(world: World, adapter: ProductAdapter, workers: list[WorkerResource]) -> None:
    by_writer: dict[str, list[WorkerResource]] = defaultdict(list)
    # The default before the additional ones: it is what clients fall back on.
    for worker in sorted(workers, key=lambda w: (w.resource.role is SlotRole.ADDITIONAL, w.worker_id)):
        by_writer[worker.resource.writer].append(worker)
    with ThreadPoolExecutor(max_workers=world.policy.parallel) as pool:
        done = [
            pool.submit(copy_context().run, _in_turn, world, adapter, group) for group in by_writer.values()
        ]
    for future in done:
        future.result()


def _in_turn(world: World, adapter: ProductAdapter, workers: list[WorkerResource]) -> None:
    for place, worker in enumerate(workers, start=1):
        if world.left_s() < SPARE_S:
            return
        bring = roll_back_worker if worker.status is WorkerStatus.ROLLBACK else deploy_worker
        bring(world, adapter, worker, followed=place < len(workers))


def deploy_worker(world: World, adapter: ProductAdapter, worker: WorkerResource, *, followed: bool) -> None:
    """Bring one worker to success or error, or leave it pending for another try. Never raises.

    `followed`: see `proved`.
    """
    attempt(world, worker, lambda made: _deploy(world, adapter, made, followed))


def _deploy(world: World, adapter: ProductAdapter, made: Attempt, followed: bool) -> Verification:
    certificate, resource = _certificate(world, made.worker), made.worker.resource
    _remember_previous(adapter, made, certificate)
    adapter.deploy(resource, certificate)
    waiter = patience(world)
    bound = in_service(adapter, resource, certificate, waiter)
    verification = proved(world, bound, certificate, waiter, followed=followed)
    update_resource(world, resource, bound, certificate)
    return verification


def _certificate(world: World, worker: WorkerResource) -> Certificate:
    certificate = world.certificates.get(worker.cert_identifier).certificate
    if reason := certificate.why_not_deployable(world.clock()):
        raise InvalidRequestError(f"certificate {certificate.identifier}: {reason}")
    return certificate


def _remember_previous(adapter: ProductAdapter, made: Attempt, certificate: Certificate) -> None:
    """Store what is in place before the first write. Refuse if it is not what the plan saw."""
    worker = made.worker
    if adapter.successor(worker.resource, certificate) is not None:
        return
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
    if not resumed:
        made.remember(previous_cert_identifier=expected)
