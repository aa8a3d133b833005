"""What the owner's receiver is told of jobs: what came of each slot, once for each end, or again."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.certificates import CertificateRecord
from shared.domain.events import ReplacementMissing, SlotsExpiring
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.notify import notify_contacts
from tests.builders import NOW, a_certificate, a_resource
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.receiver import SECRET, Receiver

WWW = "CDN/-/www.example.com"
IMG = "OSS/-/bucket-one/img.example.com"


def roll_back(platform: Platform, *slots: str) -> None:
    platform.call(
        "manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id, "ResourceIds": slots}}
    )
    platform.drain()


@pytest.mark.long
def test_the_end_of_a_job_is_told_slot_by_slot(told: Platform, receiver: Receiver) -> None:
    """One product refuses; the message is what the owner learns of it."""
    old = told.world.resources.get(WWW).resource.cert_identifier
    told.cloud.deny("oss:PutCname")
    new = told.renew(*NAMES)

    told.tick("scan_expiry")

    message, job = receiver.one(), told.job()
    (again,) = (one for one in told.jobs() if one.job_id != job.job_id)
    assert message.id == f"finished-{job.job_id}"
    assert message.signed_with(SECRET)
    assert abs(time.time() - int(message.headers["x-certdeploy-timestamp"])) < 60
    body = message.body
    workers = body.pop("Workers")
    assert body == {
        "Type": "certdeploy:DeploymentJob:Finished",
        "JobId": job.job_id,
        "Name": job.name,
        "Status": "error",
        "SuccessCount": 3,
        "ErrorCount": 1,
        "CertIdentifiers": [new],
        "TriedAgainAt": again.schedule_time.isoformat(),
    }
    lines = {line["Slot"]: line for line in workers}
    assert lines.keys() == told.workers().keys()
    assert len(workers) == 4
    served = {"Status": "success", "From": old, "To": new, "Handshake": "served", "Reason": ""}
    assert lines[WWW] == {"Slot": WWW, **served}
    refused = lines[IMG]
    assert "PutCname" in refused.pop("Reason")
    assert refused == {"Slot": IMG, "Status": "error", "From": old, "To": new, "Handshake": None}


@pytest.mark.long
def test_each_rollback_of_a_job_is_told_with_the_direction_it_took(
    told: Platform, receiver: Receiver
) -> None:
    old = told.world.resources.get(WWW).resource.cert_identifier
    new = told.renew(*NAMES)
    told.tick("scan_expiry")
    receiver.take()

    roll_back(told, WWW)
    first = receiver.one()
    told.clock.sleep(60)
    told.cloud.deny("oss:PutCname")
    roll_back(told, IMG)
    second = receiver.one()

    job = told.job()
    body = first.body
    assert body == {
        "Type": "certdeploy:DeploymentJob:RolledBack",
        "JobId": job.job_id,
        "Name": job.name,
        "RollbackSuccessCount": 1,
        "RollbackErrorCount": 0,
        "Workers": [
            {
                "Slot": WWW,
                "Status": "rollback_success",
                "From": new,
                "To": old,
                "Handshake": "served",
                "Reason": "",
            }
        ],
    }
    assert (second.body["RollbackSuccessCount"], second.body["RollbackErrorCount"]) == (1, 1)
    lines = {line["Slot"]: line for line in second.body["Workers"]}
    assert (lines[IMG]["Status"], lines[IMG]["From"], lines[IMG]["To"]) == ("rollback_error", new, old)
    assert "PutCname" in lines[IMG]["Reason"]
    assert first.id.startswith(f"rolled-back-{job.job_id}-")
    assert first.id != second.id, "the receiver would drop the second"
    assert first.signed_with(SECRET)


@pytest.mark.long
def test_a_message_that_goes_out_twice_has_the_same_id(told: Platform, receiver: Receiver) -> None:
    told.renew(*NAMES)
    told.copies = 2
    told.tick("scan_expiry")
    finished = receiver.take()
    roll_back(told)
    rolled_back = receiver.take()

    for messages in (finished, rolled_back):
        assert len(messages) > 1
        assert len({message.id for message in messages}) == 1
        assert len({message.raw for message in messages}) == 1


def _missing(*slots: str, reason: str = "") -> ReplacementMissing:
    facts = {"cert_identifier": "7-cn-hangzhou", "name": "shop", "not_after": NOW}
    return ReplacementMissing.about(slots, reason=reason, days_left=29, **facts)


def _stranger(*slots: str) -> SlotsExpiring:
    facts = {"cert_identifier": "sha256:0f", "not_after": NOW, "threshold_days": 30}
    return SlotsExpiring.about(slots, days_left=29, **facts)


def found(platform: Platform, event: ReplacementMissing | SlotsExpiring, *beside: str) -> None:
    """The state tells the same as the event; of slots `beside` those that it names, too."""
    world = platform.world
    if isinstance(event, ReplacementMissing):
        record = world.certificates.find("7-cn-hangzhou") or CertificateRecord(certificate=a_certificate(7))
        world.certificates.save(record.telling(event.digest))
    if not isinstance(event, SlotsExpiring):
        return
    for slot in (*event.slots, *beside):
        product, _, resource_id = slot.split("/", 2)
        facts = {"product": CloudProduct(product), "cert_identifier": event.cert_identifier}
        resource = a_resource(resource_id, domains=(), cert_not_after=event.not_after, **facts)
        world.resources.put(resource, world.clock())
        world.resources.told(world.resources.get(slot), event.threshold_days)


_MANY = [f"CDN/-/{n:0200}.example.com" for n in range(200)]


@pytest.mark.parametrize(
    ("event", "another"),
    [
        (_missing(WWW), _missing(WWW, IMG)),
        (_missing(WWW), _missing(WWW, reason="a policy")),
        (_missing(*_MANY, WWW), _missing(*_MANY, IMG)),  # the event names neither
        (_stranger(WWW), _stranger(IMG)),
        (_stranger(*_MANY, WWW), _stranger(*_MANY, IMG)),
    ],
    ids=["more", "reason", "not-named", "strangers", "strangers-not-named"],
)
def test_other_slots_of_a_certificate_told_the_same_day_are_no_repetition(
    platform: Platform, event: ReplacementMissing | SlotsExpiring, another: ReplacementMissing | SlotsExpiring
) -> None:
    """As of a cluster that could not be read before."""
    found(platform, event, WWW)
    first = notify_contacts(platform.world, event).notification_id

    assert notify_contacts(platform.world, event).notification_id == first
    found(platform, another, IMG)
    assert notify_contacts(platform.world, another).notification_id != first


@pytest.mark.parametrize(
    ("answers", "deliveries"),
    [([503], 2), ([500, 429], 3), ([400], 1), ([404], 1), ([302], 1)],
    ids=str,
)
def test_a_receiver_that_fails_is_told_again_and_one_that_refuses_is_not(
    told: Platform, receiver: Receiver, answers: list[int], deliveries: int
) -> None:
    told.renew(*NAMES)
    receiver.answers = answers

    told.tick("scan_expiry")
    told.tick("run_deployment_jobs", "scan_expiry")

    messages = receiver.take()
    assert len(messages) == deliveries
    assert len({message.id for message in messages}) == 1
    assert told.job().status is JobStatus.SUCCESS


def notify(platform: Platform, what: str) -> Any:
    """An event about the only job comes once more; the function's answer."""
    event = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "certdeploy",
        "type": f"certdeploy:DeploymentJob:{what}",
        "time": "2026-05-01T12:00:00Z",
        "data": {"JobId": platform.job().job_id},
    }
    return platform.call("notify_contacts", event)


