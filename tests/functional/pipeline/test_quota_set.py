"""What a person sets of the quota, and jobs that meet it when they were made without it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.states import JobStatus
from shared.errors import UnreadableRowError
from shared.state.tables import QUOTA_USE
from tests.functional.pipeline.budgets import (
    NEED,
    check_at_rest,
    enforce,
    figures,
    managed,
    need,
    quota,
    submit,
    the,
)
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, uploaded


@pytest.mark.long
def test_where_it_is_only_told_nothing_is_kept(platform: Platform) -> None:
    new = uploaded(platform)
    job = asked_for(platform, new)
    platform.drain()

    assert need(platform, new) == 0, "everything has it by now"
    assert the(platform, job).status is JobStatus.SUCCESS
    assert managed(platform, "Show", job)["Quota"] == {"Mode": "advisory", "Need": NEED}
    assert quota(platform)["Jobs"] == []
    assert figures(platform) == (0, 0, 0, 0)


def test_an_automatic_job_without_quota_waits_as_a_draft_and_is_made_once(platform: Platform) -> None:
    """Nobody is there to be refused."""
    enforce(platform, 1)
    platform.renew(*NAMES)
    platform.tick("scan_expiry")

    (job,) = platform.jobs()
    assert job.status is JobStatus.EDITING
    assert f"it needs {NEED} of the quota, and 1 of 1 are left" in job.held_back
    for days in (11.0, 15.0, 8.0):  # warning times pass
        platform.pass_days(days)
        platform.tick("scan_expiry")
    assert [one.job_id for one in platform.jobs()] == [job.job_id]
    assert figures(platform) == (0, 0, 0, 1)


@pytest.mark.long
def test_a_job_that_was_submitted_before_the_quota_was_enforced_needs_it_when_it_begins(
    platform: Platform,
) -> None:
    at = (platform.clock() + timedelta(hours=1)).isoformat()
    new = uploaded(platform)
    poor = asked_for(platform, new, ScheduleTime=at)
    enforce(platform, 1)

    platform.clock.sleep(3700)
    platform.tick("run_deployment_jobs")

    assert the(platform, poor).status is JobStatus.EDITING
    assert "it needs" in the(platform, poor).held_back
    assert list(platform.world.jobs.due(platform.clock())) == [], "no run looks at it any more"

    platform.call("manage_quota", {"Add": {"Count": 9}})
    submit(platform, poor)
    platform.drain()
    assert the(platform, poor).status is JobStatus.SUCCESS
    assert the(platform, poor).held_back == ""
    check_at_rest(platform)


def test_what_was_shared_with_the_account_is_free(platform: Platform) -> None:
    enforce(platform, 1)
    new = uploaded(platform)
    cert_id = int(new.partition("-")[0])
    platform.call("manage_quota", {"Set": {"Share": [cert_id]}})

    assert need(platform, new) == 0
    asked_for(platform, new)
    platform.drain()
    assert figures(platform) == (0, 0, 0, 1)

    platform.call("manage_quota", {"Set": {"Unshare": [cert_id]}})
    assert quota(platform)["Shared"] == []


def test_a_package_is_added_once_by_its_token(platform: Platform) -> None:
    asked = {"Count": 7, "Note": "order", "ClientToken": "order-1"}
    for _ in range(2):
        platform.call("manage_quota", {"Add": asked})
    refused = platform.call("manage_quota", {"Add": {**asked, "Count": 8}})

    assert quota(platform)["Bought"] == 7
    assert refused["Message"] == "ClientToken: it was used for another package; choose another token"


@pytest.mark.parametrize("request_", [{}, {"Show": {}, "History": {}}, {"Set": {}}, {"Add": {"Count": 0}}])
def test_what_is_asked_wrongly_is_refused(platform: Platform, request_: dict[str, object]) -> None:
    assert platform.call("manage_quota", request_)["Code"] == "InvalidParameter"


def test_a_ledger_that_nobody_can_read_stops_submissions_and_no_job_that_runs(platform: Platform) -> None:
    enforce(platform, 10)
    job = asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_")
    row = platform.store.get(QUOTA_USE, ("-",))
    assert row is not None
    platform.store.put(QUOTA_USE, row.key, {"Used": "many"}, version=row.version)
    platform.drain()
    platform.tick("run_deployment_jobs")

    assert [worker.status.value for worker in platform.world.workers.list(job)] == ["success"]
    assert (the(platform, job).status, the(platform, job).finish_announced) == (JobStatus.SUCCESS, True)
    with pytest.raises(UnreadableRowError, match="quota_use cannot be read"):
        asked_for(platform, uploaded(platform, days=300))
