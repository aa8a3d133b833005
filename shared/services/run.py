"""Bring due jobs forward: hand their workers to the products, and close them when all are settled.

A job that was closed is opened again when it is to be rolled back.

This is the reconciliation that makes events true: whatever was lost or cut off is made up for here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

from shared.domain.engines import deployed_directly
from shared.domain.events import JobFinished, JobRolledBack, NotificationsDue, WorkersScheduled
from shared.domain.jobs import DeploymentJob
from shared.domain.requests import RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.domain.values import Wire
from shared.errors import AppError, ConflictError, InsufficientQuotaError, UnreadableRowError
from shared.services import retry
from shared.services.again import is_another_try, tried_again, try_again
from shared.services.cancel import cancel_waiting
from shared.services.freezing import why_frozen
from shared.services.quota import reconcile, reserve, settle
from shared.services.seen import Seen, Shard, closed, due_again, seen_of
from shared.services.storing import told_as_draft, undo_cut_off
from shared.services.waves import stepped
from shared.services.world import World


class RunResult(Wire):
    dispatched: Sequence[int]
    finished: Sequence[int]


def run_deployment_jobs(world: World, request: RunDeploymentJobs) -> RunResult:
    dispatched: list[int] = []
    finished: list[int] = []
    failures: list[AppError] = []
    if request.job_id is None:
        world.ticks.note("run_deployment_jobs")
        undo_cut_off(world)
    find = world.jobs.find_readable if request.job_id is None else world.jobs.find
    for job_id in list(world.jobs.due(world.clock())):
        if request.job_id not in (None, job_id):
            continue
        try:
            if (job := find(job_id)) is None:  # it is being stored, or being undone
                continue
            if not job.due(world.clock()):  # it has another time since
                continue
            job, waits = _advance(world, job)
        except ConflictError:
            continue  # another run has this job in hand
        except AppError as error:
            failures.append(error)  # the other jobs go on
            continue
        (dispatched if waits else finished).append(job.job_id)
    if request.job_id is None:
        reconcile(world)
        _wake_notifier(world)
        world.forget_old()
    if failures:
        raise failures[0]
    return RunResult(dispatched=dispatched, finished=finished)


def _wake_notifier(world: World) -> None:
    """What a receiver did not take, or what waits for others, is told by the function that may send."""
    now = world.clock()
    if world.notifications.any_due(now):
        world.events.publish(
            NotificationsDue(), id=f"notifications-due-{now.timestamp():.3f}", subject="Notification"
        )


def _advance(world: World, job: DeploymentJob) -> tuple[DeploymentJob, bool]:
    """The job one step further, and whether anything is left to do for it."""
    opened = world.jobs.opened(job)
    if (job.cancelled_at is not None or job.halted) and not job.status.final:
        cancel_waiting(world, job)
        job = _follow(world, job)
    elif job.status is JobStatus.PENDING and why_frozen(world, job):
        return job, True
    elif job.status in (JobStatus.PENDING, JobStatus.SCHEDULING):
        job = _begun(world, job, opened)
    elif job.status is JobStatus.PROCESSING:
        job = _follow(world, retry.carry_out(world, job))
    if not job.status.final:
        return job, True
    with suppress(UnreadableRowError):  # `reconcile` tells of it; the job ends all the same
        settle(world, job)
    return _follow_rollback(world, _announce(world, job), opened)


def _begun(world: World, job: DeploymentJob, opened: int) -> DeploymentJob:
    if job.status is JobStatus.PENDING:
        if why := _why_held_back(world, job):
            job = world.jobs.save(job.to(JobStatus.EDITING, held_back=why))
            world.jobs.close(job, opened)
            return told_as_draft(world, job)
        job = world.jobs.save(job.to(JobStatus.SCHEDULING))
    now = world.clock()
    job = world.jobs.save(job.to(JobStatus.PROCESSING, started_at=now, dispatched_at=now))
    _dispatch(world, job, seen_of(world, job).idle)
    return job


def _why_held_back(world: World, job: DeploymentJob) -> str:
    """It has what it needs since it was submitted, but where the quota is enforced only since then."""
    try:
        direct = deployed_directly(job.engine, world.workers.list(job.job_id))
        reserve(world, job.job_id, job.cert_type, direct)
    except InsufficientQuotaError as error:
        return str(error)
    return ""


def _follow(world: World, job: DeploymentJob) -> DeploymentJob:
    job, seen = stepped(world, job, seen_of(world, job))
    if seen.unsettled:
        return _dispatch_again(world, job, seen)
    return world.jobs.save(closed(job, seen, world.clock()))


def _follow_rollback(world: World, job: DeploymentJob, opened: int) -> tuple[DeploymentJob, bool]:
    """Have the workers of a finished job rolled back that wait for it; else tell, and forget the job."""
    seen = seen_of(world, job)
    if seen.held:
        cancel_waiting(world, job)
    if seen.unsettled:
        return _dispatch_again(world, job, seen), True
    ended = seen.rolled_back_at
    if ended and (job.rolled_back_at is None or job.rolled_back_at < ended):
        world.events.publish(
            JobRolledBack(job_id=job.job_id),
            id=f"rolled-back-{job.job_id}-{ended.timestamp():.3f}",
            subject=f"DeploymentJob/{job.job_id}",
        )
        job = world.jobs.save(
            job.evolve(
                rolled_back_at=ended,
                rolled_back_count=seen.rolled_back,
                rollback_error_count=seen.of_rollback - seen.rolled_back,
            )
        )
    world.jobs.close(job, opened)
    if job.edits:
        world.jobs.close_others(job)
    return job, False


def _dispatch_again(world: World, job: DeploymentJob, seen: Seen) -> DeploymentJob:
    """Those that nobody is at, after a while; at once where somebody has asked since the last time."""
    last = job.dispatched_at or job.created_at
    shards = {shard for shard, at in seen.asked.items() if at > last}
    if due_again(world, last):
        shards |= seen.idle - _at_work(world, job, seen.idle)
    if shards:
        job = world.jobs.save(job.evolve(dispatched_at=world.clock()))
        _dispatch(world, job, shards)
    return job


def _at_work(world: World, job: DeploymentJob, shards: Iterable[Shard]) -> set[Shard]:
    """Shards of these products that an invocation is at: it hands on itself what it leaves."""
    return {
        (product, shard)
        for product in {product for product, _ in shards}
        for shard in world.callers.at_work(product.value, job.job_id)
    }


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
                id=job.end_id,
                subject=f"DeploymentJob/{job.job_id}",
            )
        job = world.jobs.save(job.evolve(finish_announced=True))
    return job
