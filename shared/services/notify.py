"""Notify the contacts, and the webhook of the settings, how a job ended, or what needs their attention."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from shared.domain.contact_requests import NotifyContacts
from shared.domain.events import (
    AboutSlots,
    EventData,
    JobDrafted,
    JobFinished,
    JobRolledBack,
    NotificationsDue,
    ReplacementMissing,
    SlotsDrifted,
    SlotsExpiring,
    WaveEnded,
    digest_of,
)
from shared.domain.jobs import WorkerResource
from shared.domain.moments import whole_days
from shared.domain.resources import CloudResource, Placed, ResourceRecord
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.values import Wire
from shared.domain.visible import visible_in
from shared.domain.warning_times import looked_at_end
from shared.errors import CloudRejectedError, InvalidRequestError
from shared.services.addressees import tell_contacts
from shared.services.again import tried_again
from shared.services.contacts import Tested, tested_contact
from shared.services.deliver import Delivered, deliver_due
from shared.services.discovered import every_slot
from shared.services.drift import drifted_among
from shared.services.policies import ReadPolicies, policies_of
from shared.services.waves import waits_for_somebody
from shared.services.world import World

log = logging.getLogger("certdeploy.notify")
Message = tuple[str, dict[str, object]]  #: (notification id, body without Type)


#: Whereupon contacts are told something that is new.
AboutJobs = JobDrafted | JobFinished | JobRolledBack | WaveEnded
News = AboutJobs | ReplacementMissing | SlotsExpiring | SlotsDrifted
Asked = News | NotificationsDue | NotifyContacts


class Notified(Wire):
    notification_id: str
    delivered: bool  #: False: no webhook is configured, or it refused the message permanently


Told = Notified | Delivered | Tested


def notify_on(world: World, message: Asked) -> Told:
    if isinstance(message, NotifyContacts) and message.test is not None:
        return tested_contact(world, message.test.contact_id)
    if isinstance(message, NotifyContacts | NotificationsDue):
        return deliver_due(world)
    return notify_contacts(world, message)


def notify_contacts(world: World, event: News) -> Notified:
    """Tell the contacts, each once; and the webhook of the settings, at least once, under the same id.

    Raises:
        CloudUnavailableError: that webhook does not answer; the contacts have been told, or will be.
    """
    notification_id, body = _BY_TYPE[type(event)](world, event)
    message = {"Type": event.type, **{name: visible_in(value) for name, value in body.items()}}
    tell_contacts(world, event, notification_id, message)
    try:
        delivered = world.notify(notification_id, message)
    except CloudRejectedError as error:  # a retry would be refused too
        log.error("message was refused", extra={"notification_id": notification_id, "reason": str(error)})
        delivered = False
    return Notified(notification_id=notification_id, delivered=delivered)


def _job_finished(world: World, event: JobFinished) -> Message:
    job = world.jobs.get(event.job_id)
    if not job.status.final:  # its message would take the id of the end's
        raise InvalidRequestError(f"JobId: job {job.job_id} has not ended, it is {job.status.value}")
    again = tried_again(world, job)
    return job.end_id, {
        "JobId": job.job_id,
        "Name": job.name,
        "Status": job.status.value,
        "SuccessCount": job.success_count,
        "ErrorCount": job.error_count,
        **({"CancelledCount": job.cancelled_count} if job.cancelled_count else {}),
        **({"Halted": job.halted} if job.halted else {}),
        "CertIdentifiers": list(job.cert_identifiers),
        **({"TriedAgainAt": again.isoformat()} if again else {}),
        "Workers": [_line(worker) for worker in world.workers.list(job.job_id)],
    }


def _job_rolled_back(world: World, event: JobRolledBack) -> Message:
    job = world.jobs.get(event.job_id)
    workers = [worker for worker in world.workers.list(job.job_id) if worker.status.of_rollback]
    if not workers or not all(worker.status.settled for worker in workers):
        raise InvalidRequestError(f"JobId: no rollback of job {job.job_id} has ended")
    return f"rolled-back-{job.job_id}-{_last_end(workers)}", {
        "JobId": job.job_id,
        "Name": job.name,
        "RollbackSuccessCount": sum(w.status is WorkerStatus.ROLLBACK_SUCCESS for w in workers),
        "RollbackErrorCount": sum(w.status is WorkerStatus.ROLLBACK_ERROR for w in workers),
        "Workers": [_line(worker) for worker in workers],
    }


def _wave_ended(world: World, event: WaveEnded) -> Message:
    """Of a job that goes on by now, nobody is told that it waits."""
    job = world.jobs.get(event.job_id)
    if job.wave != event.wave or not waits_for_somebody(job):
        raise InvalidRequestError(
            f"JobId: wave {event.wave + 2} of job {job.job_id} does not wait for anybody"
        )
    workers = list(world.workers.list(job.job_id))
    return f"wave-{job.job_id}-{job.wave}-{job.retries}", {
        "JobId": job.job_id,
        "Name": job.name,
        "Wave": job.wave + 1,
        "HeldCount": sum(worker.status is WorkerStatus.HELD for worker in workers),
        "CertIdentifiers": list(job.cert_identifiers),
        "Workers": [_line(worker) for worker in workers if worker.wave == job.wave],
    }


def _job_drafted(world: World, event: JobDrafted) -> Message:
    """Under another id when it has become another draft."""
    job = world.jobs.get(event.job_id)
    if job.status is not JobStatus.EDITING:
        raise InvalidRequestError(f"JobId: job {job.job_id} waits for nobody, it is {job.status.value}")
    return f"drafted-{job.job_id}-{job.plan_digest}", {
        "JobId": job.job_id,
        "Name": job.name,
        "Digest": job.plan_digest,
        "DraftedBy": list(job.drafted_by),
        "Reason": job.held_back,
        "CertIdentifiers": list(job.cert_identifiers),
        "Slots": sorted(worker.resource.slot for worker in world.workers.list(job.job_id)),
    }


def _last_end(workers: list[WorkerResource]) -> str:
    """Distinguishes the notifications of several rollbacks of one job."""
    ends = [worker.finished_at.isoformat() for worker in workers if worker.finished_at]
    return max(ends, default="")


def _replacement_missing(world: World, event: ReplacementMissing) -> Message:
    """Other slots of the certificate, seen later the same day, are no repetition; nor is another reason, or
    another warning time.
    """
    record = world.certificates.get(event.cert_identifier)
    if event.digest not in record.missing_told:
        raise InvalidRequestError(f"CertIdentifier: no plan has found this of {event.cert_identifier}")
    at = () if event.threshold_days is None else (f"{event.threshold_days:g}",)
    what = _digest(_all_slots(event), event.reason, *at)
    return f"missing-{event.cert_identifier}-{event.days_left}-{what}", {
        "CertIdentifier": event.cert_identifier,
        "Name": event.name,
        "NotAfter": event.not_after.isoformat(),
        "DaysLeft": event.days_left,
        **_ended(world, event.not_after),
        **_slots(event),
        **({"Reason": event.reason} if event.reason else {}),
    }


def _slots_expiring(world: World, event: SlotsExpiring) -> Message:
    event = _as_the_state_has_it(world, event)
    what = _digest(_all_slots(event))
    return f"slots-expiring-{event.cert_identifier}-{event.threshold_days:g}-{what}", {
        "CertIdentifier": event.cert_identifier,
        "NotAfter": event.not_after.isoformat(),
        "DaysLeft": whole_days(event.not_after - world.clock()),
        **_ended(world, event.not_after),
        **_slots(event),
        "Reason": "CAS does not know this certificate, so it is not renewed there",
    }


def _slots_drifted(world: World, event: SlotsDrifted) -> Message:
    """Those that have drifted as the state has it now: others were put right, or are made up."""
    records = list(every_slot(world)) if event.not_named else world.resources.find_many(event.slots).values()
    drifted = sorted(drifted_among(world, records), key=lambda one: one.resource.slot)
    if not drifted:
        raise InvalidRequestError("Slots: none of them has drifted")
    named = [one for one in drifted if one.resource.slot in event.slots]
    lines = [_drift(one.resource, one.placed) for one in named if one.placed]
    more = len(drifted) - len(lines)
    return f"slots-drifted-{_digest(*(repr(line) for line in lines), str(more))}", {
        "Drifted": lines,
        **({"AndMore": more} if more else {}),
    }


def _drift(resource: CloudResource, placed: Placed) -> dict[str, object]:
    return {
        "Slot": resource.slot,
        "CertIdentifier": resource.cert_identifier,
        "PlacedCertIdentifier": placed.cert_identifier,
        "JobId": placed.job_id,
    }


def _as_the_state_has_it(world: World, event: SlotsExpiring) -> SlotsExpiring:
    """What it says of slots that it names. How many more there are is counted, where it does not name all.

    Raises:
        InvalidRequestError: they do not have this certificate, with this end and this warning time passed.
    """
    if world.certificates.find(event.cert_identifier) is not None:
        raise InvalidRequestError(f"CertIdentifier: CAS knows {event.cert_identifier}")
    found = world.resources.find_many(event.slots)
    for slot in event.slots:
        resource = found[slot].resource if slot in found else None
        if resource is None or resource.cert_identifier != event.cert_identifier:
            raise InvalidRequestError(f"Slots: {slot} is not known to have {event.cert_identifier}")
    ends = {one.resource.cert_not_after for one in found.values()}
    if event.not_after not in ends:
        raise InvalidRequestError(f"NotAfter: no slot's certificate ends at {event.not_after.isoformat()}")
    now, policies = world.clock(), policies_of(world)

    def meant(record: ResourceRecord) -> bool:
        own = record.resource.cert_identifier == event.cert_identifier
        return own and event.threshold_days in _times_of(record, now, policies)

    if not all(map(meant, found.values())):
        why = f"no warning time of {event.threshold_days:g} days has passed for these slots"
        raise InvalidRequestError(f"ThresholdDays: {why}")
    slots = event.slots
    if event.not_named:
        slots = tuple(sorted(record.resource.slot for record in every_slot(world) if meant(record)))
    facts = {name: getattr(event, name) for name in ("cert_identifier", "days_left", "threshold_days")}
    return SlotsExpiring.about(slots, not_after=min(filter(None, ends)), **facts)


def _times_of(record: ResourceRecord, now: datetime, policies: ReadPolicies) -> set[float]:
    """The warning times that may be told of a slot: the last that was, and the last that has passed.

    They differ for a moment, since it is told before it is remembered.
    """
    ends = record.resource.cert_not_after
    times = {record.told_days}
    if ends is not None:
        times.add(looked_at_end(ends, now, policies.warning_days_at(record.resource)))
    return {one for one in times if one is not None}


def _ended(world: World, not_after: datetime) -> dict[str, object]:
    """Within the day after the end no days are left, as within the day before it."""
    return {"Ended": True} if not_after <= world.clock() else {}


def _slots(event: AboutSlots) -> dict[str, object]:
    more = {"AndMore": event.not_named} if event.not_named else {}
    return {"Slots": list(event.slots), **more}


def _all_slots(event: AboutSlots) -> str:
    """Of slots that are all named, what the event says beside their names is not asked for."""
    return event.slots_digest if event.slots_digest and event.not_named else digest_of(event.slots)


def _digest(*parts: str) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


_BY_TYPE: Final[dict[type[EventData], Callable[[World, Any], Message]]] = {
    JobFinished: _job_finished,
    JobRolledBack: _job_rolled_back,
    ReplacementMissing: _replacement_missing,
    SlotsExpiring: _slots_expiring,
    WaveEnded: _wave_ended,
    JobDrafted: _job_drafted,
    SlotsDrifted: _slots_drifted,
}


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
