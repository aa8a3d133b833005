"""Give slots back what they carried before a finished job: asked for by a person, done by the products.

A worker to be rolled back goes the way of one to be deployed: handed out by the runs, claimed, tried
again, given up in the end. The job's own status and counts stay; its workers tell what became of them.
"""

from contextlib import suppress

from shared.domain.certificates import Certificate
from shared.domain.jobs import Handshake, Verification, WorkerResource
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.resources import CloudResource
from shared.domain.states import WorkerStatus
from shared.errors import ConflictError, InvalidRequestError, PlanChangedError
from shared.products.kit.base import ProductAdapter
from shared.products.kit.waiting import Waiter
from shared.services.attempts import Attempt, attempt, carrying, in_service, patience, proved, update_resource
from shared.services.rollback_plan import (
    RollbackAction,
    RollbackPlan,
    certificate_before,
    plan_rollback,
    why_not,
)
from shared.services.world import World


def roll_back_job(world: World, request: RollBackDeploymentJob) -> RollbackPlan:
    """Mark the workers and wake the runner; the plan that was followed. Asking again changes nothing.

    What cannot be put back is marked too, and ends in `rollback_error` with the reason.

    Raises:
        As `plan_rollback`.
    """
    plan = plan_rollback(world, request)
    if not any(e.action is not RollbackAction.LEAVE or not e.worker.status.settled for e in plan.entries):
        return plan
    world.jobs.open(plan.job)  # before, so that a cut between leaves no worker that nobody looks for
    marked = [entry.worker for entry in plan.of(RollbackAction.RESTORE, RollbackAction.CANNOT)]
    for worker in marked:
        with suppress(ConflictError):  # somebody else asked for it at the same time
            world.workers.save(
                worker.to(
                    WorkerStatus.ROLLBACK,
                    reason="",
                    verification=None,
                    attempts=0,
                    started_at=world.clock(),
                    finished_at=None,
                )
            )
    world.jobs.open(plan.job)  # after, so that a run that looked between does not close it
    world.functions.invoke("run_deployment_jobs", f'{{"JobId":{plan.job.job_id}}}'.encode())
    return plan


def roll_back_worker(
    world: World, adapter: ProductAdapter, worker: WorkerResource, *, followed: bool
) -> None:
    """Bring one worker to rollback_success or rollback_error, or leave it for another try. Never raises.

    `followed`: see `proved`.
    """
    attempt(world, worker, lambda made: _roll_back(world, adapter, made, followed))


def _roll_back(world: World, adapter: ProductAdapter, made: Attempt, followed: bool) -> Verification:
    worker = made.worker
    if reason := why_not(world, worker, world.workers.list(worker.job_id, worker.resource.product)):
        raise InvalidRequestError(reason)
    previous = certificate_before(world, worker)
    waiter = patience(world)
    if carrying(adapter, worker.deployed or worker.resource, previous) is None:
        left = _as_the_job_left_it(world, adapter, worker)
        if worker.deployed is None:
            made.remember(deployed=left)
        adapter.restore(left, previous)
    slot = made.worker.deployed or worker.resource
    bound = in_service(adapter, slot, previous, waiter)
    verification = _verified(world, bound, previous, waiter, followed)
    update_resource(world, slot, bound, previous)
    return verification


def _as_the_job_left_it(world: World, adapter: ProductAdapter, worker: WorkerResource) -> CloudResource:
    """The slot with the job's certificate in place.

    Raises:
        PlanChangedError: it carries something else by now.
    """
    certificate = world.certificates.get(worker.cert_identifier).certificate
    slot = worker.deployed or worker.resource
    if (now := carrying(adapter, slot, certificate)) is None:
        current = adapter.read(slot)
        if current is None and worker.deployed and worker.attempts > 1:
            return worker.deployed  # our own change is half done
        found = (current.cert_identifier or "no certificate") if current else "nothing that we know of"
        raise PlanChangedError(f"{slot.slot} carries {found} by now, not what the job put there")
    if (now.listener_id, now.role) != (worker.resource.listener_id, worker.resource.role):
        raise PlanChangedError(f"{slot.slot}: {now.slot} has {certificate.identifier} in its place by now")
    return now


def _verified(
    world: World, bound: CloudResource, previous: Certificate | None, waiter: Waiter, followed: bool
) -> Verification:
    if previous is not None:
        return proved(world, bound, previous, waiter, followed=followed)
    detail = "it has no certificate again, as before the job"
    return Verification(read_back=True, handshake=Handshake.NOT_TRIED, detail=detail, at=world.clock())
