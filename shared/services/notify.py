"""Tell the contacts how a job ended, or what needs a person."""

import logging
from functools import singledispatch

from shared.domain.events import JobFinished, JobRolledBack, ReplacementMissing
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.domain.values import Wire
from shared.errors import CloudRejectedError
from shared.services.world import World

log = logging.getLogger("certdeploy.notify")


class Notified(Wire):
    notification_id: str
    delivered: bool  #: False: no contact is configured, or it refused the message for good


@singledispatch
def notify_contacts(event: JobFinished | JobRolledBack | ReplacementMissing, world: World) -> Notified:
    """At least once; the id lets the receiver drop a repetition."""
    raise TypeError(type(event).__name__)


@notify_contacts.register
def _job_finished(event: JobFinished, world: World) -> Notified:
    job = world.jobs.get(event.job_id)
    body: dict[str, object] = {
        "Type": event.type,
        "JobId": job.job_id,
        "Name": job.name,
        "Status": job.status.value,
        "SuccessCount": job.success_count,
        "ErrorCount": job.error_count,
        "CertIdentifiers": list(job.cert_identifiers),
        "Workers": [_line(worker) for worker in world.workers.list(job.job_id)],
    }
    return _sent(world, f"finished-{job.job_id}", body)


@notify_contacts.register
def _job_rolled_back(event: JobRolledBack, world: World) -> Notified:
    job = world.jobs.get(event.job_id)
    workers = [worker for worker in world.workers.list(job.job_id) if worker.status.of_rollback]
    body: dict[str, object] = {
        "Type": event.type,
        "JobId": job.job_id,
        "Name": job.name,
        "RollbackSuccessCount": sum(w.status is WorkerStatus.ROLLBACK_SUCCESS for w in workers),
        "RollbackErrorCount": sum(w.status is WorkerStatus.ROLLBACK_ERROR for w in workers),
        "Workers": [_line(worker) for worker in workers],
    }
    return _sent(world, f"rolled-back-{job.job_id}-{_last_end(workers)}", body)


def _last_end(workers: list[WorkerResource]) -> str:
    """Tells the notifications of several rollbacks of one job apart."""
    ends = [worker.finished_at.isoformat() for worker in workers if worker.finished_at]
    return max(ends, default="")


@notify_contacts.register
def _replacement_missing(event: ReplacementMissing, world: World) -> Notified:
    body: dict[str, object] = {
        "Type": event.type,
        "CertIdentifier": event.certificate.identifier,
        "Name": event.certificate.name,
        "NotAfter": event.certificate.not_after.isoformat(),
        "DaysLeft": event.days_left,
        "Slots": list(event.slots),
    }
    return _sent(world, f"missing-{event.certificate.identifier}-{event.days_left}", body)


def _sent(world: World, notification_id: str, body: dict[str, object]) -> Notified:
    try:
        delivered = world.notify(notification_id, body)
    except CloudRejectedError as error:  # the next delivery would be refused as well
        log.error("message was refused", extra={"notification_id": notification_id, "reason": str(error)})
        delivered = False
    return Notified(notification_id=notification_id, delivered=delivered)


def _line(worker: WorkerResource) -> dict[str, object]:
    change = (worker.previous_cert_identifier, worker.cert_identifier)
    before, after = reversed(change) if worker.status.of_rollback else change
    return {
        "Slot": worker.resource.slot,
        "Status": worker.status.value,
        "From": before,
        "To": after,
        "Handshake": worker.verification.handshake.value if worker.verification else None,
        "Reason": worker.reason,
    }
