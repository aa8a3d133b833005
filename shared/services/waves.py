"""The waves of a job that runs: the next one begins, or what is left of the job is not begun any more.

All of it is in the job's row, which is written first, under the condition that nobody else has written it;
the workers follow, and whoever sees them behind takes them along. So it may be cut off anywhere, run twice at
a time, or late.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain.events import WaveEnded
from shared.domain.job_requests import ContinueDeploymentJob
from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import ConflictError, InvalidRequestError
from shared.services.cancel import cancel_waiting
from shared.services.freezing import check_not_frozen, why_frozen
from shared.services.seen import Seen, seen_of
from shared.services.waking import wake_runner
from shared.services.world import World

log = logging.getLogger("certdeploy.create")


def stepped(world: World, job: DeploymentJob, seen: Seen) -> tuple[DeploymentJob, Seen]:
    """A job in waves that is processed, one step further: halted, its next wave begun, or as it was.

    Raises:
        ConflictError: somebody else has changed it.
    """
    if job.waves is None or not seen.unsettled or job.halted or job.cancelled_at is not None:
        return job, seen
    if why := _why_halted(job, seen):
        log.warning("job was halted", extra={"job_id": job.job_id, "job": job.name, "reason": why})
        job = world.jobs.save(job.evolve(halted=why))
        cancel_waiting(world, job)
        return job, seen_of(world, job)
    if not seen.released:
        if not seen.held or seen.unsettled > seen.held:  # it is the last one, or under way
            return job, seen
        job = _told(world, _ended(world, job))
        if not _may_begin(world, job) or why_frozen(world, job):
            return job, seen
        job = world.jobs.save(job.evolve(wave=job.wave + 1, wave_ended_at=None))
        facts = {"job_id": job.job_id, "job": job.name, "wave": job.wave + 1}
        log.info("wave of a job began", extra=facts)
    _release(world, job)
    return job, seen_of(world, job)


def continue_job(world: World, request: ContinueDeploymentJob) -> DeploymentJob:
    """The job, whose next wave begins. Of a wave that has begun, the answer is the same.

    Raises:
        InvalidRequestError: it waits for nobody.
        ConflictError: somebody else has changed it.
    """
    job = world.jobs.get(request.job_id)
    if request.wave is not None and request.wave <= max(job.wave, job.wave_approved) + 1:
        return job
    if job.status is not JobStatus.PROCESSING or job.waves is None:
        raise InvalidRequestError(f"job {job.job_id} does not wait: it is {job.status.value}")
    seen = seen_of(world, job)
    if seen.held == seen.released:
        raise InvalidRequestError(f"job {job.job_id} does not wait: its last wave has begun")
    if seen.unsettled > seen.held or seen.released:
        raise InvalidRequestError(
            f"wave {job.wave + 1} of job {job.job_id} has not ended yet, and what it shows decides"
        )
    if request.wave not in (None, job.wave + 2):
        raise InvalidRequestError(f"Wave: the next one of job {job.job_id} is {job.wave + 2}")
    if why := _why_halted(job, seen):
        raise InvalidRequestError(f"job {job.job_id} halts: {why}")
    allowed = job.during_freeze or request.during_freeze
    check_not_frozen(world, None, allowed=allowed)
    world.jobs.open(job)
    log.info(
        "wave of a job was let begin", extra={"job_id": job.job_id, "job": job.name, "wave": job.wave + 2}
    )
    job = world.jobs.save(job.evolve(wave_approved=job.wave + 1, during_freeze=allowed))
    wake_runner(world, job.job_id)
    return job


def waits_for_somebody(job: DeploymentJob) -> bool:
    """Whether its next wave begins when somebody lets it, and not before."""
    return (
        job.status is JobStatus.PROCESSING
        and job.waves is not None
        and job.waves.approval
        and job.wave_ended_at is not None
        and job.wave_approved <= job.wave
        and not job.halted
        and job.cancelled_at is None
    )


def begins_at(job: DeploymentJob) -> datetime | None:
    """When its next wave begins by itself; None: nothing is waited for, or somebody."""
    if job.waves is None or job.wave_ended_at is None or waits_for_somebody(job):
        return None
    return job.wave_ended_at + timedelta(minutes=job.waves.pause_minutes)


def _why_halted(job: DeploymentJob, seen: Seen) -> str:
    """Why what is left is not begun; "" if it may be."""
    assert job.waves is not None
    left = job.waves.halt_at_percent
    if seen.failed > seen.begun * left / 100:
        return f"{seen.failed} of the {seen.begun} slots that it has begun failed (more than {left:g} %)"
    ended = seen.unsettled == seen.held and seen.held > seen.released
    if ended and not (seen.success + seen.of_rollback):
        return f"none of the {seen.begun} slots that it has begun was deployed, so nothing is proved"
    return ""


def _ended(world: World, job: DeploymentJob) -> DeploymentJob:
    return job if job.wave_ended_at else world.jobs.save(job.evolve(wave_ended_at=world.clock()))


def _told(world: World, job: DeploymentJob) -> DeploymentJob:
    """Contacts know that it waits for somebody: under one id, however often."""
    if not waits_for_somebody(job) or job.wave_told > job.wave:
        return job
    world.events.publish(
        WaveEnded(job_id=job.job_id, wave=job.wave),
        id=f"wave-{job.job_id}-{job.wave}-{job.retries}",
        subject=f"DeploymentJob/{job.job_id}",
    )
    return world.jobs.save(job.evolve(wave_told=job.wave + 1))


def _may_begin(world: World, job: DeploymentJob) -> bool:
    assert job.waves is not None
    if job.wave_approved > job.wave:
        return True
    at = begins_at(job)
    return not job.waves.approval and at is not None and at <= world.clock()


def _release(world: World, job: DeploymentJob) -> None:
    now = world.clock()
    for worker in world.workers.list(job.job_id):
        if worker.status is WorkerStatus.HELD and worker.wave <= job.wave:
            with suppress(ConflictError):  # another run is at it
                world.workers.save(worker.to(WorkerStatus.PENDING, started_at=now))
