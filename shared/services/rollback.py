"""Give slots back what they carried before a finished job: asked for by a person, done by the products.

A worker to be rolled back goes the way of one to be deployed: handed out by the runs, claimed, tried
again, given up in the end. The job's own status and counts stay; its workers tell what became of them.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.domain.jobs import WorkerResource
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.resources import CloudResource
from shared.domain.states import WorkerStatus
from shared.errors import AppError, ConflictError, InvalidRequestError, PlanChangedError
from shared.products.kit.changer import Changer
from shared.products.kit.changes import Carries, Change, Look, Undone
from shared.products.kit.exchange import End, Outcome
from shared.services.rollback_plan import (
    RollbackAction,
    RollbackPlan,
    certificate_before,
    plan_rollback,
    why_not,
)
from shared.services.waking import wake_runner
from shared.services.world import World
from shared.services.writer import Attempt


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
            world.workers.save(to_roll_back(worker, world.clock()))
    world.jobs.open(plan.job)  # after, so that a run that looked between does not close it
    wake_runner(world, plan.job.job_id)
    return plan


def to_roll_back(worker: WorkerResource, now: datetime) -> WorkerResource:
    """Marked so that it is taken up; again, after a rollback that failed."""
    again = worker.status.of_rollback
    return worker.to(
        WorkerStatus.ROLLBACK,
        reason="",
        verification=None,
        unfinished=_unfinished(worker),
        succeeded=worker.succeeded or worker.status is WorkerStatus.SUCCESS,
        half_made=worker.half_made if again else (),
        undone=worker.undone if again else worker.half_made,
        attempts=0,
        handed_on=0,
        started_at=now,
        finished_at=None,
    )


class Rollback:
    """What the slot had takes the place of the job's certificate again."""

    def change(
        self, world: World, adapter: Changer, made: Attempt, workers: Collection[WorkerResource]
    ) -> Change:
        worker = made.worker
        if reason := why_not(world, worker, workers):
            raise InvalidRequestError(reason)
        resumed = worker.deployed is not None and worker.attempts > 1
        change = Change(
            worker.deployed or _as_the_job_left_it(world, adapter, worker),
            certificate_before(world, worker),
            begun=resumed,
            before=worker.settings_before if resumed else None,
            others=worker.others_before if resumed else None,
            lost=worker.lost if resumed else (),
            half_made=worker.half_made,
            undoes=Undone(worker.cert_identifier, worker.undone),
        )
        if worker.unfinished and not resumed and adapter.look([change]) == [None]:
            return replace(change, begun=True)  # it was taken off to be exchanged
        return change

    def remember(self, made: Attempt, change: Change, look: Look) -> None:
        made.remember(
            deployed=change.resource,
            settings_before=change.before,
            others_before=change.others,
            lost=change.lost,
            half_made=change.half_made,
        )

    def overtaken(self, world: World, outcome: Outcome) -> str:
        """Nothing is as good as what was there before."""
        return ""

    def unexpected(self, outcome: Outcome) -> AppError:
        return _changed(outcome.change.resource, outcome.look if outcome.end is End.CHANGED else None)


def _unfinished(worker: WorkerResource) -> bool:
    """Whether the job, or an earlier rollback, began to write and came to no good end."""
    again = worker.unfinished or worker.deployed is not None
    return worker.status is WorkerStatus.ERROR or (worker.status is WorkerStatus.ROLLBACK_ERROR and again)


def _as_the_job_left_it(world: World, adapter: Changer, worker: WorkerResource) -> CloudResource:
    """The slot with the job's certificate in place; or as it was before, where it is so again.

    Raises:
        PlanChangedError: it carries something else by now.
    """
    certificate = world.certificates.get(worker.cert_identifier).certificate
    slot = worker.resource
    (look,) = adapter.look([Change(slot, certificate, half_made=worker.undone)])
    if look is None and worker.unfinished:  # as in `change`
        (look,) = adapter.look([Change(slot, certificate, begun=True)])
    if look is None or look.carries is Carries.OTHER:
        raise _changed(slot, look)
    if look.carries is not Carries.WANTED:
        return look.added.evolve(domains=slot.domains) if look.added else slot
    if (look.slot.listener_id, look.slot.role) != (slot.listener_id, slot.role):
        raise PlanChangedError(
            f"{slot.slot}: {look.slot.slot} has {certificate.identifier} in its place by now"
        )
    return look.slot.evolve(domains=slot.domains)  # which it answered to before, and is to again


def _changed(slot: CloudResource, look: Look | None) -> PlanChangedError:
    found = (look.slot.cert_identifier or "no certificate") if look else "nothing that we know of"
    return PlanChangedError(f"{slot.slot} carries {found} by now, not what the job put there")
