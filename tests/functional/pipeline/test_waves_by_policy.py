"""Waves that policies set for jobs that do not say how they are done; and what waits, at warning times."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.policies import store_policies
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, policies, statuses, uploaded
from tests.functional.pipeline.waving import go_on
from tests.receiver import Receiver

J, W = JobStatus, WorkerStatus


def policy(platform: Platform, **waves: Any) -> None:
    world = platform.world
    text = json.dumps({"waves": {"canary": "one", **waves}})
    store_policies(world, text, version=world.policy_texts.version())


def renewed(platform: Platform) -> str:
    new = platform.renew(*NAMES)
    platform.tick("scan_expiry")
    return new


@pytest.mark.long
def test_automatic_jobs_go_wave_by_wave(platform: Platform) -> None:
    policy(platform, pause="2h", halt_at="10%")

    renewed(platform)

    waves = platform.job().waves
    assert waves is not None
    assert (waves.canaries, waves.pause_minutes, waves.halt_at_percent) == (("one",), 120.0, 10.0)
    assert statuses(platform) == {W.SUCCESS: 1, W.HELD: 3}
    platform.clock.sleep(2 * 3600)
    platform.tick("run_deployment_jobs")
    assert statuses(platform) == {W.SUCCESS: 4}


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [({}, {W.PENDING: 1, W.HELD: 3}), ({"Waves": {"Canaries": []}}, {W.PENDING: 4}),
     ({"Waves": {"Canaries": ["50%"]}}, {W.PENDING: 2, W.HELD: 2})],
)  # fmt: skip
def test_a_job_by_hand_goes_so_unless_it_says_otherwise(
    platform: Platform, asked: dict[str, Any], sizes: dict[WorkerStatus, int]
) -> None:
    policy(platform)

    asked_for(platform, uploaded(platform), **asked)

    assert statuses(platform) == sizes


def test_the_waves_of_policies_are_a_part_of_what_a_preview_is_approved_for(platform: Platform) -> None:
    policy(platform, pause="2h")
    asked = {"CertIds": [int(uploaded(platform).split("-")[0])]}
    shown = platform.call("manage_deployment_jobs", {"Preview": asked})
    policy(platform, pause="3h")

    request = {**asked, "Name": "by hand", "Digest": shown["Digest"]}
    answer = platform.call("create_deployment_job", request)

    assert (shown["Plan"]["Waves"]["Canaries"], shown["Plan"]["Waves"]["PauseMinutes"]) == (["one"], 120.0)
    assert (answer["Code"], platform.jobs()) == ("PlanChanged", [])


@pytest.mark.parametrize(("least", "held"), [(4, 3), (5, 0)])
def test_a_small_job_is_done_at_once(platform: Platform, least: int, held: int) -> None:
    policy(platform, from_slots=least)

    asked_for(platform, uploaded(platform))

    assert statuses(platform)[W.HELD] == held


@pytest.mark.long
def test_what_waits_for_somebody_is_told_at_warning_times_and_not_planned_again(
    told: Platform, receiver: Receiver
) -> None:
    policy(told, approval=True)
    renewed(told)
    receiver.take()
    for days in (10.5, 15):
        told.pass_days(days)
        told.tick("scan_expiry", "discover_resources", "run_deployment_jobs")

    (job,) = told.jobs()
    assert statuses(told) == {W.SUCCESS: 1, W.HELD: 3}
    warnings = [one.body for one in receiver.take() if one.body.get("Name") == "old"]
    assert {len(one["Slots"]) for one in warnings} == {3}
    assert {one["Reason"] for one in warnings} == {
        f"job {job.job_id}, which would replace it, waits with it; `certdeploy job continue {job.job_id}`"
    }
    assert len(warnings) == len({one["DaysLeft"] for one in warnings}) == 2
    go_on(told)
    assert statuses(told) == {W.SUCCESS: 4}


def test_without_approval_what_is_held_is_another_job_s_and_nobody_is_warned(
    told: Platform, receiver: Receiver
) -> None:
    policy(told, pause="7d")
    renewed(told)
    told.pass_days(6)
    receiver.take()

    told.tick("scan_expiry", "run_deployment_jobs")

    assert (receiver.take(), len(told.jobs())) == ([], 1)


def halted(platform: Platform, *denied: str) -> DeploymentJob:
    """An automatic job of four slots; its canary, of ALB, fails."""
    policy(platform)
    for action in denied:
        platform.cloud.deny(action)
    renewed(platform)
    assert platform.job().halted
    return platform.job()


@pytest.mark.long
def test_what_halted_for_the_cloud_s_sake_is_tried_again_as_a_whole_wave_by_wave(platform: Platform) -> None:
    first = halted(platform, "alb:UpdateListenerAttribute")
    (second,) = (job for job in platform.jobs() if job.job_id != first.job_id)

    assert (second.worker_count, second.waves) == (4, first.waves)
    platform.cloud.denials.clear()
    platform.pass_days(0.6)
    platform.tick("run_deployment_jobs")

    assert platform.world.jobs.get(second.job_id).status is J.SUCCESS
    assert {name for name, _ in platform.writes()} > {"UpdateListenerAttribute", "PutCname"}


def test_what_halted_for_a_reason_that_does_not_pass_is_left_to_people(platform: Platform) -> None:
    policy(platform)
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.drain(until="deploy_")
    (canary,) = (one for one in platform.workers().values() if one.status is W.PENDING)
    world = platform.world
    world.workers.save(canary.to(W.ERROR, reason="gone", finished_at=platform.clock()))
    platform.queue.clear()

    platform.tick("run_deployment_jobs")

    assert platform.job().halted, new
    assert len(platform.jobs()) == 1


@pytest.mark.long
def test_a_retry_of_a_slot_that_another_try_waits_for_changes_it_once(platform: Platform) -> None:
    """A person is faster than the job that the system made for a later time."""
    policies(platform)
    platform.cloud.deny("cdn:SetCdnDomainSSLCertificate")
    renewed(platform)
    first = platform.job()
    (again,) = (job for job in platform.jobs() if job.job_id != first.job_id)
    platform.cloud.denials.clear()
    platform.cloud.calls.clear()

    platform.call("manage_deployment_jobs", {"Retry": {"JobId": first.job_id}})
    platform.drain()
    platform.pass_days(0.6)
    platform.tick("run_deployment_jobs")

    assert platform.world.jobs.get(first.job_id).status is J.SUCCESS
    assert platform.writes() == [("SetCdnDomainSSLCertificate", "www.example.com")]
    (worker,) = platform.world.workers.list(again.job_id)
    assert (worker.resource.slot, worker.status) == (WWW, W.SUCCESS)
    assert platform.world.jobs.get(again.job_id).status is J.SUCCESS


@pytest.mark.long
def test_of_a_retry_and_another_try_at_the_same_time_one_writes(platform: Platform) -> None:
    policies(platform)
    platform.cloud.deny("cdn:SetCdnDomainSSLCertificate")
    renewed(platform)
    first = platform.job()
    platform.cloud.denials.clear()
    platform.cloud.calls.clear()
    platform.pass_days(0.6)

    platform.call("manage_deployment_jobs", {"Retry": {"JobId": first.job_id}})
    platform.tick("run_deployment_jobs")

    assert platform.writes() == [("SetCdnDomainSSLCertificate", "www.example.com")]
    assert {job.status for job in platform.jobs()} == {J.SUCCESS}
