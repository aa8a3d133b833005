"""What the owner of an installation has set: jobs that wait for a person, and two stores of CAS."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW
from tests.receiver import Receiver

BOTH = ("cn-hangzhou", "ap-southeast-1")


@pytest.mark.long
def test_drafts_wait_for_a_person_whatever_asked_for_them(tmp_path: Path, receiver: Receiver) -> None:
    estate = deepcopy(ESTATE)
    estate["certificates"]["spare"] = {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 300}
    with discovered(estate, tmp_path, auto="draft", webhook_url=receiver.url) as platform:
        platform.renew(*NAMES)
        platform.tick("scan_expiry", "run_deployment_jobs")
        issued = platform.job()
        assert (issued.status, issued.worker_count) == (JobStatus.EDITING, 4)

        platform.pass_days(11)
        platform.tick("scan_expiry", "run_deployment_jobs", "scan_expiry")

        origins = {job.origin.partition("-")[0]: job.status for job in platform.jobs()}
        assert origins == {"issued": JobStatus.EDITING, "changes": JobStatus.EDITING}
        assert platform.writes() == []
        by_hand = {"CertIds": [int(issued.cert_identifiers[0].partition("-")[0])], "Name": "mine"}
        platform.call("create_deployment_job", {**by_hand, "Digest": issued.plan_digest})
        platform.drain()
        assert {job.name: job.status for job in platform.jobs()}["mine"] is JobStatus.SUCCESS
        assert platform.writes() != []


@pytest.mark.long
def test_a_certificate_of_either_store_is_deployed_by_itself(tmp_path: Path) -> None:
    estate = deepcopy(ESTATE)
    abroad = {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 90, "store": "ap-southeast-1"}
    estate["certificates"]["abroad"] = abroad
    with discovered(estate, tmp_path, stores=BOTH) as platform:
        answer = platform.call("scan_expiry", {})
        assert (answer["Certificates"], answer["Issued"], answer["Expiring"]) == (3, [], [])
        at_home, far = platform.renew(*NAMES), platform.renew("www.example.org", store="ap-southeast-1")

        platform.tick("scan_expiry")

        assert platform.job().status is JobStatus.SUCCESS
        assert set(platform.job().cert_identifiers) == {at_home, far}
        carried = platform.world.resources.get("CDN/-/www.example.org").resource.cert_identifier
        assert carried == far
        assert platform.world.resources.get(WWW).resource.cert_identifier == at_home


@pytest.mark.long
def test_a_store_that_is_added_later_has_a_first_scan_of_its_own(tmp_path: Path) -> None:
    """What is there already is no news, and what comes after it is."""
    estate = deepcopy(ESTATE)
    abroad = {"names": ["*.example.org"], "key": "ecdsa-p256", "days": 90, "store": "ap-southeast-1"}
    estate["certificates"]["abroad"] = abroad
    with discovered(estate, tmp_path) as platform:
        assert platform.call("scan_expiry", {})["Certificates"] == 2
    with discovered(estate, tmp_path, stores=BOTH) as platform:
        assert (platform.jobs(), platform.call("scan_expiry", {})["Certificates"]) == ([], 3)
        far = platform.renew("www.example.org", store="ap-southeast-1")

        platform.tick("scan_expiry")

        assert platform.job().origin == f"issued-{far}"


def test_a_job_that_nobody_asked_for_is_named_after_its_certificate_shortened_to_what_a_name_may_have(
    platform: Platform,
) -> None:
    new = platform.renew(*NAMES)
    platform.cloud.service("cas").find(new).name = "n" * 64

    platform.tick("scan_expiry")

    assert platform.job().name == "n" * 63
    assert platform.job().origin == f"issued-{new}"
