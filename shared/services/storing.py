"""A job is created once. It is begun under its token, its workers are stored, then one write makes it a job.

Until that write it is none: nobody finds, shows or runs it. One that is cut off before is undone, and is
never written over: who comes next stores workers under another id, so that those of two never mix.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from shared.domain.engines import deployed_directly
from shared.domain.events import JobDrafted
from shared.domain.jobs import MANUAL, DeploymentJob, WorkerResource
from shared.domain.moments import ahead
from shared.domain.plans import Plan
from shared.domain.resources import CloudResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.waves import of_job
from shared.errors import (
    AppError,
    BusyError,
    ConflictError,
    InsufficientQuotaError,
    InvalidRequestError,
    UnreadableRowError,
)
from shared.services.approval import SYSTEM
from shared.services.placing import placed
from shared.services.quota import reserve
from shared.services.rollback_plan import Joined
from shared.services.waking import wake_runner
from shared.services.world import World

log = logging.getLogger("certdeploy.create")
_OF_PERSONS: Final = "person/"
_AFTER: Final = timedelta(seconds=10)  #: of the function that stores the workers: it is over by then


def token_of_person(text: str) -> str:
    """What people choose and what the system makes never meet."""
    return f"{_OF_PERSONS}{text}"


def token_of_system(text: str) -> str:
    return f"system/{text}"


def created(world: World, token: str) -> DeploymentJob | None:
    """The job of an earlier delivery.

    Raises:
        ConflictError: another delivery is creating it.
    """
    return _look(world, token)[0]


def create(
    world: World,
    plan: Plan,
    *,
    name: str,
    token: str,
    origin: str,
    submit: bool,
    request_digest: str = "",
    schedule_time: datetime | None = None,
    contact_ids: tuple[int, ...] = (),
    joined: Callable[[CloudResource, str], bool] | None = None,
    during_freeze: bool = False,
    require_approval: bool = False,
    who: str = SYSTEM,
) -> DeploymentJob:
    """The job of this token: a draft; or submitted, and the runner woken. A lost wake-up does no harm.

    `joined`: whether a slot's listener has the certificate already; None: as of the last discovery. `who`:
    asks for it.

    Raises:
        ConflictError: another delivery is creating it, or took this one for dead; it took too long.
        InsufficientQuotaError: of a person's; an automatic one stays a draft.
    """
    earlier, job_id = _look(world, token)
    if earlier is not None:
        return earlier
    now = world.clock()
    until = now + timedelta(seconds=world.left_s()) + _AFTER
    held_back = ""
    if submit:
        try:
            direct = deployed_directly(plan.engine, plan.deployments)
            reserve(world, job_id, plan.cert_type, direct, until=until)
        except InsufficientQuotaError as error:
            if origin == MANUAL:
                raise
            submit, held_back = False, str(error)  # nobody is there to be told: a draft waits
    begun = world.jobs.begin(
        DeploymentJob(
            job_id=job_id,
            name=name,
            token=token,
            request_digest=request_digest,
            origin=origin,
            cert_identifiers=tuple(sorted({e.cert_identifier for e in plan.deployments})),
            cert_type=plan.cert_type,
            contact_ids=contact_ids,
            held_back=held_back,
            require_approval=require_approval,
            drafted_by=(who,),
            submitted_by=who if submit else "",
            submitted_at=now if submit else None,
            schedule_time=schedule_time or now,
            plan_digest=plan.digest,
            accept_outage=plan.accept_outage,
            engine=plan.engine,
            during_freeze=during_freeze,
            waves=of_job(plan.waves),
            products=plan.products,
            created_at=now,
            storing_until=until,
        )
    )
    _store_workers(world, begun, plan, joined or Joined(world))
    if world.clock() >= until:  # held up, asleep: another plan may have been made for the same slots
        try:
            undo(world, begun)
        except ConflictError:
            _undo_further(world, job_id)
        raise BusyError(f"job {job_id} was not stored in the time that its function has; create it again")
    job = begun.evolve(storing_until=None)
    if submit:
        world.jobs.open(job)
        job = job.to(JobStatus.PENDING)
    try:
        job = world.jobs.save(job)
    except ConflictError:
        _undo_further(world, job_id)
        raise
    world.jobs.settled(begun)
    return _woken(world, job) if submit else told_as_draft(world, job)


def told_as_draft(world: World, job: DeploymentJob) -> DeploymentJob:
    """Contacts are told of a draft. A lost message does no harm: `status` shows each."""
    try:
        world.events.publish(
            JobDrafted(job_id=job.job_id),
            id=f"drafted-{job.job_id}-{job.plan_digest}",
            subject=f"DeploymentJob/{job.job_id}",
        )
    except AppError as error:  # the draft is stored: who made it is not to make it again
        log.warning("nobody was told of a draft", extra={"job_id": job.job_id, "reason": str(error)})
    return job


def submitted(world: World, job: DeploymentJob) -> DeploymentJob:
    """A draft set to pending, and the runner woken; any other job as it is, and one that is being edited.

    Raises:
        InsufficientQuotaError: it stays a draft.
    """
    if job.status is not JobStatus.EDITING or job.changing_until is not None:
        return job
    direct = deployed_directly(job.engine, world.workers.list(job.job_id))
    reserve(world, job.job_id, job.cert_type, direct)
    world.jobs.open(job)
    return _woken(world, world.jobs.save(job.to(JobStatus.PENDING, held_back="", submitted_at=world.clock())))


def undo_cut_off(world: World) -> None:
    """Those that a function began to store, and has not made a job in its time."""
    for begun in world.jobs.cut_off(world.clock()):
        try:
            undo(world, begun)
        except ConflictError:  # it is a job now, or somebody else has it in hand
            log.info("a job is no longer to be undone", extra={"job_id": begun.job_id})


def places_at_work(world: World) -> set[str]:
    """Places that a job is at, or is about to be: no other may plan for their slots meanwhile. Also those of
    a job that only a later version can read.

    Not the slots: one that is exchanged may have another name before the job is done with it.
    """
    found: set[str] = set()
    for job_id in world.jobs.due(world.clock()):
        try:
            job = world.jobs.find(job_id)
            at_work = job is not None and job.status is not JobStatus.EDITING
        except UnreadableRowError:
            at_work = True
        if at_work:
            workers = world.workers.list(job_id)
            found |= {worker.resource.place for worker in workers if not worker.status.settled}
    return found


def _look(world: World, token: str) -> tuple[DeploymentJob | None, int]:
    """The job of a token, if there is one; else the id under which it may be begun."""
    number = 0
    while (job := world.jobs.find_begun(job_id := _job_id(token, number))) is not None:
        if job.token == token and job.storing_until is None:
            return job, job_id
        if job.token == token and job.deleted_at is not None and token.startswith(_OF_PERSONS):
            raise InvalidRequestError(f"ClientToken: its job {job_id} was deleted; choose another token")
        if job.token == token and not job.undone:
            undo(world, job)
        number += 1  # also if the number of another token is the same
    return None, job_id


def _store_workers(
    world: World, job: DeploymentJob, plan: Plan, joined: Callable[[CloudResource, str], bool]
) -> None:
    world.workers.add(workers_of(job, plan, joined))


def workers_of(
    job: DeploymentJob, plan: Plan, joined: Callable[[CloudResource, str], bool], last: int = 0
) -> Iterator[WorkerResource]:
    """New ones, with ids above `last`; those of later waves are held."""
    entries = {entry.resource.slot: entry for entry in plan.deployments}
    places = placed((entry.resource for entry in plan.deployments), job.waves)
    for number, (wave, shard, resource) in enumerate(places, last + 1):
        yield WorkerResource(
            job_id=job.job_id,
            worker_id=number,
            wave=wave,
            shard=shard,
            resource=resource,
            cert_identifier=entries[resource.slot].cert_identifier,
            uploaded=entries[resource.slot].uploaded,
            chosen_because=entries[resource.slot].reason,
            status=WorkerStatus.HELD if wave else WorkerStatus.PENDING,
            joined=joined(resource, entries[resource.slot].cert_identifier),
        )


def undo(world: World, begun: DeploymentJob) -> None:
    """The mark comes first: from then on it cannot become a job. Whoever is cut off here, the next goes on.

    Raises:
        ConflictError: it is being stored, or has become a job.
    """
    assert begun.storing_until is not None, "it is a job"
    now = world.clock()
    if not begun.undone:
        if ahead(begun.storing_until, now):
            raise ConflictError("DeploymentJob", f"{begun.job_id} (not complete yet)")
        begun = world.jobs.save(begun.evolve(undone=True))
    for worker in world.workers.list(begun.job_id):
        world.workers.delete(worker)
    world.jobs.close(begun, world.jobs.opened(begun))
    if begun.edits:
        world.jobs.close_others(begun)
    world.jobs.settled(begun)
    if begun.deleted_at is None:
        log.warning("a job that was cut off while it was stored was undone", extra={"job_id": begun.job_id})


def _undo_further(world: World, job_id: int) -> None:
    """What was stored since another one undid it."""
    undone = world.jobs.find_begun(job_id)
    if undone is not None and undone.undone:
        undo(world, undone)


def _woken(world: World, job: DeploymentJob) -> DeploymentJob:
    log.info("job was submitted", extra={"job_id": job.job_id, "job": job.name, "workers": job.worker_count})
    if job.schedule_time <= world.clock():
        wake_runner(world, job.job_id)
    return job


def _job_id(token: str, number: int) -> int:
    """The same token gives the same ids, so a second delivery finds the first job. Fits 52 bits.

    `number`: how many before have been undone.
    """
    text = f"{token}#{number}" if number else token
    return int(hashlib.sha256(text.encode()).hexdigest()[:13], 16)
