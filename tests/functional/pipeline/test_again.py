"""What the cloud was in the way of is tried again by itself, the sooner the nearer the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emulator.faults import Fault
from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, asked_for, policies, served, uploaded
from tests.receiver import Receiver


def denied(platform: Platform) -> str:
    """A renewal comes, and the account lacks a permission for img.example.com; its identifier."""
    platform.cloud.deny("oss:PutCname")
    new = platform.renew(*NAMES)
    platform.tick("scan_expiry")
    return new


def in_order(platform: Platform) -> list[DeploymentJob]:
    return sorted(platform.jobs(), key=lambda job: (job.created_at, job.schedule_time))


def later(platform: Platform) -> DeploymentJob:
    """The last job, which waits for its time."""
    last = in_order(platform)[-1]
    assert last.status is JobStatus.PENDING
    return last


def when_due(platform: Platform) -> DeploymentJob:
    """What has become of it a moment after its time."""
    job = later(platform)
    platform.clock.sleep((job.schedule_time - platform.clock()).total_seconds() + 1)
    platform.tick("run_deployment_jobs")
    return platform.world.jobs.get(job.job_id)


@pytest.mark.long
def test_what_was_denied_is_tried_again_at_a_set_time_and_goes_well_when_it_is_allowed(
    told: Platform, receiver: Receiver
) -> None:
    new = denied(told)
    first, second = in_order(told)
    assert (first.status, first.success_count, first.error_count) == (JobStatus.ERROR, 3, 1)
    assert (second.status, second.name, second.worker_count) == (
        JobStatus.PENDING,
        "renewed-1 issued, again",
        1,
    )
    (message,) = receiver.take()
    assert message.body["TriedAgainAt"] == second.schedule_time.isoformat()
    told.cloud.denials.clear()

    told.tick("run_deployment_jobs")
    assert served(told)[new] == 3, "it is not its time"
    job = when_due(told)

    assert (job.status, job.success_count) == (JobStatus.SUCCESS, 1)
    assert served(told)[new] == 4
    (message,) = receiver.take()
    assert (message.body["Status"], "TriedAgainAt" in message.body) == ("success", False)


@pytest.mark.long
def test_a_try_that_changes_nothing_is_not_told_and_another_follows_by_the_next_warning_time_too(
    told: Platform, receiver: Receiver
) -> None:
    denied(told)
    receiver.take()

    assert when_due(told).status is JobStatus.ERROR
    assert receiver.take() == []
    told.pass_days(10.5)
    told.tick("run_deployment_jobs")
    assert receiver.take() == []

    told.tick("scan_expiry")

    assert [one.body["Status"] for one in receiver.take() if "Status" in one.body] == ["error"]
    assert sum(job.status is JobStatus.PENDING for job in told.jobs()) == 1, "one try waits for a slot"


@pytest.mark.parametrize(("days", "hours"), [(0, 12), (35, 6), (39.5, 0.6), (41, 0.25)])
def test_the_nearer_the_end_of_what_is_in_place_the_sooner_it_is_tried_again(
    platform: Platform, days: float, hours: float
) -> None:
    """It had 40 days. At once would be of no use, and half a day is not too long to wait in any case."""
    platform.pass_days(days)

    denied(platform)

    ended = next(job.finished_at for job in in_order(platform) if job.status is JobStatus.ERROR)
    assert ended is not None
    waits = later(platform).schedule_time - ended
    assert waits / timedelta(hours=1) == pytest.approx(hours, abs=0.02)


def test_it_is_tried_again_once_however_often_it_is_told_to(platform: Platform) -> None:
    platform.copies = 3

    denied(platform)
    platform.tick("run_deployment_jobs", "run_deployment_jobs")

    assert len(platform.jobs()) == 2


def test_a_policy_that_comes_meanwhile_is_kept_to(platform: Platform) -> None:
    denied(platform)
    platform.cloud.denials.clear()
    policies(platform, {"match": {"product": "OSS"}, "deploy": "off"})

    job = when_due(platform)

    (worker,) = platform.world.workers.list(job.job_id)
    assert (job.status, worker.status) == (JobStatus.SUCCESS, WorkerStatus.SUPERSEDED)
    assert len(platform.jobs()) == 2


def test_a_job_by_hand_is_not_tried_again(platform: Platform) -> None:
    new = uploaded(platform)
    platform.cloud.deny("oss:PutCname")
    asked_for(platform, new, IMG)

    platform.drain()

    assert [job.status for job in platform.jobs()] == [JobStatus.ERROR]


def test_what_the_product_refuses_is_not_tried_again(platform: Platform) -> None:
    """It would be refused again."""
    platform.cloud.faults.add(Fault("PutCname", 409, "InvalidCname"))
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert [job.status for job in platform.jobs()] == [JobStatus.ERROR]
