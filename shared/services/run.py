"""Bring due jobs forward: hand their workers to the products, and close them when all are settled.

This is the reconciliation that makes events true: whatever was lost or cut off is made up for here.
"""

from datetime import timedelta

from shared.domain.events import JobFinished, WorkersScheduled
from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.requests import RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.errors import AppError, ConflictError
from shared.services.world import World


class RunResult(Wire):
    dispatched: tuple[int, ...] = ()
    finished: tuple[int, ...] = ()


def run_deployment_jobs(world: World, request: RunDeploymentJobs) -> RunResult:
    dispatched: list[int] = []
    finished: list[int] = []
    failures: list[AppError] = []
    for job_id in list(world.jobs.due(world.clock())):
        if request.job_id not in (None, job_id):
            continue
        try:
            job = _advance(world, world.jobs.get(job_id))
        except ConflictError:
            continue  # another run has this job in hand
        except AppError as error:
            failures.append(error)  # the other jobs go on
            continue
        if job.status.final:
            finished.append(job_id)
        elif job.status is JobStatus.PROCESSING:
            dispatched.append(job_id)
    if failures:
        raise failures[0]
    return RunResult(dispatched=tuple(dispatched), finished=tuple(finished))


def _advance(world: World, job: DeploymentJob) -> DeploymentJob:
    if job.status is JobStatus.PENDING:
        job = world.jobs.save(job.to(JobStatus.SCHEDULING))
    if job.status is JobStatus.SCHEDULING:
        workers = list(world.workers.list(job.job_id))
        now = world.clock()
        job = job.to(JobStatus.PROCESSING, started_at=now, dispatched_at=now)
        job = world.jobs.save(job)
        _dispatch(world, job, workers)
    elif job.status is JobStatus.PROCESSING:
        job = _follow(world, job)
    if job.status.final:
        _announce(world, job)
    return job


def _follow(world: World, job: DeploymentJob) -> DeploymentJob:
    now = world.clock()
    workers = [_given_up(world, job, worker) for worker in world.workers.list(job.job_id)]
    if all(worker.status.settled for worker in workers):
        success = sum(worker.status is WorkerStatus.SUCCESS for worker in workers)
        status = JobStatus.SUCCESS if success == job.worker_count else JobStatus.ERROR
        error = job.worker_count - success
        return world.jobs.save(job.to(status, finished_at=now, success_count=success, error_count=error))
    idle = [w for w in workers if not w.status.settled and not w.leased(now)]
    again_at = (job.dispatched_at or now) + timedelta(seconds=world.policy.redispatch_after_s)
    if idle and now >= again_at:
        job = world.jobs.save(job.model_copy(update={"dispatched_at": now}))
        _dispatch(world, job, idle)
    return job


def _given_up(world: World, job: DeploymentJob, worker: WorkerResource) -> WorkerResource:
    """A worker that no function took up for too long ends in error: a job does not wait for ever."""
    limit = timedelta(seconds=world.policy.worker_age_limit_s)
    now = world.clock()
    waits_since = worker.started_at or job.started_at or now
    if worker.status.settled or worker.leased(now) or now < waits_since + limit:
        return worker
    reason = worker.reason or f"deploy_{worker.resource.product.value.lower()} did not take it up"
    try:
        return world.workers.save(worker.to(WorkerStatus.ERROR, reason=reason, finished_at=now))
    except ConflictError:
        return worker  # it was taken up after all


def _dispatch(world: World, job: DeploymentJob, workers: list[WorkerResource]) -> None:
    """Cut off here, the redispatch of a later run makes up for what was not sent.

    A product that cannot be told, such as one whose function is missing, does not hold up the others.
    """
    failures: list[AppError] = []
    for product in sorted({w.resource.product for w in workers if not w.status.settled}):
        try:
            publish_scheduled(world, job.job_id, product)
        except AppError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def publish_scheduled(world: World, job_id: int, product: CloudProduct) -> None:
    at = world.clock()
    world.events.publish(
        WorkersScheduled(job_id=job_id, product=product),
        id=f"scheduled-{job_id}-{product.value}-{at.timestamp():.3f}",
        subject=f"DeploymentJob/{job_id}/{product.value}",
    )


def _announce(world: World, job: DeploymentJob) -> None:
    """Tell that the job ended, under one id however often; then let the runs forget it."""
    if not job.finish_announced:
        world.events.publish(
            JobFinished(job_id=job.job_id),
            id=f"finished-{job.job_id}",
            subject=f"DeploymentJob/{job.job_id}",
        )
        job = world.jobs.save(job.model_copy(update={"finish_announced": True}))
    world.jobs.close(job)
