"""The owner's policies: what automatic plans leave alone, put off, or take from one issuer only."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.services.policies import policies_of, store_policies
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, WWW, asked_for, damaged, policies, served
from tests.receiver import Receiver

OFF = "CDN/-/off.example.com"


def slots_by_status(platform: Platform) -> dict[JobStatus, set[str]]:
    found: dict[JobStatus, set[str]] = {}
    for job in platform.jobs():
        slots = {worker.resource.slot for worker in platform.world.workers.list(job.job_id)}
        found.setdefault(job.status, set()).update(slots)
    return found


def against(platform: Platform, identifier: str) -> dict[str, str]:
    """Which policies the preview of a job by hand names, by slot."""
    asked = {"Preview": {"CertIds": [int(identifier.partition("-")[0])]}}
    plan = platform.call("manage_deployment_jobs", asked)["Plan"]
    return {
        entry["Resource"]["ResourceId"]: warning["Text"]
        for entry in plan["Entries"]
        for warning in entry.get("Warnings", ())
        if warning["Code"] == "policy"
    }


@pytest.mark.long
def test_a_slot_that_is_off_is_left_alone_and_the_others_are_not(platform: Platform) -> None:
    policies(platform, {"match": {"domain": "www.example.com"}, "deploy": "off", "name": "by hand"})
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert served(platform)[new] == 3
    assert WWW not in platform.workers()
    assert "SetCdnDomainSSLCertificate" not in platform.tried()


@pytest.mark.long
def test_a_job_by_hand_goes_where_the_policy_says_off_and_its_preview_names_it(platform: Platform) -> None:
    policies(
        platform,
        {"match": {"domain": "www.example.com"}, "deploy": "off", "name": "by hand"},
        {"match": {"product": "OSS"}, "pin": {"issuer": "DigiCert"}},
    )
    new = platform.renew(*NAMES)
    platform.tick("scan_expiry")

    assert against(platform, new) == {
        "www.example.com": "policy rule 1 (by hand) says off",
        "bucket-one/img.example.com": "policy rule 2 pins the slot to certificates of DigiCert",
    }
    asked_for(platform, new, WWW, IMG)
    platform.drain()
    assert served(platform)[new] == 4


def test_drafts_are_a_job_of_their_own_that_waits_for_approval(platform: Platform) -> None:
    policies(platform, {"match": {"product": ["CDN", "OSS"]}, "deploy": "draft"})
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry", "scan_expiry", "run_deployment_jobs")

    found = slots_by_status(platform)
    assert found.keys() == {JobStatus.EDITING, JobStatus.SUCCESS}
    assert found[JobStatus.EDITING] == {WWW, IMG}
    assert len(platform.jobs()) == 2
    assert served(platform)[new] == 2


def test_what_waits_for_approval_is_not_planned_again_when_a_policy_drafts_it_too(platform: Platform) -> None:
    """A plan that was cut off after its job was stored; then the owner changed the policies."""
    platform.policy["submit_automatic_jobs"] = False
    new = platform.renew(*NAMES)
    platform.tick("scan_expiry")
    record = platform.world.certificates.get(new)
    platform.world.certificates.save(record.evolve(issued_handled=False))
    policies(platform, deploy="draft")

    platform.tick("scan_expiry")

    assert platform.world.certificates.get(new).issued_handled
    assert (platform.job().status, platform.job().worker_count) == (JobStatus.EDITING, 4)


@pytest.mark.long
@pytest.mark.parametrize(
    ("pin", "served_then"),
    [({"certificate": "renewed-1"}, "first"), ({"issuer": "Elsewhere"}, "old"), ("none", "second")],
)
def test_a_pinned_slot_gets_what_it_is_pinned_to_or_nothing(
    platform: Platform, pin: Any, served_then: str
) -> None:
    policies(platform, {"match": {"slot": WWW}, "pin": pin})
    old = platform.world.resources.get(WWW).resource.cert_identifier
    first = platform.renew(*NAMES)
    second = platform.renew(*NAMES, days=300)
    assert platform.cloud.service("cas").find(first).name == "renewed-1"

    platform.tick("scan_expiry", "discover_resources")

    now = platform.world.resources.get(WWW).resource.cert_identifier
    assert now == {"first": first, "old": old, "second": second}[served_then]
    assert platform.world.resources.get(IMG).resource.cert_identifier == second


@pytest.mark.long
def test_https_is_switched_on_where_a_policy_allows_it(platform: Platform) -> None:
    policies(platform, {"match": {"slot": OFF}, "first_deployment": True})
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.workers()[OFF].cert_identifier == new
    assert served(platform)[new] == 5


def test_an_outage_is_accepted_for_the_slots_whose_policy_says_so(platform: Platform) -> None:
    policies(platform, {"match": {"product": "OSS"}, "accept_outage": True})
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    accepted = {job.accept_outage: set(job.products) for job in platform.jobs()}
    assert {product.value for product in accepted[True]} == {"OSS"}
    assert {product.value for product in accepted[False]} == {"CDN", "ALB"}
    assert slots_by_status(platform).keys() == {JobStatus.SUCCESS}


def test_a_certificate_warns_on_the_days_of_its_policy(platform: Platform) -> None:
    policies(platform, {"match": {"domain": "*.example.com"}, "warning_days": [5]})
    slots = platform.world.resources
    old = slots.get(WWW).resource.cert_identifier
    other = slots.get("CDN/-/www.example.org").resource.cert_identifier

    platform.pass_days(10.5)
    assert platform.call("scan_expiry", {})["Expiring"] == [other]

    platform.pass_days(25)
    assert set(platform.call("scan_expiry", {})["Expiring"]) == {old, other}


def test_policies_that_cannot_be_read_stop_what_happens_by_itself_and_say_so(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    damaged(platform)
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    ((function, event),) = platform.queue
    platform.queue.clear()

    answer = platform.call(function, event)

    told = "policies: rule 1, deploi: unknown, did you mean deploy?"
    assert answer["Jobs"] == []
    assert answer["Note"].startswith(told)
    assert "policies could not be read" in [one.message for one in caplog.records]
    platform.tick("scan_expiry")
    assert platform.jobs() == []
    assert platform.writes() == []
    policies(platform)
    platform.tick("scan_expiry")
    assert served(platform)[new] == 4


@pytest.mark.long
def test_while_policies_cannot_be_read_slots_about_to_end_are_told_once_and_then_replaced(
    told: Platform, receiver: Receiver
) -> None:
    policies(told, deploy="off")
    new = told.renew(*NAMES)
    told.tick("scan_expiry")
    damaged(told)
    told.pass_days(10.5)

    told.tick("scan_expiry", "scan_expiry")

    messages = [one.body for one in receiver.take()]
    assert sorted(body["Name"] for body in messages) == ["old", "other"]
    assert {body["Reason"].partition(",")[0] for body in messages} == {"policies: rule 1"}
    assert sorted(len(body["Slots"]) for body in messages) == [4, 4]
    policies(told)
    told.tick("scan_expiry")
    assert served(told)[new] == 4


def test_slots_about_to_end_that_a_policy_holds_off_are_told_with_it(
    told: Platform, receiver: Receiver
) -> None:
    policies(told, {"match": {"domain": "*.example.com"}, "deploy": "off"})
    told.renew(*NAMES)
    told.pass_days(10.5)

    told.tick("scan_expiry")

    messages = {one.body["Name"]: one.body for one in receiver.take()}
    assert messages["old"]["Reason"] == "policy rule 1 says off; create a job by hand"
    assert len(messages["old"]["Slots"]) == 4
    assert "Reason" not in messages["other"]


@pytest.mark.parametrize("by", ["policy", "setting"])
def test_slots_about_to_end_whose_job_waits_for_approval_are_told_so(
    told: Platform, receiver: Receiver, by: str
) -> None:
    """Nobody may have seen the draft."""
    if by == "policy":
        policies(told, {"match": {"product": "CDN"}, "deploy": "draft"})
    else:
        told.policy["submit_automatic_jobs"] = False
    told.pass_days(10.5)
    told.renew(*NAMES)

    told.tick("scan_expiry")

    (message,) = [one.body for one in receiver.take() if one.body.get("Name") == "old"]
    assert len(message["Slots"]) == (1 if by == "policy" else 4)
    (draft,) = (job.job_id for job in told.jobs() if job.status is JobStatus.EDITING)
    assert message["Reason"].startswith(f"job {draft}, which would replace it, waits for approval")


def test_a_job_by_hand_goes_on_while_policies_cannot_be_read(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.queue.clear()
    damaged(platform)

    assert set(against(platform, new).values()) == {"a policy that cannot be read says off"}
    asked_for(platform, new, WWW)
    platform.drain()
    assert served(platform)[new] == 1


def test_of_two_who_store_policies_at_the_same_time_one_is_told_so(platform: Platform) -> None:
    """Each has read the same version."""
    world = platform.world
    for _ in range(2):
        version = world.policy_texts.version()
        store_policies(world, "defaults: {deploy: draft}", version=version)
        with pytest.raises(ConflictError):
            store_policies(world, "defaults: {deploy: off}", version=version)
    assert policies_of(world).book.policies.defaults.deploy == "draft"
