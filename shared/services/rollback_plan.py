"""Which of a job's workers can be rolled back, to what, and why others cannot."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from enum import Enum

from shared.domain.certificates import Certificate
from shared.domain.jobs import DeploymentJob, HalfMade, WorkerResource
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.several import by_reason, some_of
from shared.domain.states import WorkerStatus
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.services.discovered import Discovered
from shared.services.fence import why_barred
from shared.services.world import World


class RollbackAction(str, Enum):
    RESTORE = "restore"
    CANNOT = "cannot"  #: the job changed the slot, but what was before cannot be restored
    LEAVE = "leave"  #: nothing to do


class RollbackEntry(Wire):
    worker: WorkerResource
    action: RollbackAction
    reason: str = ""


class RollbackPlan(Wire):
    job: DeploymentJob
    entries: tuple[RollbackEntry, ...]

    def of(self, *actions: RollbackAction) -> list[RollbackEntry]:
        return [entry for entry in self.entries if entry.action in actions]


class RollbackLine(Wire):
    """One slot of the plan, in an answer that contains the workers separately."""

    slot: str
    cert_identifier: str
    previous_cert_identifier: str | None = None
    action: RollbackAction
    reason: str = ""


def lines(plan: RollbackPlan) -> tuple[RollbackLine, ...]:
    return tuple(
        RollbackLine(
            slot=entry.worker.resource.slot,
            cert_identifier=entry.worker.cert_identifier,
            previous_cert_identifier=entry.worker.previous_cert_identifier,
            action=entry.action,
            reason=entry.reason,
        )
        for entry in plan.entries
    )


def plan_rollback(world: World, request: RollBackDeploymentJob) -> RollbackPlan:
    """What a rollback would do, slot by slot, according to the state. Changes nothing.

    Raises:
        NotFoundError: no such job.
        InvalidRequestError: the job has not ended, a slot is not part of it, or nothing can be done.
    """
    job = world.jobs.get(request.job_id)
    if not job.status.final:
        raise InvalidRequestError(
            f"job {job.job_id} is {job.status.value}; wait until it ends (`job show --wait`)"
        )
    workers = sorted(world.workers.list(job.job_id), key=lambda worker: worker.resource.slot)
    chosen = chosen_of(job, workers, request.resource_ids, request.products)
    beside: dict[_Listener, list[WorkerResource]] = defaultdict(list)
    for worker in workers:
        beside[_listener(worker.resource)].append(worker)
    entries = tuple(_entry(world, worker, beside[_listener(worker.resource)]) for worker in chosen)
    if all(e.action is RollbackAction.LEAVE and not e.worker.status.of_rollback for e in entries):
        reasons = by_reason((entry.worker.resource.slot, entry.reason) for entry in entries)
        raise InvalidRequestError(f"nothing to roll back: {reasons}")
    return RollbackPlan(job=job, entries=entries)


def changed(world: World, job: DeploymentJob) -> int:
    """How many of its slots a job that has ended has changed, and no rollback has put back."""
    if not job.status.final:
        return 0
    return sum(_why_left(worker) is None for worker in world.workers.list(job.job_id))


def chosen_of(
    job: DeploymentJob,
    workers: Iterable[WorkerResource],
    slots: Collection[str],
    products: Collection[CloudProduct],
) -> list[WorkerResource]:
    """Of these slots and of these products; all if nothing is named.

    Raises:
        InvalidRequestError: the job has none such.
    """
    workers = list(workers)
    there = {worker.resource.slot for worker in workers}
    if unknown := [slot for slot in slots if slot not in there]:
        raise InvalidRequestError(f"ResourceIds: {some_of(unknown)}: not a slot of job {job.job_id}")
    if none := [product.value for product in products if product not in job.products]:
        raise InvalidRequestError(f"Products: job {job.job_id} has no slots of {', '.join(none)}")
    if not (slots or products):
        return workers
    return [one for one in workers if one.resource.slot in slots or one.resource.product in products]


def _entry(world: World, worker: WorkerResource, beside: list[WorkerResource]) -> RollbackEntry:
    if (left := _why_left(worker)) is not None:
        return RollbackEntry(worker=worker, action=RollbackAction.LEAVE, reason=left)
    reason = why_not(world, worker, beside)
    action = RollbackAction.CANNOT if reason else RollbackAction.RESTORE
    return RollbackEntry(worker=worker, action=action, reason=reason)


def _why_left(worker: WorkerResource) -> str | None:
    """None: there is something to put back."""
    return _WHY_LEFT.get((worker.status, worker.previous_cert_identifier is not None))


#: By status, and whether the job started to write.
_WHY_LEFT = {
    (WorkerStatus.SUCCESS, False): "the job's certificate was already in place, so it changed nothing",
    (WorkerStatus.ERROR, False): "the job changed nothing here",
    (WorkerStatus.SUPERSEDED, False): "the job changed nothing here",
    (WorkerStatus.SUPERSEDED, True): "a newer certificate has taken the place of the job's",
    (WorkerStatus.CANCELLED, False): "the job was cancelled before it changed anything here",
    (WorkerStatus.ROLLBACK, True): "its rollback is in progress",
    (WorkerStatus.ROLLBACK_SUCCESS, True): "it is already rolled back",
}


def why_not(world: World, worker: WorkerResource, workers: Iterable[WorkerResource]) -> str:
    """Why the slot's previous certificate cannot be restored, or "". `workers`: the job's, at least
    those of the same listener."""
    if barred := why_barred(world, worker.resource.product, worker):
        return barred
    before = worker.previous_cert_identifier
    if before and (reason := _why_not_again(world, before)):
        return reason
    if world.certificates.find(worker.cert_identifier) is None:
        return f"CAS no longer holds the job's certificate ({worker.cert_identifier})"
    beside = any(
        other.cert_identifier == worker.cert_identifier
        and (other.previous_cert_identifier is not None or other.status is WorkerStatus.SUCCESS)
        and together(worker.resource, other.resource)
        for other in workers
    )
    known = HalfMade.FREED in (*worker.half_made, *worker.undone)  # so it is put back where it was
    if (worker.joined and not known) or beside:
        return (
            f"its listener holds {worker.cert_identifier} once, for several slots;"
            f" restore {before} in the product's console"
        )
    return ""


def certificate_before(world: World, worker: WorkerResource) -> Certificate | None:
    """The slot's previous certificate, if `why_not` is ""; None: it had no certificate."""
    before = worker.previous_cert_identifier
    return world.certificates.get(before).certificate if before else None


