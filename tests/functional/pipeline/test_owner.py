"""What the owner of an installation has set: jobs that wait for a person, and two stores of CAS."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW
from tests.receiver import Receiver

BOTH = ("cn-hangzhou", "ap-southeast-1")


def test_drafts_wait_for_a_person_whatever_asked_for_them(tmp_path: Path, receiver: Receiver) -> None:
    estate = deepcopy(ESTATE)
    estate["certificates"]["spare"] = {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 300}
    with discovered(estate, tmp_path, auto="draft", webhook_url=receiver.url) as it:
        it.renew(*NAMES)
        it.tick("scan_expiry", "run_deployment_jobs")
        issued = it.job()
        assert (issued.status, issued.worker_count) == (JobStatus.EDITING, 4)

        it.pass_days(11)
        it.tick("scan_expiry", "run_deployment_jobs", "scan_expiry")

        origins = {job.origin.partition("-")[0]: job.status for job in it.jobs()}
        assert origins == {"issued": JobStatus.EDITING, "expiring": JobStatus.EDITING}
        assert it.writes() == []
        by_hand = {"CertIds": [int(issued.cert_identifiers[0].partition("-")[0])], "Name": "mine"}
        it.call("create_deployment_job", {**by_hand, "Digest": issued.plan_digest})
        it.drain()
        assert {job.name: job.status for job in it.jobs()}["mine"] is JobStatus.SUCCESS
        assert it.writes() != []


def test_a_certificate_of_either_store_is_deployed_by_itself(tmp_path: Path) -> None:
    estate = deepcopy(ESTATE)
    abroad = {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 90, "store": "ap-southeast-1"}
    estate["certificates"]["abroad"] = abroad
    with discovered(estate, tmp_path, stores=BOTH) as it:
        assert it.call("scan_expiry", {}) == {"Certificates": 3, "Issued": [], "Expiring": []}
        at_home, far = it.renew(*NAMES), it.renew("www.example.org", store="ap-southeast-1")

        it.tick("scan_expiry")

        issued = {job.origin: job.status for job in it.jobs()}
        assert issued == {f"issued-{at_home}": JobStatus.SUCCESS, f"issued-{far}": JobStatus.SUCCESS}
        carried = it.world.resources.get("CDN/-/www.example.org").resource.cert_identifier
        assert carried == far
        assert it.world.resources.get(WWW).resource.cert_identifier == at_home


def test_a_store_that_is_added_later_has_a_first_scan_of_its_own(tmp_path: Path) -> None:
    """What is there already is no news, and what comes after it is."""
    estate = deepcopy(ESTATE)
    abroad = {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 90, "store": "ap-southeast-1"}
    estate["certificates"]["abroad"] = abroad
    with discovered(estate, tmp_path) as it:
        assert it.call("scan_expiry", {})["Certificates"] == 2
    with discovered(estate, tmp_path, stores=BOTH) as it:
        assert (it.jobs(), it.call("scan_expiry", {})["Certificates"]) == ([], 3)
        far = it.renew("www.example.org", store="ap-southeast-1")

        it.tick("scan_expiry")

        assert it.job().origin == f"issued-{far}"


def test_a_job_that_nobody_asked_for_is_named_after_its_certificate_shortened_to_what_a_name_may_have(
    it: Platform,
) -> None:
    new = it.renew(*NAMES)
    it.cloud.service("cas").find(new).name = "n" * 64

    it.tick("scan_expiry")

    assert it.job().name == "n" * 63
    assert it.job().origin == f"issued-{new}"
