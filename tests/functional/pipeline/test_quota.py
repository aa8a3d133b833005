"""What jobs have of the quota, from their submission to their end, and that nobody gets what is not left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.states import JobStatus
from shared.services.quota import reserve
from shared.state.tables import JOBS, OPEN_JOBS, QUOTA_ENTRIES
from tests.functional.pipeline.budgets import (
    NEED,
    check_at_rest,
    enforce,
    figures,
    managed,
    need,
    submit,
    the,
)
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, uploaded
from tests.meddling import Cut, Meddling, killed

SET = "cdn:SetCdnDomainSSLCertificate"


def test_a_job_reserves_at_its_submission_consumes_as_it_runs_and_is_charged_at_its_end(
    platform: Platform,
) -> None:
    enforce(platform, 10)
    new = uploaded(platform)
    needed = need(platform, new)

    asked_for(platform, new)
    reserved = figures(platform)
    platform.drain(until="deploy_")
    platform.call(*platform.queue.pop(0))
    begun = figures(platform)
    platform.drain()
    platform.tick("run_deployment_jobs")

    assert needed > 1
    assert reserved == (0, 0, needed, 10 - needed)
    assert 0 < begun[1] < needed
    assert sum(begun[1:3]) == needed
    assert figures(platform) == (needed, 0, 0, 10 - needed)
    check_at_rest(platform)


def test_a_job_that_needs_more_than_is_left_is_refused_and_nothing_is_written(platform: Platform) -> None:
    enforce(platform, 1)
    new = uploaded(platform)
    needed = need(platform, new)

    answer = platform.call("create_deployment_job", {"CertIds": [int(new.partition("-")[0])], "Name": "x"})

    assert answer["Code"] == "InsufficientQuota"
    assert f"it needs {needed} of the quota, and 1 of 1 are left: 0 used, 0 held" in answer["Message"]
    assert platform.jobs() == []
    for table, prefix in ((JOBS, ("-",)), (OPEN_JOBS, ("-",)), (OPEN_JOBS, ("storing",))):
        assert list(platform.store.range(table, prefix)) == []
    assert figures(platform) == (0, 0, 0, 1)


def test_what_failed_is_given_back_while_the_others_still_run(platform: Platform) -> None:
    enforce(platform, NEED)
    platform.cloud.deny(SET)
    job = asked_for(platform, uploaded(platform))

    platform.drain(until="deploy_")
    for function, payload in [one for one in platform.queue if one[0] == "deploy_cdn"]:
        platform.queue.remove((function, payload))
        platform.call(function, payload)
    platform.clock.sleep(3600)
    platform.call("run_deployment_jobs", {})

    assert the(platform, job).status is JobStatus.PROCESSING
    assert managed(platform, "Show", job)["Quota"]["Use"]["GivenBack"] == 1  # type: ignore[index]
    assert figures(platform)[3] == 1

    platform.cloud.denials.clear()
    platform.tick("run_deployment_jobs")
    assert figures(platform) == (NEED - 1, 0, 0, 1)
    check_at_rest(platform)


@pytest.mark.long
def test_what_is_tried_again_is_reserved_again_and_charged_once(platform: Platform) -> None:
    enforce(platform, NEED)
    platform.cloud.deny(SET)
    job = asked_for(platform, uploaded(platform))
    platform.drain()
    assert figures(platform) == (NEED - 1, 0, 0, 1)

    platform.cloud.denials.clear()
    managed(platform, "Retry", job)
    assert figures(platform) == (NEED - 1, 0, 1, 0)
    platform.drain()
    platform.tick("run_deployment_jobs")

    assert the(platform, job).status is JobStatus.SUCCESS
    assert figures(platform) == (NEED, 0, 0, 0)
    lines = platform.call("manage_quota", {"History": {}})["History"]
    assert [(line["End"], line["Used"], line["GivenBack"]) for line in lines if line.get("JobId")] == [
        (0, NEED - 1, 1),
        (1, 1, 0),
    ]
    check_at_rest(platform)


@pytest.mark.long
def test_a_retry_that_fails_again_is_charged_nothing(platform: Platform) -> None:
    enforce(platform, NEED)
    platform.cloud.deny(SET)
    job = asked_for(platform, uploaded(platform))
    platform.drain()

    for _ in range(2):
        managed(platform, "Retry", job)
        platform.drain()
        assert figures(platform) == (NEED - 1, 0, 0, 1)
    check_at_rest(platform)


def test_a_retry_for_which_nothing_is_left_is_refused_and_the_job_stays_as_it_ended(
    platform: Platform,
) -> None:
    enforce(platform, NEED)
    platform.cloud.deny(SET)
    job = asked_for(platform, uploaded(platform))
    platform.drain()
    at = (platform.clock() + timedelta(hours=1)).isoformat()
    asked_for(platform, uploaded(platform, "example.com", "*.example.com", days=300), WWW, ScheduleTime=at)
    ended = the(platform, job)

    assert managed(platform, "Retry", job)["Code"] == "InsufficientQuota"
    assert the(platform, job) == ended


@pytest.mark.parametrize("what", ["Cancel", "Delete"])
def test_a_job_that_never_began_releases_what_it_had_reserved(platform: Platform, what: str) -> None:
    enforce(platform, 10)
    at = (platform.clock() + timedelta(hours=1)).isoformat()
    job = asked_for(platform, uploaded(platform), ScheduleTime=at)
    assert figures(platform) == (0, 0, NEED, 10 - NEED)

    request = {"JobIds": [job]} if what == "Delete" else {"JobId": job}
    platform.call("manage_deployment_jobs", {what: request})
    platform.clock.sleep(120)
    platform.tick("run_deployment_jobs")

    assert figures(platform) == (0, 0, 0, 10)


def test_a_draft_reserves_when_it_is_submitted_and_stays_one_where_nothing_is_left(
    platform: Platform,
) -> None:
    enforce(platform, NEED - 1)
    job = asked_for(platform, uploaded(platform), Submit=False)
    assert figures(platform) == (0, 0, 0, NEED - 1)
    shown = managed(platform, "Show", job)["Quota"]
    assert shown == {"Mode": "enforced", "Need": NEED, "Left": NEED - 1}

    assert submit(platform, job)["Code"] == "InsufficientQuota"
    assert the(platform, job).status is JobStatus.EDITING

    platform.call("manage_quota", {"Add": {"Count": 1}})
    submit(platform, job)
    assert figures(platform) == (0, 0, NEED, 0)


def test_a_job_that_is_edited_holds_what_it_needs_by_then(platform: Platform) -> None:
    enforce(platform, NEED - 1)
    new = uploaded(platform)
    at = (platform.clock() + timedelta(hours=1)).isoformat()
    job = asked_for(platform, new, WWW, ScheduleTime=at)
    assert figures(platform)[2] == 1

    refused = managed(platform, "Edit", job, Add={"Domains": ["*"]})
    assert refused["Code"] == "InsufficientQuota"
    assert the(platform, job).status is JobStatus.PENDING
    assert figures(platform)[2] == 1

    platform.call("manage_quota", {"Add": {"Count": 1}})
    managed(platform, "Edit", job, Add={"Domains": ["*"]})
    assert figures(platform)[2] == NEED

    managed(platform, "Edit", job, Drop={"Products": ["ALB"]})
    assert figures(platform)[2] == 2


def test_a_rollback_gives_nothing_back_however_often_it_is_asked_for(platform: Platform) -> None:
    enforce(platform, 10)
    job = asked_for(platform, uploaded(platform), WWW)
    platform.drain()
    platform.cloud.deny(SET)
    managed(platform, "RollBack", job)
    platform.drain()
    platform.cloud.denials.clear()
    managed(platform, "RollBack", job)
    platform.drain()

    assert figures(platform) == (1, 0, 0, 9)
    check_at_rest(platform)


def test_a_job_that_ended_and_is_deleted_stays_charged(platform: Platform) -> None:
    """Though the run that saw its end was killed before it was charged."""
    enforce(platform, 10)
    job = asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_")
    platform.call(*platform.queue.pop(0))
    platform.queue.clear()
    store = platform.store
    platform.store = Meddling(store, QUOTA_ENTRIES, killed)
    with pytest.raises(Cut):
        platform.call("run_deployment_jobs", {})
    platform.store = store
    assert the(platform, job).status is JobStatus.SUCCESS
    assert figures(platform) == (0, 1, 0, 9)

    platform.call("manage_deployment_jobs", {"Delete": {"JobIds": [job]}})
    platform.tick("run_deployment_jobs")

    assert figures(platform) == (1, 0, 0, 9)


def test_what_a_job_is_about_to_be_submitted_with_is_kept_for_a_minute(platform: Platform) -> None:
    enforce(platform, 10)
    job = the(platform, asked_for(platform, uploaded(platform), Submit=False))
    reserve(platform.world, job.job_id, job.cert_type, platform.world.workers.list(job.job_id))

    left = []
    for _ in range(3):
        platform.tick("run_deployment_jobs")
        left.append(figures(platform)[3])
        platform.clock.sleep(40)

    assert left == [10 - NEED, 10 - NEED, 10]
