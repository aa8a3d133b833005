"""What an automatic job could not do for the cloud's sake is tried again by itself: later, as another job."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.matching import Action
from shared.domain.plans import Plan, PlanEntry
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.storing import create, created, token_of_system
from shared.services.world import World

_PREFIX: Final = token_of_system("again/")
_AGAIN: Final = ", again"
_LONGEST_NAME: Final = 63  #: of a job, as CAS has it
_OF_LIFE: Final = 20  #: of what is left of the certificate in place: the part that is waited for
_SOONEST: Final = timedelta(minutes=15)
_LATEST: Final = timedelta(hours=12)


def try_again(world: World, job: DeploymentJob) -> None:
    """Have what the job could not do done by another one, at a set time. Once, however often this is called.

    Not of a job by hand, whose end a person sees; nor what was left half made, which is told to one.

    Raises:
        ConflictError: another delivery is creating it.
    """
    if not _for_us(job):
        return
    now = world.clock()
    waiting = _waiting(world, now)
    failed = [worker for worker in _left(world, job) if _change(worker) not in waiting]
    if not failed:
        return
    joined = {worker.resource.slot for worker in failed if worker.joined}
    create(
        world,
        Plan(
            entries=tuple(map(_entry, failed)),
            cert_type=job.cert_type,
            accept_outage=job.accept_outage,
            engine=job.engine,
            waves=job.waves,
        ),
        name=job.name if is_another_try(job) else job.name[: _LONGEST_NAME - len(_AGAIN)] + _AGAIN,
        token=_token(job),
        origin=job.origin,
        submit=True,
        schedule_time=_when(failed, now),
        contact_ids=job.contact_ids,
        joined=lambda resource, _: resource.slot in joined,
    )


def _left(world: World, job: DeploymentJob) -> list[WorkerResource]:
    """What may pass; of a job that halted for nothing else, what it has not begun, too."""
    workers = list(world.workers.list(job.job_id))
    failed = [worker for worker in workers if _may_pass(worker)]
    others = [one for one in workers if one.status is WorkerStatus.ERROR and not _may_pass(one)]
    if not job.halted or others or not failed:
        return failed
    return [*failed, *(worker for worker in workers if worker.status is WorkerStatus.CANCELLED)]


def is_another_try(job: DeploymentJob) -> bool:
    return job.token.startswith(_PREFIX)


def tried_again(world: World, job: DeploymentJob) -> datetime | None:
    """When what it could not do is tried again; None: it is not."""
    another = created(world, _token(job)) if _for_us(job) else None
    return another.schedule_time if another else None


def _for_us(job: DeploymentJob) -> bool:
    return job.automatic and job.status is JobStatus.ERROR


def _token(job: DeploymentJob) -> str:
    return f"{_PREFIX}{job.job_id}"


def _waiting(world: World, now: datetime) -> set[tuple[str, str]]:
    """What other tries are due for, later: those of a job of an earlier warning time, for one."""
    jobs = map(world.jobs.find_readable, world.jobs.due(now + _LATEST))
    tries = [job for job in jobs if job and job.status is JobStatus.PENDING and is_another_try(job)]
    return {_change(worker) for job in tries for worker in world.workers.list(job.job_id)}


def _change(worker: WorkerResource) -> tuple[str, str]:
    return worker.resource.slot, worker.cert_identifier


def _may_pass(worker: WorkerResource) -> bool:
    return worker.status is WorkerStatus.ERROR and worker.may_pass and not worker.half_made


def _entry(worker: WorkerResource) -> PlanEntry:
    return PlanEntry(
        resource=worker.resource,
        cert_identifier=worker.cert_identifier,
        action=Action.DEPLOY,
        reason=worker.chosen_because,
        uploaded=worker.uploaded,
    )


def _when(failed: Iterable[WorkerResource], now: datetime) -> datetime:
    """The sooner, the nearer the first end is of what is in place."""
    ends = [end for worker in failed if (end := worker.resource.cert_not_after)]
    left = min(ends, default=now + _LATEST * _OF_LIFE) - now
    return now + min(max(left / _OF_LIFE, _SOONEST), _LATEST)
