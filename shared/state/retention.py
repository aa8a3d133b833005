"""Rows that Tablestore removes by itself when their time is over, removed from a file.

Of jobs only what has ended: a draft, and a job or a rollback that anybody works on, stays. A job that ended
so long ago is not rolled back any more: no certificate that it took the place of is valid still.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain.jobs import DeploymentJob
from shared.errors import ConflictError, UnreadableRowError
from shared.state import tables
from shared.state.contacts import Deliveries, Notifications
from shared.state.repositories import OWNER, DeadLetters, Jobs, Workers
from shared.state.whole import WholeStore


def forget_old(store: WholeStore, now: datetime) -> int:
    """Remove jobs, notifications and dead letters that are older than their tables keep rows; how many.

    Cut off, it goes on at the next time: a job goes after its workers.
    """
    jobs, workers, letters = Jobs(store), Workers(store), DeadLetters(store)
    rows = store.all_of(tables.OPEN_JOBS)
    opened = {int(found.key[2]) for found in rows if tables.OPEN_JOBS.fits(found.key)}
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
    for job in jobs.readable(store.range(tables.JOBS, (OWNER,))):
        settled = job.undone and job.job_id not in opened
        if not settled or job.storing_until is None or job.storing_until >= before:
            continue
        with suppress(ConflictError):  # who outlived its function's time may have stored more of them since
            for worker in list(workers.list(job.job_id)):
                workers.delete(worker)
            jobs.delete(job)
            forgotten += 1
    forgotten += _forget_notifications(store, before)
    for letter in letters.list():
        if letter.failed_at < before:
            with suppress(ConflictError):
                letters.delete(letter)
                forgotten += 1
    return forgotten


def _forget_notifications(store: WholeStore, before: datetime) -> int:
    """With what became of each; but those that are still being delivered."""
    notifications, deliveries, forgotten = Notifications(store), Deliveries(store), 0
    opened = {(one.about, one.notification_id) for one in notifications.opened()}
    for key in [found.key for found in store.all_of(tables.NOTIFICATIONS)]:
        about, notification_id = str(key[0]), str(key[1])
        with suppress(ConflictError, UnreadableRowError):
            found = notifications.find(about, notification_id)
            if found is None or (about, notification_id) in opened or found.created_at >= before:
                continue
            for delivery in list(deliveries.list(about)):
                if delivery.notification_id == notification_id:
                    deliveries.delete(delivery)
            notifications.delete(found)
            forgotten += 1
    return forgotten


def _ended(job: DeploymentJob) -> datetime | None:
    """When it changed last; None: it has not ended."""
    ends = [at for at in (job.finished_at, job.rolled_back_at) if at]
    return max(ends) if job.status.final and ends else None
