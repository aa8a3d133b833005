"""CloudEvents: what each type is called, who consumes it, what it carries, and which envelope is one."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.cloud.functions import ASYNC_LIMIT
from shared.domain import events
from shared.domain.events import CloudEvent, EventData, ReplacementMissing
from tests.builders import NOW, a_certificate

ENVELOPE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "certdeploy",
    "type": "certdeploy:Certificate:Issued",
    "time": "2026-05-01T12:00:00Z",
}
SHORT = {"CertIdentifier": "7-cn-hangzhou"}
SLOTS = {"Slots": ["CDN/-/www.example.com"], "SlotCount": 1, "SlotsDigest": "e8502ff82c22a487"}


@pytest.mark.parametrize(
    ("kind", "type_", "consumer", "data"),
    [
        (events.CertificateIssued, "Certificate:Issued", "create_deployment_job", SHORT),
        (
            events.CertificateExpiring,
            "Certificate:Expiring",
            "create_deployment_job",
            {**SHORT, "DaysLeft": 12, "ThresholdDays": 15},
        ),
        (
            events.ReplacementMissing,
            "Certificate:ReplacementMissing",
            "notify_contacts",
            {
                **SHORT,
                "Name": "shop",
                "NotAfter": "2026-05-13T00:00:00Z",
                "DaysLeft": 12,
                **SLOTS,
                "Reason": "",
                "ThresholdDays": 15.0,
            },
        ),
        (events.SlotsEnding, "CloudResource:Ending", "create_deployment_job", {"SlotCount": 2}),
        (
            events.SlotsExpiring,
            "CloudResource:Expiring",
            "notify_contacts",
            {
                "CertIdentifier": "sha256:01",
                "NotAfter": "2026-05-13T00:00:00Z",
                "DaysLeft": 11,
                "ThresholdDays": 15.0,
                **SLOTS,
            },
        ),
        (events.JobFinished, "DeploymentJob:Finished", "notify_contacts", {"JobId": 1}),
        (events.JobRolledBack, "DeploymentJob:RolledBack", "notify_contacts", {"JobId": 1}),
        (events.WaveEnded, "DeploymentJob:WaveEnded", "notify_contacts", {"JobId": 1, "Wave": 0}),
        (
            events.WorkersScheduled,
            "WorkerResource:Scheduled",
            "deploy_{product}",
            {"JobId": 1, "Product": "CDN", "Shard": 3, "Shards": 4},
        ),
    ],
)
def test_each_type_has_its_consumer_and_its_data(
    kind: type[EventData], type_: str, consumer: str, data: dict[str, Any]
) -> None:
    assert (kind.type, kind.consumer) == (f"certdeploy:{type_}", consumer)
    assert kind.model_validate(data).model_dump(mode="json", by_alias=True) == data
    for key in data.keys() - {
        "Shard",
        "Shards",
        "Reason",
        "SlotCount",
        "SlotsDigest",
        *(["ThresholdDays"] if kind is events.ReplacementMissing else []),
    }:  # an older producer says none of these
        with pytest.raises(ValidationError, match=key):
            kind.model_validate({name: value for name, value in data.items() if name != key})


def test_the_certificate_that_version_0_1_sent_as_a_whole_is_understood() -> None:
    certificate = a_certificate()
    sent = {
        "Certificate": certificate.model_dump(mode="json", by_alias=True),
        "DaysLeft": 12,
        "Slots": ["CDN/-/www.example.com"],
    }

    read = ReplacementMissing.model_validate(sent)

    told = (read.cert_identifier, read.name, read.not_after)
    assert told == (certificate.identifier, certificate.name, certificate.not_after)
    assert (read.slots, read.not_named) == (("CDN/-/www.example.com",), 0)


@pytest.mark.parametrize("letter", ["w", "ü"])
def test_an_event_about_very_many_slots_stays_within_the_platform_s_limit(letter: str) -> None:
    slots = [f"CDN/-/{letter * 60}-{n}.example.com" for n in range(3_000)]
    facts = {"cert_identifier": "7-cn-hangzhou", "name": "shop", "not_after": NOW, "days_left": 3}

    event = ReplacementMissing.about(slots, reason="a policy; " * 9_000, **facts)

    assert len(event.model_dump_json(by_alias=True).encode()) < ASYNC_LIMIT / 2
    assert event.slots == tuple(slots[: len(event.slots)])
    assert len(event.slots) > 200
    assert len(event.slots) + event.not_named == len(slots)
    another = ReplacementMissing.about([*slots[:-1], "another"], **facts)
    assert (another.slots, another.slot_count) == (event.slots, event.slot_count)
    assert another.slots_digest != event.slots_digest


def test_a_newer_producer_may_say_more() -> None:
    read = events.JobFinished.model_validate({"JobId": 1, "Later": 2})
    assert read.model_dump(by_alias=True) == {"JobId": 1}


def test_an_envelope_is_read_with_what_it_leaves_out() -> None:
    event = CloudEvent.model_validate({**ENVELOPE, "aliyunregionid": "cn-hangzhou"})
    assert event.model_dump(mode="json") == {
        **ENVELOPE,
        "subject": "",
        "datacontenttype": "application/json;charset=utf-8",
        "data": {},
    }
    without = {key: value for key, value in ENVELOPE.items() if key != "specversion"}
    assert CloudEvent.model_validate(without).specversion == "1.0"


def test_an_id_and_a_source_may_be_a_single_character() -> None:
    event = CloudEvent.model_validate({**ENVELOPE, "id": "i", "source": "s"})
    assert (event.id, event.source) == ("i", "s")


def test_the_source_is_our_name() -> None:
    assert events.SOURCE == "certdeploy"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("specversion", "0.3"),
        ("id", ""),
        ("source", ""),
        ("time", "2026-05-01T12:00:00"),
        ("data", "text"),
    ],
)
def test_what_is_no_envelope_is_refused_by_its_field(field: str, wrong: object) -> None:
    with pytest.raises(ValidationError) as error:
        CloudEvent.model_validate({**ENVELOPE, field: wrong})
    assert [item["loc"] for item in error.value.errors()] == [(field,)]


@pytest.mark.parametrize("field", ["id", "source", "type", "time"])
def test_an_envelope_without_one_of_its_marks_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        CloudEvent.model_validate({key: value for key, value in ENVELOPE.items() if key != field})


def test_an_event_is_not_changed_in_place() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        CloudEvent.model_validate(ENVELOPE).id = "2"  # type: ignore[misc]
