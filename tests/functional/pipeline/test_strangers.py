"""Slots whose certificate CAS does not know: their end is told, once for each warning time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.services.policies import store_policies
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW, asked_for, uploaded
from tests.receiver import Receiver

OTHER = "CDN/-/shop.example.com"
ESTATE: dict[str, Any] = {
    "certificates": {
        "by-hand": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40, "in_cas": False},
        "long": {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 300, "in_cas": False},
    },
    "cdn": [
        {"domain": "www.example.com", "certificate": "by-hand"},
        {"domain": "shop.example.com", "certificate": "by-hand"},
        {"domain": "www.example.org", "certificate": "long"},
        {"domain": "off.example.com"},
    ],
}


@pytest.fixture
def platform(tmp_path: Path, receiver: Receiver) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, webhook_url=receiver.url) as made:
        yield made


def told(platform: Platform, receiver: Receiver, days: float) -> list[dict[str, Any]]:
    platform.pass_days(days)
    platform.tick("discover_resources", "scan_expiry", "scan_expiry")
    return [message.body for message in receiver.take()]


def test_its_end_is_told_once_for_each_warning_time_with_all_slots_that_serve_it(
    platform: Platform, receiver: Receiver
) -> None:
    place = platform.world.resources.get(WWW).resource
    assert place.cert_not_after is not None

    (first,) = told(platform, receiver, 10.5)
    assert first == {
        "Type": "certdeploy:CloudResource:Expiring",
        "CertIdentifier": place.cert_identifier,
        "NotAfter": place.cert_not_after.isoformat(),
        "DaysLeft": 29,
        "Slots": [OTHER, WWW],
        "Reason": "CAS does not know this certificate, so it is not renewed there",
    }
    days = [[body["DaysLeft"] for body in told(platform, receiver, days)] for days in (1, 14, 8, 4, 2, 5)]
    assert days == [[], [14], [6], [2], [0], []]


def test_one_that_has_expired_already_is_told_once(tmp_path: Path, receiver: Receiver) -> None:
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"]}}
    estate["certificates"]["by-hand"] = {**ESTATE["certificates"]["by-hand"], "days": -2, "age": 90}
    with discovered(estate, tmp_path, webhook_url=receiver.url) as platform:
        assert [body["DaysLeft"] for body in told(platform, receiver, 0)] == [-3]
        assert told(platform, receiver, 1) == []


def test_a_slot_that_a_job_is_at_is_not_told(platform: Platform, receiver: Receiver) -> None:
    asked_for(platform, uploaded(platform), WWW)
    platform.queue.clear()

    (message,) = told(platform, receiver, 10.5)

    assert message["Slots"] == [OTHER]


def test_a_slot_outside_the_scope_is_not_told(platform: Platform, receiver: Receiver) -> None:
    platform.policy["products"] = ()

    assert told(platform, receiver, 10.5) == []


def test_another_certificate_in_its_place_is_told_anew(platform: Platform, receiver: Receiver) -> None:
    assert len(told(platform, receiver, 10.5)) == 1
    record = platform.world.resources.get(WWW)
    assert record.told_days == 30

    other = record.resource.evolve(cert_identifier="sha256:0123")
    platform.world.resources.put(other, platform.clock())

    assert platform.world.resources.get(WWW).told_days is None


def test_the_warning_days_of_a_policy_are_those_of_its_slots(platform: Platform, receiver: Receiver) -> None:
    rule = {"match": {"domain": "shop.example.com"}, "warning_days": [20]}
    store_policies(platform.world, json.dumps({"rules": [rule]}), version=0)

    assert [body["Slots"] for body in told(platform, receiver, 10.5)] == [[WWW]]
    assert [OTHER] in [body["Slots"] for body in told(platform, receiver, 10)]
