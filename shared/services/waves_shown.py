"""The waves of a job for people: how many slots each has, what has become of them, and what is waited for."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from pydantic import AwareDatetime

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.states import WorkerStatus
from shared.domain.values import Wire
from shared.services.waves import begins_at, waits_for_somebody


class WaveShown(Wire):
    wave: int  #: counted from 1
    slots: int
    counts: dict[WorkerStatus, int]
    state: str  #: in words
    begins_at: AwareDatetime | None = None  #: by itself, not before


def waves_of(job: DeploymentJob, workers: Iterable[WorkerResource], now: datetime) -> tuple[WaveShown, ...]:
    """None of a job that is done at once."""
    if job.waves is None:
        return ()
    counts: dict[int, Counter[WorkerStatus]] = defaultdict(Counter)
    for worker in workers:
        counts[worker.wave][worker.status] += 1
    return tuple(
        WaveShown(
            wave=number + 1,
            slots=sum(some.values()),
            counts=dict(some),
            state=_state(job, number, some, now),
            begins_at=begins_at(job) if _is_next(job, number) else None,
        )
        for number, some in sorted(counts.items())
    )


def _is_next(job: DeploymentJob, number: int) -> bool:
    return number == job.wave + 1 and not job.status.final


def _state(job: DeploymentJob, number: int, counts: Counter[WorkerStatus], now: datetime) -> str:
    if all(status.settled or status.of_rollback for status in counts):  # rollbacks have no waves
        begun = number <= job.wave and sum(counts.values()) > counts[WorkerStatus.CANCELLED]
        return "ended" if begun else "not begun"
    if number <= job.wave:
        return "under way" if job.started_at else "begins first"
    if not _is_next(job, number) or not job.started_at:
        return "held"
    if waits_for_somebody(job):
        return f"waits for `certdeploy job continue {job.job_id}`"
    at = begins_at(job)
    return (
        "held until wave " + str(number) + " has ended" if at is None else "begins" if at <= now else "pauses"
    )
