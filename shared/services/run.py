"""Bring due jobs forward: hand their workers to the products, and close them when all are settled.

A job that was closed is opened again when it is to be rolled back.

This is the reconciliation that makes events true: whatever was lost or cut off is made up for here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from shared.domain.events import JobFinished, JobRolledBack, WorkersScheduled
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.moments import ahead
from shared.domain.requests import RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.errors import AppError, ConflictError
from shared.services.again import is_another_try, tried_again, try_again
from shared.services.lifecycle import lifecycle_of
from shared.services.storing import undo_cut_off
from shared.services.world import World

Shard: TypeAlias = tuple[CloudProduct, int]


class RunResult(Wire):
    dispatched: Sequence[int]
    finished: Sequence[int]


def run_deployment_jobs(world: World, request: RunDeploymentJobs) -> RunResult:
    dispatched: list[int] = []
    finished: list[int] = []
    failures: list[AppError] = []
    if request.job_id is None:
        undo_cut_off(world)
    for job_id in list(world.jobs.due(world.clock())):
        if request.job_id not in (None, job_id):
            continue
        try:
            if (job := world.jobs.find(job_id)) is None:  # it is being stored, or being undone
                continue
            job, waits = _advance(world, job)
        except ConflictError:
            continue  # another run has this job in hand
        except AppError as error:
            failures.append(error)  # the other jobs go on
            continue
        (dispatched if waits else finished).append(job.job_id)
    if failures:
        raise failures[0]
    return RunResult(dispatched=dispatched, finished=finished)


def _advance(world: World, job: DeploymentJob) -> tuple[DeploymentJob, bool]:
    """The job one step further, and whether anything is left to do for it."""
    opened = world.jobs.opened(job)
    if job.status is JobStatus.PENDING:
        job = world.jobs.save(job.to(JobStatus.SCHEDULING))
    if job.status is JobStatus.SCHEDULING:
        now = world.clock()
        job = world.jobs.save(job.to(JobStatus.PROCESSING, started_at=now, dispatched_at=now))
        _dispatch(world, job, _seen(world, job).idle)
    elif job.status is JobStatus.PROCESSING:
        job = _follow(world, job)
    if not job.status.final:
        return job, True
    return _follow_rollback(world, _announce(world, job), opened)


def _follow(world: World, job: DeploymentJob) -> DeploymentJob:
    seen = _seen(world, job)
    if seen.unsettled:
        return _dispatch_again(world, job, seen)
    error = job.worker_count - seen.success - seen.superseded
    status = JobStatus.ERROR if error else JobStatus.SUCCESS
    return world.jobs.save(
        job.to(status, finished_at=world.clock(), success_count=seen.success, error_count=error)
    )


def _follow_rollback(world: World, job: DeploymentJob, opened: int) -> tuple[DeploymentJob, bool]:
    """Have the workers of a finished job rolled back that wait for it; else tell, and forget the job."""
    seen = _seen(world, job)
    if seen.unsettled:
        return _dispatch_again(world, job, seen), True
    ended = seen.rolled_back_at
    if ended and (job.rolled_back_at is None or job.rolled_back_at < ended):
        world.events.publish(
            JobRolledBack(job_id=job.job_id),
            id=f"rolled-back-{job.job_id}-{ended.timestamp():.3f}",
            subject=f"DeploymentJob/{job.job_id}",
        )
        job = world.jobs.save(job.evolve(rolled_back_at=ended))
    world.jobs.close(job, opened)
    return job, False


@dataclass(frozen=True)
class _Seen:
    """The workers of a job, in sum: there may be a hundred thousand."""

    unsettled: int
    success: int
    superseded: int
    idle: frozenset[Shard]  #: shards with workers that nobody has in hand; they may wait for their turn
    asked: Mapping[Shard, datetime]  #: when a rollback of an idle one was asked for last
    rolled_back_at: datetime | None  #: end of the last rollback


def _seen(world: World, job: DeploymentJob) -> _Seen:
    now = world.clock()
    unsettled = success = superseded = 0
    idle: set[Shard] = set()
    asked: dict[Shard, datetime] = {}
    rolled_back: datetime | None = None
    for worker in _not_given_up(world, job):
        success += worker.status is WorkerStatus.SUCCESS
        superseded += worker.status is WorkerStatus.SUPERSEDED
        if worker.status.settled:
            if worker.status.of_rollback and worker.finished_at:
                rolled_back = max(rolled_back or worker.finished_at, worker.finished_at)
            continue
        unsettled += 1
        if worker.leased(now):
            continue
        shard = worker.resource.product, worker.shard
        idle.add(shard)
        if worker.status is WorkerStatus.ROLLBACK and worker.started_at is not None:
            asked[shard] = max(asked.get(shard, worker.started_at), worker.started_at)
    return _Seen(unsettled, success, superseded, frozenset(idle), asked, rolled_back)


def _dispatch_again(world: World, job: DeploymentJob, seen: _Seen) -> DeploymentJob:
    """Those that nobody is at, after a while; at once where a rollback was asked for since the last time."""
    last = job.dispatched_at or job.created_at
    shards = {shard for shard, at in seen.asked.items() if at > last}
    if _due_again(world, last):
        shards |= seen.idle - _at_work(world, job, seen.idle)
    if shards:
        job = world.jobs.save(job.evolve(dispatched_at=world.clock()))
        _dispatch(world, job, shards)
    return job


def _due_again(world: World, last: datetime) -> bool:
    """Whether those that were handed out then have had their time to be taken up."""
    return not ahead(last + timedelta(seconds=world.policy.redispatch_after_s), world.clock())


def _at_work(world: World, job: DeploymentJob, shards: Iterable[Shard]) -> set[Shard]:
    """Shards of these products that an invocation is at: it hands on itself what it leaves."""
    return {
        (product, shard)
        for product in {product for product, _ in shards}
        for shard in world.callers.at_work(product.value, job.job_id)
    }


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
    if worker.status.settled or worker.leased(now) or now < waits_since + limit:
        return worker
    if last is None or last < waits_since + limit or not _due_again(world, last):
        return worker
    reason = worker.reason or f"deploy_{worker.resource.product.value.lower()} did not take it up"
    if worker.half_made:
        reason += "; its exchange was cut off half made: roll the job back"
    try:
        error = worker.to(lifecycle_of(worker).error, reason=reason, may_pass=True, finished_at=now)
        return world.workers.save(error)
    except ConflictError:
        return worker  # it was taken up after all


def _dispatch(world: World, job: DeploymentJob, shards: Iterable[Shard]) -> None:
    """Cut off here, the redispatch of a later run makes up for what was not sent.

    A product that cannot be told, such as one whose function is missing, does not hold up the others.
    """
    failures: list[AppError] = []
    ordered = sorted(shards)
    together = Counter(product for product, _ in ordered)
    for product, shard in ordered:
        try:
            publish_scheduled(world, job.job_id, product, shard, together[product])
        except AppError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def publish_scheduled(world: World, job_id: int, product: CloudProduct, shard: int, shards: int = 1) -> None:
    at = world.clock()
    world.events.publish(
        WorkersScheduled(job_id=job_id, product=product, shard=shard, shards=shards),
        id=f"scheduled-{job_id}-{product.value}-{shard}-{at.timestamp():.3f}",
        subject=f"DeploymentJob/{job_id}/{product.value}/{shard}",
    )


def _announce(world: World, job: DeploymentJob) -> DeploymentJob:
    """Tell that the job ended, under one id however often; but not of another try that changed nothing."""
    if not job.finish_announced:
        try_again(world, job)
        if job.success_count or not (is_another_try(job) and tried_again(world, job)):
            world.events.publish(
                JobFinished(job_id=job.job_id),
                id=f"finished-{job.job_id}",
                subject=f"DeploymentJob/{job.job_id}",
            )
        job = world.jobs.save(job.evolve(finish_announced=True))
    return job
