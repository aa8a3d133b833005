"""A slot that a newer certificate has reached before the job's came: no error, and nobody is called."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authority import Authority
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, WWW, asked_for, by_console, statuses, uploaded, worker_of

S = WorkerStatus


def test_a_worker_whose_slot_has_a_newer_certificate_ends_as_superseded_and_the_job_well(
    platform: Platform,
) -> None:
    asked_for(platform, uploaded(platform), WWW, IMG)
    newer = uploaded(platform, days=300)
    by_console(platform, newer)
    before = platform.tried()

    platform.drain()

    worker, job = worker_of(platform, WWW), platform.job()
    end = platform.world.certificates.get(newer).certificate.not_after
    assert worker.status is S.SUPERSEDED
    assert worker.reason == f"{newer} was put there meanwhile, which is valid until {end:%Y-%m-%d}"
    assert (job.status, job.success_count, job.error_count) == (JobStatus.SUCCESS, 1, 0)
    assert platform.tried() - before == {"PutCname": 1}


@pytest.mark.parametrize("names", [("www.example.com",), ("*.example.com", "example.com")])
def test_a_certificate_that_ends_sooner_than_the_job_s_is_a_change_that_the_plan_did_not_see(
    platform: Platform, names: tuple[str, ...]
) -> None:
    asked_for(platform, uploaded(platform, days=300), WWW)
    by_console(platform, uploaded(platform, *names, days=200))

    platform.drain()

    assert statuses(platform) == {S.ERROR: 1}
    assert "by now, the plan saw" in worker_of(platform, WWW).reason
    assert (platform.job().status, platform.job().error_count) == (JobStatus.ERROR, 1)


@pytest.mark.parametrize("changes", [{"names": ("other.example.org",)}, {"has_private_key": False}])
def test_a_newer_certificate_that_does_not_cover_the_slot_or_is_not_deployable_supersedes_nothing(
    platform: Platform, changes: dict[str, Any]
) -> None:
    """However it came there."""
    asked_for(platform, uploaded(platform), WWW)
    newer = uploaded(platform, days=300)
    by_console(platform, newer)
    record = platform.world.certificates.get(newer)
    platform.world.certificates.save(record.evolve(certificate=record.certificate.evolve(**changes)))

    platform.drain()

    assert statuses(platform) == {S.ERROR: 1}


@pytest.mark.parametrize("changes", [{"self_signed": True}, {"leaf_only": True}])
def test_a_longer_one_that_clients_do_not_trust_supersedes_nothing(
    platform: Platform, changes: dict[str, Any]
) -> None:
    """The job ends as if all was well otherwise, and clients are turned away."""
    asked_for(platform, uploaded(platform), WWW)
    bundle = Authority().issue(NAMES, key="ecdsa-p256", days=300, now=platform.clock(), **changes)
    other = platform.cloud.service("cas").add("by hand", "cn-hangzhou", bundle).identifier
    platform.call("scan_expiry", {})
    by_console(platform, other)

    platform.queue[:] = [call for call in platform.queue if call[0] != "create_deployment_job"]
    platform.drain()

    assert statuses(platform) == {S.ERROR: 1}
    assert worker_of(platform, WWW).reason.startswith(f"{WWW} carries {other} by now")


def test_one_that_is_superseded_is_told_with_the_others_and_cannot_be_rolled_back(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    by_console(platform, uploaded(platform, days=300))
    platform.drain()

    answer = platform.call("manage_deployment_jobs", {"RollBack": {"JobId": job_id}})

    assert "the job changed nothing here" in str(answer)
    assert statuses(platform) == {S.SUPERSEDED: 1}
