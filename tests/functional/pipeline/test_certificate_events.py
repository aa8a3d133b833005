"""Announcements of certificates: how they are labelled, and what is answered and logged to each."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from shared.domain.states import JobStatus
from shared.services.create import create_deployment_jobs
from shared.services.notify import notify_contacts
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.receiver import Receiver


def waiting(platform: Platform) -> list[dict[str, Any]]:
    """The events in the queue: who gets them, and how they are labelled."""
    found = []
    for function, payload in platform.queue:
        event = json.loads(payload)
        found.append({"to": function, **{name: event.get(name) for name in ("source", "id", "subject")}})
    return found


def announced(platform: Platform) -> tuple[str, bytes]:
    """The announcement of a certificate that is being scanned, taken out of the queue."""
    platform.call("scan_expiry", {})
    ((function, payload),) = platform.queue
    platform.queue.clear()
    return function, payload


def test_an_event_is_labelled_by_what_it_is_about_and_the_same_again_at_the_next_scan(
    platform: Platform,
) -> None:
    new = platform.renew(*NAMES)
    expected = {
        "to": "create_deployment_job",
        "source": "certdeploy",
        "id": f"issued-{new}",
        "subject": f"Certificate/{new}",
    }

    answers = [platform.call("scan_expiry", {}), platform.call("scan_expiry", {})]

    assert waiting(platform) == [expected, expected]
    assert [answer["Issued"] for answer in answers] == [[new], [new]]


def test_an_ending_certificate_is_labelled_by_its_warning_time_too(platform: Platform) -> None:
    old = platform.world.resources.get("CDN/-/www.example.com").resource.cert_identifier
    platform.pass_days(10.5)
    platform.call("scan_expiry", {})
    first = waiting(platform)
    platform.drain(until="notify_contacts")
    missing = [one for one in waiting(platform) if old in str(one["id"])]
    platform.queue.clear()
    platform.pass_days(15)
    platform.call("scan_expiry", {})

    label = {"source": "certdeploy", "subject": f"Certificate/{old}"}
    assert {"to": "create_deployment_job", "id": f"expiring-{old}-30", **label} in first
    assert missing == [{"to": "notify_contacts", "id": f"replacement-missing-{old}-30", **label}]
    assert {"to": "create_deployment_job", "id": f"expiring-{old}-15", **label} in waiting(platform)


def test_an_issued_certificate_is_planned_for_once_and_the_answers_say_what_became_of_it(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.create")
    new = platform.renew(*NAMES)
    event = announced(platform)

    first, again = platform.call(*event), platform.call(*event)

    (job,) = first["Jobs"]
    assert (job["Origin"], job["Status"], first["Note"]) == (f"issued-{new}", "pending", "")
    assert job["Name"] == f"{platform.world.certificates.get(new).certificate.name} issued"
    assert (again["Jobs"], again["Note"]) == ([], "already planned for")
    assert [function for function, _ in platform.queue] == ["run_deployment_jobs"]
    assert json.loads(platform.queue[0][1]) == {"JobId": job["JobId"]}
    (record,) = [found for found in caplog.records if found.name == "certdeploy.create"]
    assert record.message == "job was submitted"
    facts = {name: record.__dict__[name] for name in ("job_id", "job", "workers")}
    assert facts == {"job_id": job["JobId"], "job": job["Name"], "workers": 4}


def reasons(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    found = [record for record in caplog.records if record.name == "certdeploy.create"]
    assert {record.message for record in found} == {"no job was created"}
    caplog.clear()
    return [(record.__dict__["cert_identifier"], record.__dict__["reason"]) for record in found]


def test_a_certificate_that_replaces_nothing_is_answered_and_logged_so(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.create")
    new = platform.renew("example.net")

    answer = platform.call(*announced(platform))

    assert answer == {"Jobs": [], "Note": "it replaces no certificate in service"}
    assert reasons(caplog) == [(new, "it replaces no certificate in service")]


def test_one_that_may_go_nowhere_by_itself_is_answered_and_logged_with_the_reason(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.create")
    new = platform.renew(*NAMES, key="rsa-2048")

    answer = platform.call(*announced(platform))

    why = "4 slots: the kind of key changes (ECC → RSA); create a job by hand; 1 slot: HTTPS is off; "
    assert answer["Note"].startswith(why)
    assert reasons(caplog) == [(new, answer["Note"])]


def test_what_waits_for_a_discovery_is_answered_and_logged_with_the_products(
    fresh: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "certdeploy.create")
    fresh.tick("scan_expiry")
    fresh.call("discover_resources", {"Products": ["OSS"]})
    fresh.drain()
    new = fresh.renew(*NAMES, days=20)

    fresh.call("scan_expiry", {})
    answers = [fresh.call(*message) for message in fresh.queue]

    note = "waiting for the discovery of CDN, ALB; the next scan tries again"
    assert answers == [{"Jobs": [], "Note": note}] * 2, "it is new, and near its end"
    assert reasons(caplog) == [(new, note)] * 2


def test_an_ending_certificate_that_was_dealt_with_is_answered_so(platform: Platform) -> None:
    old = platform.world.resources.get("CDN/-/www.example.com").resource.cert_identifier
    platform.pass_days(10.5)
    platform.call("scan_expiry", {})
    (event,) = [message for message in platform.queue if old.encode() in message[1]]
    platform.queue.clear()

    first, again = platform.call(*event), platform.call(*event)

    assert first == {"Jobs": [], "Note": ""}
    assert again == {"Jobs": [], "Note": f"{old} has already been handled"}
    told = [function for function, _ in platform.queue]
    assert told == ["notify_contacts"] * 2, "the other certificate ends then, too"


def test_a_certificate_that_is_not_valid_yet_is_announced_when_it_is(platform: Platform) -> None:
    new = platform.renew(*NAMES, age=0)
    platform.clock.sleep(-3 * 86400)
    assert platform.call("scan_expiry", {})["Issued"] == []

    platform.clock.sleep(3 * 86400)
    platform.tick("scan_expiry")

    assert platform.job().origin == f"issued-{new}"
    assert platform.job().status is JobStatus.SUCCESS


def test_a_message_that_is_refused_for_good_is_logged_as_an_error(
    told: Platform, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    told.renew(*NAMES)
    receiver.answers = [403]

    told.tick("scan_expiry")

    (record,) = [found for found in caplog.records if found.name == "certdeploy.notify"]
    assert (record.levelname, record.message) == ("ERROR", "message was refused")
    assert record.__dict__["notification_id"] == f"finished-{told.job().job_id}"
    assert "HTTP 403" in record.__dict__["reason"]


def test_what_is_no_message_for_a_use_case_is_a_mistake_in_the_code(platform: Platform) -> None:
    for use_case in (create_deployment_jobs, notify_contacts):
        with pytest.raises(KeyError, match="dict"):
            use_case(platform.world, {})
