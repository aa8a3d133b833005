"""Slots whose certificate CAS does not know: their end is told, once for each warning time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct
from shared.services.policies import store_policies
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW, asked_for, damaged, policies, served, uploaded
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


@pytest.mark.long
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


def with_another_in_cas(tmp_path: Path, receiver: Receiver, **changes: Any) -> Any:
    """From the start, for the same names; it ends later."""
    spare = {"names": list(NAMES), "key": "ecdsa-p256", "days": 300, **changes}
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"], "spare": spare}}
    return discovered(estate, tmp_path, webhook_url=receiver.url)


@pytest.mark.long
def test_in_its_last_days_what_cas_has_takes_its_place_and_until_then_it_is_told(
    tmp_path: Path, receiver: Receiver
) -> None:
    with with_another_in_cas(tmp_path, receiver) as platform:
        (spare,) = platform.world.certificates.list("cn-hangzhou")
        for days in (10.5, 15):  # the warning times of 30 and 15 days
            (message,) = told(platform, receiver, days)
            assert message["Slots"] == [OTHER, WWW]
        assert platform.jobs() == []

        (message,) = told(platform, receiver, 8)

        assert (message["Type"], message["Status"]) == ("certdeploy:DeploymentJob:Finished", "success")
        assert served(platform)[spare.certificate.identifier] == 2
        assert platform.job().name == "2 slots expiring"
        (why,) = {worker.chosen_because.partition(" on ")[0] for worker in platform.workers().values()}
        assert why == "what is in place ends"
        assert told(platform, receiver, 2) == []


def test_what_was_about_to_end_when_the_installation_began_is_only_told(
    tmp_path: Path, receiver: Receiver
) -> None:
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"]}}
    estate["certificates"]["by-hand"] = {**ESTATE["certificates"]["by-hand"], "days": 0.5, "age": 90}
    estate["certificates"]["spare"] = {"names": list(NAMES), "key": "ecdsa-p256", "days": 300}
    with discovered(estate, tmp_path, webhook_url=receiver.url) as platform:
        assert [body["Slots"] for body in told(platform, receiver, 0)] == [[OTHER, WWW]]
        assert told(platform, receiver, 1) == []
        assert platform.jobs() == []


def test_a_policy_that_says_off_holds_there_too_and_the_end_is_told(
    tmp_path: Path, receiver: Receiver
) -> None:
    with with_another_in_cas(tmp_path, receiver) as platform:
        policies(platform, {"match": {"slot": WWW}, "deploy": "off"})
        told(platform, receiver, 10.5)

        messages = told(platform, receiver, 27)

        assert {body["Type"].partition(":")[2]: body.get("Slots") for body in messages} == {
            "CloudResource:Expiring": [WWW],
            "DeploymentJob:Finished": None,
        }
        assert set(platform.workers()) == {OTHER}


def test_while_policies_cannot_be_read_nothing_is_replaced_and_all_is_told(
    tmp_path: Path, receiver: Receiver
) -> None:
    with with_another_in_cas(tmp_path, receiver) as platform:
        told(platform, receiver, 10.5)
        damaged(platform)

        assert [body["Slots"] for body in told(platform, receiver, 27)] == [[OTHER, WWW]]
        assert platform.jobs() == []


def test_one_that_has_expired_already_is_told_once(tmp_path: Path, receiver: Receiver) -> None:
    estate = {**ESTATE, "certificates": {**ESTATE["certificates"]}}
    estate["certificates"]["by-hand"] = {**ESTATE["certificates"]["by-hand"], "days": -2, "age": 90}
    with discovered(estate, tmp_path, webhook_url=receiver.url) as platform:
        assert [body["DaysLeft"] for body in told(platform, receiver, 0)] == [-2]
        assert told(platform, receiver, 1) == []


@pytest.mark.long
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


@pytest.mark.long
def test_every_product_that_shows_the_certificate_itself_tells_its_end(
    tmp_path: Path, receiver: Receiver
) -> None:
    """Else what a function's domain has, put there by hand, would end without a word."""
    estate: dict[str, Any] = {
        "certificates": {"by-hand": ESTATE["certificates"]["by-hand"]},
        "fc": [{"domain": "fn.example.com", "region": "cn-hangzhou", "certificate": "by-hand"}],
    }
    with discovered(estate, tmp_path, [CloudProduct.FC], webhook_url=receiver.url) as platform:
        (body,) = told(platform, receiver, 10.5)

    assert (body["DaysLeft"], body["Slots"]) == (29, ["FC/cn-hangzhou/fn.example.com"])
