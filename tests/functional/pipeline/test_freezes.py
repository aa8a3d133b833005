"""Freeze windows: automatic jobs wait for their end, those by hand are refused unless they may run in one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.services.policies import store_policies
from shared.services.status import overview
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, roll_back, statuses, uploaded
from tests.functional.pipeline.waving import ONE, go_on

J, W = JobStatus, WorkerStatus


def freeze(platform: Platform, days: float = 3, *, after: float = 0) -> str:
    """From now on, or in some days; how it is told."""
    begins = platform.clock() + timedelta(days=after)
    ends = (begins + timedelta(days=days)).replace(second=0, microsecond=0)
    dates = f"{begins:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M}"
    world = platform.world
    text = json.dumps({"freezes": [{"name": "sale", "zone": "UTC", "dates": dates}]})
    store_policies(world, text, version=world.policy_texts.version())
    return f"changes are frozen until {ends:%Y-%m-%d %H:%M} UTC (policy freeze sale)"


def lifted(platform: Platform) -> None:
    world = platform.world
    store_policies(world, "{}", version=world.policy_texts.version())


def manage(platform: Platform, what: str, **more: Any) -> Any:
    return platform.call("manage_deployment_jobs", {what: {"JobId": platform.job().job_id, **more}})


def test_an_automatic_job_waits_for_the_end_of_the_window_and_says_so(platform: Platform) -> None:
    why = freeze(platform)
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    platform.pass_days(2.9)
    platform.tick("run_deployment_jobs")

    assert (platform.job().status, platform.writes()) == (J.PENDING, [])
    assert manage(platform, "Show")["Frozen"] == why
    concerns = {one.code: one.needs_hand for one in overview(platform.world, max_age=timedelta(9)).concerns}
    assert concerns["frozen"] is False
    assert "overdue" not in concerns
    platform.pass_days(0.1)
    platform.tick("run_deployment_jobs")
    assert (platform.job().status, statuses(platform)) == (J.SUCCESS, {W.SUCCESS: 4})


def ends_in(platform: Platform, slot: str, days: float) -> None:
    """Discovery says so of what is in place there."""
    world, now = platform.world, platform.clock()
    resource = world.resources.get(slot).resource
    world.resources.put(resource.evolve(cert_not_after=now + timedelta(days=days)), now)


def test_slots_whose_certificate_would_end_before_the_window_does_are_not_held_up(platform: Platform) -> None:
    freeze(platform)
    ends_in(platform, WWW, 2)
    platform.renew(*NAMES)

    platform.tick("scan_expiry", "scan_expiry", "run_deployment_jobs")

    found = {
        frozenset(one.resource.slot for one in platform.world.workers.list(job.job_id)): job.status
        for job in platform.jobs()
    }
    others = {slot for slots in found for slot in slots} - {WWW}
    assert found == {frozenset({WWW}): J.SUCCESS, frozenset(others): J.PENDING}
    assert len(others) == 3
    platform.pass_days(3)
    platform.tick("run_deployment_jobs")
    assert {job.status for job in platform.jobs()} == {J.SUCCESS}


def test_a_job_of_before_the_window_goes_as_a_whole_if_one_slot_would_end_in_it(platform: Platform) -> None:
    new = uploaded(platform)
    ends_in(platform, WWW, 3)
    asked_for(platform, new, ScheduleTime=(platform.clock() + timedelta(days=1)).isoformat())
    freeze(platform, 5, after=0.5)
    platform.pass_days(1.1)

    platform.tick("run_deployment_jobs")

    assert statuses(platform) == {W.SUCCESS: 4}


@pytest.mark.long
@pytest.mark.parametrize("after", [0, 1])
def test_a_job_by_hand_is_refused_in_a_window_unless_it_says_that_it_may(
    platform: Platform, after: float
) -> None:
    why = freeze(platform, after=after)
    new = uploaded(platform)
    begins = platform.clock() + timedelta(days=after + 1)
    request = {"CertIds": [int(new.partition("-")[0])], "Name": "by hand"}
    request |= {"ScheduleTime": begins.isoformat()} if after else {}

    answer = platform.call("create_deployment_job", request)

    assert (answer["Code"], platform.jobs()) == ("InvalidParameter", [])
    assert answer["Message"].startswith(f"{why}; choose a later time, or say that it may")
    platform.call("create_deployment_job", {**request, "DuringFreeze": True})
    platform.pass_days(after + 1.1 if after else 0)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is J.SUCCESS


def test_a_job_by_hand_whose_time_a_later_window_covers_waits(platform: Platform) -> None:
    begins = platform.clock() + timedelta(days=1)
    asked_for(platform, uploaded(platform), ScheduleTime=begins.isoformat())
    freeze(platform, after=0.5)
    platform.pass_days(1.1)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is J.PENDING

    manage(platform, "Edit", DuringFreeze=True)
    platform.tick("run_deployment_jobs")

    assert platform.job().status is J.SUCCESS


def test_a_draft_is_made_in_a_window_and_not_submitted(platform: Platform) -> None:
    freeze(platform)
    asked_for(platform, uploaded(platform), Submit=False)
    digest = platform.job().plan_digest

    assert "changes are frozen until" in manage(platform, "Submit", Digest=digest)["Message"]
    assert platform.job().status is J.EDITING
    assert manage(platform, "Submit", Digest=digest, DuringFreeze=True)["Job"]["Status"] == "pending"
    platform.drain()
    assert platform.job().status is J.SUCCESS


def test_a_time_within_a_window_is_refused_to_a_job_that_waits(platform: Platform) -> None:
    freeze(platform, after=1)
    far = platform.clock() + timedelta(days=9)
    asked_for(platform, uploaded(platform), ScheduleTime=far.isoformat())
    within = (platform.clock() + timedelta(days=2)).isoformat()

    assert "changes are frozen until" in manage(platform, "Edit", ScheduleTime=within)["Message"]
    assert platform.job().schedule_time == far
    assert manage(platform, "Edit", ScheduleTime=within, DuringFreeze=True)["Job"]["DuringFreeze"] is True


@pytest.mark.long
def test_what_failed_is_not_tried_again_in_a_window_and_a_rollback_is_never_held_up(
    platform: Platform,
) -> None:
    platform.cloud.deny("oss:PutCname")
    asked_for(platform, uploaded(platform))
    platform.drain()
    platform.cloud.denials.clear()
    freeze(platform)

    assert "changes are frozen until" in manage(platform, "Retry")["Message"]
    assert platform.job().status is J.ERROR
    manage(platform, "Retry", DuringFreeze=True)
    platform.drain()
    assert platform.job().status is J.SUCCESS
    roll_back(platform)
    assert statuses(platform) == {W.ROLLBACK_SUCCESS: 4}


@pytest.mark.long
def test_the_next_wave_waits_for_the_end_of_the_window(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves={**ONE, "PauseMinutes": 60})
    platform.drain()
    why = freeze(platform)
    platform.pass_days(0.1)
    platform.tick("run_deployment_jobs")

    assert statuses(platform) == {W.SUCCESS: 1, W.HELD: 3}
    assert manage(platform, "Show")["Frozen"] == why
    assert why in go_on(platform)["Message"]
    go_on(platform, DuringFreeze=True)
    assert statuses(platform) == {W.SUCCESS: 4}


def test_a_window_that_is_lifted_holds_nothing_up(platform: Platform) -> None:
    freeze(platform)
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    lifted(platform)

    platform.tick("run_deployment_jobs")

    assert platform.job().status is J.SUCCESS


def test_a_window_that_opens_while_slots_are_changed_stops_nothing_that_has_begun(platform: Platform) -> None:
    asked_for(platform, uploaded(platform))
    platform.drain(until="deploy_")
    freeze(platform)

    platform.drain()

    assert platform.job().status is J.SUCCESS
