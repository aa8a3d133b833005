"""From a certificate that appears in CAS to a job whose every slot is proved to serve it."""

from __future__ import annotations

from collections import Counter

import pytest

from shared.domain.jobs import Handshake
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import served


def test_a_renewed_certificate_reaches_every_slot_that_it_replaces(platform: Platform) -> None:
    before = served(platform)
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert (platform.job().success_count, platform.job().error_count) == (4, 0)
    proofs = [worker.verification for worker in platform.workers().values()]
    assert [proof and proof.handshake for proof in proofs] == [Handshake.SERVED] * 4
    (old,) = {str(w.previous_cert_identifier) for w in platform.workers().values()}
    assert served(platform) == before - Counter({old: 4}) + Counter({new: 4})


def test_the_first_scan_announces_nothing(fresh: Platform) -> None:
    fresh.tick("discover_resources")

    answer = fresh.call("scan_expiry", {})

    assert answer["Certificates"] == 2
    assert (answer["Issued"], fresh.queue, fresh.jobs()) == ([], [], [])


def test_a_certificate_that_came_before_the_first_discovery_began_is_of_the_baseline(fresh: Platform) -> None:
    fresh.tick("scan_expiry")
    fresh.renew(*NAMES)

    fresh.tick("scan_expiry", "discover_resources", "scan_expiry")

    assert (fresh.jobs(), fresh.writes()) == ([], [])


@pytest.mark.long
def test_a_certificate_that_comes_during_the_first_discovery_waits_for_its_end(fresh: Platform) -> None:
    fresh.tick("scan_expiry")
    fresh.call("discover_resources", {})
    discovering, fresh.queue[:] = [*fresh.queue], []
    fresh.renew(*NAMES)
    fresh.tick("scan_expiry")
    assert fresh.jobs() == []

    fresh.queue += discovering
    fresh.drain()
    fresh.tick("scan_expiry")

    assert fresh.job().status is JobStatus.SUCCESS


def test_a_certificate_that_replaces_nothing_makes_no_job(platform: Platform) -> None:
    platform.renew("example.net")

    platform.tick("scan_expiry", "scan_expiry")

    assert platform.jobs() == []


def test_a_second_scan_does_not_plan_again(platform: Platform) -> None:
    platform.renew(*NAMES)

    platform.tick("scan_expiry", "run_deployment_jobs")

    assert platform.call("scan_expiry", {})["Issued"] == []
    assert len(platform.jobs()) == 1
    assert set(Counter(platform.writes()).values()) == {1}


def test_a_draft_is_left_until_it_is_asked_for(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.lost.add("create_deployment_job")
    platform.tick("scan_expiry")
    request = {"CertIds": [int(new.partition("-")[0])], "Name": "by hand", "ClientToken": "t"}

    draft = platform.call("create_deployment_job", {**request, "Submit": False})
    platform.tick("run_deployment_jobs")
    assert (draft["Jobs"][0]["Status"], platform.writes()) == ("editing", [])
    platform.call("create_deployment_job", request)
    platform.drain()

    assert platform.job().status is JobStatus.SUCCESS


def test_a_plan_that_the_world_outran_is_refused(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.lost.add("create_deployment_job")
    platform.tick("scan_expiry")
    cert_id = int(new.partition("-")[0])
    digest = platform.call("manage_deployment_jobs", {"Preview": {"CertIds": [cert_id]}})["Digest"]
    platform.world.resources.remove(platform.world.resources.get("CDN/-/www.example.com"))

    answer = platform.call("create_deployment_job", {"CertIds": [cert_id], "Name": "late", "Digest": digest})

    assert answer["Code"] == "PlanChanged"
    assert platform.jobs() == []


@pytest.mark.long
def test_the_digest_that_was_approved_is_accepted(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.lost.add("create_deployment_job")
    platform.tick("scan_expiry")
    cert_id = int(new.partition("-")[0])
    digest = platform.call("manage_deployment_jobs", {"Preview": {"CertIds": [cert_id]}})["Digest"]

    platform.call("create_deployment_job", {"CertIds": [cert_id], "Name": "early", "Digest": digest})
    platform.drain()

    assert platform.job().status is JobStatus.SUCCESS
    assert all(worker.status is WorkerStatus.SUCCESS for worker in platform.workers().values())
