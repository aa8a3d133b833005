"""Who is told: the contacts of a job, or those by default; and what, of a message that may be very long."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shared.domain.contacts import CERTIFICATES, of_job
from shared.domain.events import EventData, JobDrafted, JobFinished, JobRolledBack, WaveEnded
from shared.domain.states import WorkerStatus
from shared.domain.visible import visible_in
from shared.services.deliver import announce
from shared.services.world import World

_WORKERS: Final = 100  #: that a message names; a row of the state has 2 MB, and a job a hundred thousand
_REASON: Final = 500  #: characters of each
_FAILED: Final = (WorkerStatus.ERROR.value, WorkerStatus.ROLLBACK_ERROR.value)


def tell_contacts(world: World, event: EventData, notification_id: str, message: Mapping[str, Any]) -> None:
    """`message`: as the webhook of the settings gets it, however long."""
    of_jobs = JobDrafted | JobFinished | JobRolledBack | WaveEnded
    job_id = event.job_id if isinstance(event, of_jobs) else None
    if ids := _contacts(world, job_id):
        about = CERTIFICATES if job_id is None else of_job(job_id)
        announce(world, about, notification_id, _for_people(world, message), ids)


def _contacts(world: World, job_id: int | None) -> Sequence[int]:
    """Of a job that a person made without any, nobody: that person sees it."""
    job = world.jobs.find(job_id) if job_id is not None else None
    if job is not None and (job.contact_ids or not job.automatic):
        return job.contact_ids
    return [contact.contact_id for contact in world.contacts.list() if contact.default]


def _for_people(world: World, message: Mapping[str, Any]) -> dict[str, Any]:
    """With the names and ends of its certificates; of very many slots those that failed come first."""
    told = dict(message)
    if "Slots" in told and "CertIdentifiers" in told:  # of a draft
        slots = told["Slots"]
        told["Slots"], left = slots[:_WORKERS], len(slots) - _WORKERS
        told |= {"AndMore": left} if left > 0 else {}
    if "Workers" in told:
        workers = sorted(told["Workers"], key=lambda line: line["Status"] not in _FAILED)
        told["Workers"] = [{**line, "Reason": line["Reason"][:_REASON]} for line in workers[:_WORKERS]]
        if left := len(workers) - _WORKERS:
            told |= {"AndMore": left} if left > 0 else {}
    identifiers = told.get("CertIdentifiers") or [told.get("CertIdentifier"), *_of(told.get("Workers", ()))]
    if known := _certificates(world, filter(None, identifiers)):
        told["Certificates"] = known
    return told


def _of(workers: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (line["To"] for line in workers)


def _certificates(world: World, identifiers: Iterable[str]) -> list[dict[str, Any]]:
    found = world.certificates.find_many(dict.fromkeys(identifiers))
    return [
        {
            "CertIdentifier": identifier,
            "Names": visible_in(list(record.certificate.names)),
            "NotAfter": record.certificate.not_after.isoformat(),
        }
        for identifier, record in found.items()
    ]