def test_of_very_many_slots_the_first_are_told_and_how_many_there_are(
    told: Platform, receiver: Receiver
) -> None:
    found(told, _missing(*_MANY))
    notify_contacts(told.world, _missing(*_MANY))

    body = receiver.one().body
    assert body["Slots"] == _MANY[: len(body["Slots"])]
    assert len(body["Slots"]) + body["AndMore"] == len(_MANY)
    assert body["AndMore"] > 0


def test_the_function_answers_whether_the_message_was_delivered(told: Platform, receiver: Receiver) -> None:
    told.renew(*NAMES)
    told.tick("scan_expiry")
    receiver.answers = [200, 410]

    answers = [notify(told, "Finished"), notify(told, "Finished")]

    finished = f"finished-{told.job().job_id}"
    assert answers == [
        {"NotificationId": finished, "Delivered": True},
        {"NotificationId": finished, "Delivered": False},
    ]


@pytest.mark.parametrize(
    ("event", "forged"),
    [
        (_missing(WWW), {"reason": "renew it at https://evil.example"}),
        (_missing(WWW), {"name": "another"}),
        (_missing(WWW), {"not_after": NOW - timedelta(days=9)}),
        (_missing(WWW), {"days_left": 1}),
        (_missing(WWW), {"slots": (WWW, IMG)}),
        (_missing(WWW), {"cert_identifier": "8-cn-hangzhou"}),
        (_stranger(WWW), {"slots": (WWW, IMG)}),
        (_stranger(WWW), {"cert_identifier": "sha256:ff"}),
        (_stranger(WWW), {"not_after": NOW - timedelta(days=9)}),
    ],
    ids=lambda it: "+".join(it) if isinstance(it, dict) else type(it).__name__,
)
def test_what_the_state_does_not_tell_is_told_to_nobody(
    told: Platform,
    receiver: Receiver,
    event: ReplacementMissing | SlotsExpiring,
    forged: dict[str, Any],
) -> None:
    """Somebody who may invoke the function cannot speak in the name of this installation."""
    found(told, event)

    with pytest.raises((InvalidRequestError, NotFoundError)):
        notify_contacts(told.world, event.evolve(**forged))

    assert receiver.take() == []
    assert notify_contacts(told.world, event).delivered


def test_a_receiver_that_was_down_for_some_events_is_told_each_of_them(
    told: Platform, receiver: Receiver
) -> None:
    events = [_missing(f"CDN/-/{number}.example.com") for number in range(8)]
    for event in events:
        found(told, event)

    assert all(notify_contacts(told.world, event).delivered for event in events)


def test_without_a_receiver_a_job_ends_as_well_and_nothing_counts_as_delivered(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.tick("scan_expiry")

    assert (platform.job().status, platform.failures) == (JobStatus.SUCCESS, [])
    assert notify(platform, "Finished")["Delivered"] is False
