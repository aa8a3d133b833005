"""Rows that Tablestore removes by itself when their time is over, removed from a file.

Of jobs only what has ended: a draft, and a job or a rollback that anybody works on, stays. A job that ended
so long ago is not rolled back any more: no certificate that it took the place of is valid still.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain.jobs import DeploymentJob
from shared.errors import ConflictError
from shared.state import tables
from shared.state.repositories import DeadLetters, Jobs, Workers
from shared.state.whole import WholeStore


def forget_old(store: WholeStore, now: datetime) -> int:
    """Remove jobs with their workers, and dead letters, that are older than their tables keep rows; how many.

    Cut off, it goes on at the next time: a job goes after its workers.
    """
    jobs, workers, letters = Jobs(store), Workers(store), DeadLetters(store)
    opened = {int(found.key[2]) for found in store.all_of(tables.OPEN_JOBS)}
    before, forgotten = now - timedelta(seconds=tables.JOBS.life_s), 0
    for job in jobs.list():
        ended = _ended(job)
        if job.job_id in opened or ended is None or ended >= before:
            continue
        its = list(workers.list(job.job_id))
        changed = [worker.finished_at for worker in its if worker.finished_at]
        if any(not worker.status.settled for worker in its) or max(changed, default=ended) >= before:
            continue
        with suppress(ConflictError):  # somebody has it in hand after all
            for worker in its:
                workers.delete(worker)
            jobs.delete(job)
            forgotten += 1
    before = now - timedelta(seconds=tables.DEAD_LETTERS.life_s)
    for letter in letters.list():
        if letter.failed_at < before:
            with suppress(ConflictError):
                letters.delete(letter)
                forgotten += 1
    return forgotten


def _ended(job: DeploymentJob) -> datetime | None:
    """When it changed last; None: it has not ended."""
    ends = [at for at in (job.finished_at, job.rolled_back_at) if at]
    return max(ends) if job.status.final and ends else None
