"""The workers of a job, in sum, as a run of jobs sees them; those that nobody takes up end in error here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.moments import ahead
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import ConflictError
from shared.services.lifecycle import lifecycle_of
from shared.services.world import World

Shard: TypeAlias = tuple[CloudProduct, int]


@dataclass(frozen=True)
class Seen:
    """The workers of a job, in sum: there may be a hundred thousand."""

    unsettled: int
    held: int  #: of these, whose wave has not begun
    released: int  #: of those held: their wave has begun
    success: int
    failed: int
    begun: int  #: of the waves that have begun, at their end or not
    superseded: int
    cancelled: int
    of_rollback: int
    rolled_back: int  #: with success
    idle: frozenset[Shard]  #: shards with workers that nobody has in hand; they may wait for their turn
    asked: Mapping[Shard, datetime]  #: when a rollback, a retry or the wave of an idle one was asked for last
    rolled_back_at: datetime | None  #: end of the last rollback


def seen_of(world: World, job: DeploymentJob) -> Seen:
    now = world.clock()
    unsettled = held = released = success = failed = begun = superseded = cancelled = of_rollback = back = 0
    idle: set[Shard] = set()
    asked: dict[Shard, datetime] = {}
    rolled_back: datetime | None = None
    for worker in _not_given_up(world, job):
        success += worker.status is WorkerStatus.SUCCESS
        failed += worker.status is WorkerStatus.ERROR
        begun += worker.wave <= job.wave
        superseded += worker.status is WorkerStatus.SUPERSEDED
        cancelled += worker.status is WorkerStatus.CANCELLED
        of_rollback += worker.status.of_rollback
        back += worker.status is WorkerStatus.ROLLBACK_SUCCESS
        if worker.status.settled:
            if worker.status.of_rollback and worker.finished_at:
                rolled_back = max(rolled_back or worker.finished_at, worker.finished_at)
            continue
        unsettled += 1
        if worker.status is WorkerStatus.HELD:
            held += 1
            released += worker.wave <= job.wave
            continue
        if worker.leased(now):
            continue
        shard = worker.resource.product, worker.shard
        idle.add(shard)
        since_then = worker.status is WorkerStatus.ROLLBACK or worker.failed_before or worker.wave
        if since_then and worker.started_at is not None:
            asked[shard] = max(asked.get(shard, worker.started_at), worker.started_at)
    return Seen(
        unsettled=unsettled,
        held=held,
        released=released,
        success=success,
        failed=failed,
        begun=begun,
        superseded=superseded,
        cancelled=cancelled,
        of_rollback=of_rollback,
        rolled_back=back,
        idle=frozenset(idle),
        asked=asked,
        rolled_back_at=rolled_back,
    )


def closed(job: DeploymentJob, seen: Seen, now: datetime) -> DeploymentJob:
    """The job at its end, whose workers are all settled. What was left undone says so, whatever else is."""
    ended = seen.success + seen.superseded + seen.cancelled + seen.of_rollback
    error = job.worker_count - ended
    status = JobStatus.ERROR if error or job.halted else JobStatus.SUCCESS
    stopped = seen.cancelled and not (job.halted and job.cancelled_at is None)
    return job.to(
        JobStatus.CANCELLED if stopped else status,
        finished_at=now,
        success_count=seen.success,
        error_count=error,
        cancelled_count=seen.cancelled,
    )


def due_again(world: World, last: datetime) -> bool:
    """Whether those that were handed out then have had their time to be taken up."""
    return not ahead(last + timedelta(seconds=world.policy.redispatch_after_s), world.clock())


def _not_given_up(world: World, job: DeploymentJob) -> Iterator[WorkerResource]:
    """The workers of a job; those that no function takes up any more at their end in error."""
    for _, workers in groupby(world.workers.list(job.job_id), key=lambda w: (w.resource.product, w.shard)):
        share = list(workers)
        moved = [at for one in share for at in (one.lease_until, one.not_before, one.finished_at) if at]
        for worker in share:
            yield _given_up(world, job, worker, moved)


def _given_up(
    world: World, job: DeploymentJob, worker: WorkerResource, moved: Sequence[datetime]
) -> WorkerResource:
    """A worker whose shard no function took up for too long ends in its error: a job does not wait for ever.

    Nor is it given up because nothing ran meanwhile, such as a machine that was off: it is handed out once
    more after that time. `moved`: what tells when others of its shard had their turn. It may have to wait
    for many of them.
    """
    limit = timedelta(seconds=world.policy.worker_age_limit_s)
    now, last = world.clock(), job.dispatched_at
    waits_since = max([worker.started_at or job.started_at or now, *moved])
    if worker.status.settled or worker.status is WorkerStatus.HELD:
        return worker
    if worker.leased(now) or now < waits_since + limit:
        return worker
    if last is None or last < waits_since + limit or not due_again(world, last):
        return worker
    reason = worker.reason or f"deploy_{worker.resource.product.value.lower()} did not take it up"
    if worker.half_made:
        reason += "; its exchange was cut off half made: roll the job back"
    try:
        error = worker.to(lifecycle_of(worker).error, reason=reason, may_pass=True, finished_at=now)
        return world.workers.save(error)
    except ConflictError:
        return worker  # it was taken up after all