def together(one: CloudResource, other: CloudResource) -> bool:
    """Whether the two slots share a listener that holds a certificate only once and names a slot by it."""
    if one.slot == other.slot or not one.listener_id or _listener(one) != _listener(other):
        return False
    return any(slot.role is SlotRole.ADDITIONAL and slot.domains_of_certificate for slot in (one, other))


class Joined:
    """Whether a slot would share a certificate that its listener already has, by the last discovery."""

    def __init__(self, world: World) -> None:
        self._discovered = Discovered(world, _by_listener)

    def __call__(self, resource: CloudResource, cert_identifier: str) -> bool:
        if not (resource.listener_id and resource.domains_of_certificate):
            return False
        there = self._discovered.of(resource.product, resource.area)
        holding = there.get((_listener(resource), cert_identifier), ())
        return any(together(one, resource) for one in holding)


_Listener = tuple[CloudProduct, str, str]


def _listener(slot: CloudResource) -> _Listener:
    return slot.product, slot.area, slot.listener_id


def _by_listener(slots: Iterable[CloudResource]) -> Mapping[tuple[_Listener, str], list[CloudResource]]:
    """With the certificate in place."""
    found: dict[tuple[_Listener, str], list[CloudResource]] = {}
    for one in slots:
        found.setdefault((_listener(one), one.cert_identifier), []).append(one)
    return found


def _why_not_again(world: World, identifier: str) -> str:
    if (record := world.certificates.find(identifier)) is None:
        return f"CAS does not hold the previous certificate ({identifier})"
    reason = record.certificate.why_not_deployable(world.clock())
    return f"the previous certificate ({identifier}) cannot be deployed: {reason}" if reason else ""
