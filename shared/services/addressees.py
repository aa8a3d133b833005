"""Who is told: the contacts of a job; else those that policies name for a slot, or those by default. And
what, of a message that may be very long.

A job is told whole to everybody who is told of one of its slots. Of certificates that end, and of slots that
have drifted, each is told of his own slots.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shared.domain.contacts import CERTIFICATES, of_job
from shared.domain.events import (
    EventData,
    JobDrafted,
    JobFinished,
    JobRolledBack,
    SlotsDrifted,
    WaveEnded,
    digest_of,
)
from shared.domain.states import WorkerStatus
from shared.domain.visible import visible_in
from shared.services.deliver import announce
from shared.services.discovered import every_slot
from shared.services.drift import drifted_among
from shared.services.whom import Whom
from shared.services.world import World

_WORKERS: Final = 100  #: that a message names; a row of the state has 2 MB, and a job a hundred thousand
_SLOTS: Final = 500  #: that a message names of a contact's own
_REASON: Final = 500  #: characters of each
_FAILED: Final = (WorkerStatus.ERROR.value, WorkerStatus.ROLLBACK_ERROR.value)


def tell_contacts(world: World, event: EventData, notification_id: str, message: Mapping[str, Any]) -> None:
    """`message`: as the webhook of the settings gets it, however long."""
    of_jobs = JobDrafted | JobFinished | JobRolledBack | WaveEnded
    whom = Whom(world)
    if isinstance(event, of_jobs):
        job = world.jobs.find(event.job_id)
        if ids := whom.of_job(job):
            announce(
                world,
                of_job(event.job_id),
                notification_id,
                whom.with_gone(_for_people(world, message)),
                ids,
            )
        return
    for id, body, ids in _parts(world, whom, event, notification_id, message):
        announce(world, CERTIFICATES, id, whom.with_gone(_for_people(world, body)), ids)


def _parts(
    world: World, whom: Whom, event: EventData, notification_id: str, message: Mapping[str, Any]
) -> list[tuple[str, Mapping[str, Any], Sequence[int]]]:
    """What is told, under which id, to whom: contacts with the same slots are told the same."""
    if not whom.book.names_contacts:
        return [(notification_id, message, whom.default)]
    slots = _slots_of(world, event, message)
    records = world.resources.find_many(slots)
    found = whom.of_records(records.values())
    for slot in slots:  # somebody is told of what is no more in the state, too
        for contact in whom.default if slot not in records else ():
            found.setdefault(contact, []).append(slot)
    if not slots:
        found = {contact: [] for contact in whom.of_certificate(str(message.get("CertIdentifier", "")))}
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for contact, own in found.items():
        alike[tuple(sorted(own))].append(contact)
    return [
        (notification_id, message, contacts)
        if len(own) == len(slots)
        else (f"{notification_id}-{digest_of(own)[:8]}", _about(own, message), contacts)
        for own, contacts in alike.items()
    ]


def _slots_of(world: World, event: EventData, message: Mapping[str, Any]) -> list[str]:
    """All that it is about, also where it names the first and counts the others."""
    named = [*message.get("Slots", ()), *(line["Slot"] for line in message.get("Drifted", ()))]
    if not message.get("AndMore"):
        return named
    if isinstance(event, SlotsDrifted):
        others = [record.resource.slot for record in drifted_among(world, every_slot(world))]
    else:
        there = (record.resource for record in every_slot(world))
        others = [one.slot for one in there if one.cert_identifier == message["CertIdentifier"]]
    return list(dict.fromkeys((*named, *others)))


def _about(slots: Sequence[str], message: Mapping[str, Any]) -> dict[str, Any]:
    """The message as far as it is about these."""
    told = {name: value for name, value in message.items() if name != "AndMore"}
    if "Drifted" in told:
        told["Drifted"] = [line for line in told["Drifted"] if line["Slot"] in slots]
        left = len(slots) - len(told["Drifted"])
    else:
        told["Slots"] = list(slots[:_SLOTS])
        left = len(slots) - len(told["Slots"])
    return told | ({"AndMore": left} if left > 0 else {})


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
