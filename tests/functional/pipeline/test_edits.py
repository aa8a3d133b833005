"""A job that has not begun is edited: its slots, its certificates, its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.editing import OFF, edit, manage, slots, submit
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    asked_for,
    by_console,
    policies,
    statuses,
    uploaded,
)


def consistent(platform: Platform) -> DeploymentJob:
    """The job's digest and counts are those of its workers."""
    job, workers = platform.job(), platform.workers().values()
    digest = manage(platform, Diff={"JobId": job.job_id})
    assert [one for one in digest["Moved"] if one["Blocks"]] == []
    assert sum(job.products.values()) == len(workers)
    assert set(job.cert_identifiers) == {worker.cert_identifier for worker in workers}
    return job


@pytest.fixture
def draft(platform: Platform) -> Platform:
    """Of four slots of three products."""
    asked_for(platform, uploaded(platform), Submit=False)
    assert len(platform.workers()) == 4
    return platform


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"Drop": {"Slots": [WWW]}}, {"ALB", "OSS"}),
        ({"Drop": {"Products": ["ALB"]}}, {"CDN", "OSS"}),
        ({"Drop": {"Regions": ["cn-hangzhou"]}}, {"CDN", "OSS"}),
        ({"Drop": {"Domains": ["w*.example.com"]}}, {"ALB", "OSS"}),
        ({"Drop": {"Domains": ["*"]}, "Except": {"Products": ["OSS"]}}, {"OSS"}),
    ],
)
def test_slots_are_dropped_by_what_they_are_and_the_rest_runs(
    draft: Platform, changes: dict[str, Any], left: set[str]
) -> None:
    before = draft.job()

    answer = edit(draft, **changes)

    assert {slot.partition("/")[0] for slot in slots(draft)} == left
    assert {one["Reason"] for one in answer["LeftOut"]} == {"dropped, as asked"}
    job = consistent(draft)
    assert job.plan_digest != before.plan_digest
    submit(draft, job)
    draft.drain()
    assert draft.job().status is JobStatus.SUCCESS
    assert set(statuses(draft)) == {WorkerStatus.SUCCESS}
    assert len(draft.writes()) >= len(slots(draft))


def test_slots_are_added_and_those_of_one_listener_stay_in_one_shard(platform: Platform) -> None:
    asked_for(platform, uploaded(platform, *NAMES, "example.org", "*.example.org"), Submit=False)
    listeners: dict[str, list[str]] = {}
    for slot, worker in platform.workers().items():
        listeners.setdefault(worker.resource.writer, []).append(slot)
    one, other = next(sorted(some) for some in listeners.values() if len(some) == 2)
    edit(platform, Drop={"Slots": [one, IMG]})

    edit(platform, Add={"Products": ["ALB", "OSS"]}, Except={"Domains": ["img.*"]})

    assert slots(platform) >= {one, other, WWW}
    assert IMG not in slots(platform)
    consistent(platform)
    workers = platform.workers()
    assert workers[one].shard == workers[other].shard
    assert len({worker.worker_id for worker in workers.values()}) == len(workers)


def test_a_slot_that_takes_no_certificate_is_not_added_in_silence(draft: Platform) -> None:
    answer = edit(draft, Add={"Slots": [OFF]})

    assert answer["Code"] == "InvalidParameter"
    assert "HTTPS is off" in answer["Message"]
    assert OFF not in slots(draft)
    edit(draft, Add={"Slots": [OFF]}, FirstDeployment=True)
    assert OFF in slots(draft)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Drop": {"Slots": ["CDN/-/nope.example.com"]}}, "Drop: CDN/-/nope.example.com: no slot of the job"),
        ({"Add": {"Domains": ["*.example.net"]}}, "Add: *.example.net: no slot that discovery has found"),
        ({"Drop": {"Domains": ["*"]}}, "nothing of job"),
        ({"Name": " spring"}, "Name: "),
        ({"ContactIds": [1, 1]}, "ContactIds: 1 listed twice"),
        ({"ContactIds": [977]}, "ContactIds: there is no contact 977"),
        ({"ScheduleTime": "2020-01-01T00:00:00Z"}, "ScheduleTime: it is in the past"),
        ({"CertIds": [99]}, "Certificate 99 does not exist"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    draft: Platform, changes: dict[str, Any], told: str
) -> None:
    before, workers = draft.job(), draft.workers()

    assert told in edit(draft, **changes)["Message"]

    assert (draft.job(), draft.workers()) == (before, workers)


@pytest.mark.long
def test_a_draft_is_planned_anew_for_the_slots_as_they_are_by_now(draft: Platform) -> None:
    newer = draft.renew(*NAMES, days=20)
    draft.call("scan_expiry", {})
    draft.queue.clear()
    by_console(draft, newer)
    draft.tick("discover_resources")
    draft.world.resources.remove(draft.world.resources.get(IMG))
    assert {one["Slot"] for one in manage(draft, Diff={"JobId": draft.job().job_id})["Moved"]} == {WWW, IMG}

    answer = edit(draft, Renew=True)

    assert answer["LeftOut"] == [{"Slot": IMG, "Reason": "discovery no longer finds it"}]
    assert draft.workers()[WWW].resource.cert_identifier == newer
    job = consistent(draft)
    submit(draft, job)
    draft.drain()
    assert draft.job().status is JobStatus.SUCCESS


def test_what_a_policy_keeps_the_system_from_is_dropped_when_its_draft_is_planned_anew(
    platform: Platform,
) -> None:
    platform.policy["submit_automatic_jobs"] = False
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    policies(platform, {"match": {"product": "CDN"}, "deploy": "off"})

    answer = edit(platform, Renew=True)

    assert [one["Slot"] for one in answer["LeftOut"]] == [WWW]
    consistent(platform)


def test_another_certificate_takes_the_place_of_the_job_s(draft: Platform) -> None:
    newer = uploaded(draft, days=300)

    edit(draft, CertIds=[int(newer.partition("-")[0])])

    assert {worker.cert_identifier for worker in draft.workers().values()} == {newer}
    assert consistent(draft).cert_identifiers == (newer,)


def test_a_job_that_waits_for_its_time_keeps_waiting_and_begins_at_its_new_one(platform: Platform) -> None:
    soon, later = (platform.clock() + timedelta(days=days) for days in (1, 3))
    asked_for(platform, uploaded(platform), ScheduleTime=soon.isoformat())

    edit(platform, ScheduleTime=later.isoformat(), Drop={"Products": ["ALB"]}, Name="later")

    assert (platform.job().status, platform.job().name) == (JobStatus.PENDING, "later")
    platform.pass_days(2)
    platform.tick("run_deployment_jobs")
    assert platform.writes() == [], "it began at its old time"
    platform.pass_days(1.01)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS
    assert {slot.partition("/")[0] for slot in slots(platform)} == {"CDN", "OSS"}
    assert list(platform.world.jobs.due(platform.clock())) == []


def test_a_job_that_waits_is_told_to_begin_at_once(platform: Platform) -> None:
    at = platform.clock() + timedelta(days=2)
    asked_for(platform, uploaded(platform), ScheduleTime=at.isoformat())

    edit(platform, AtOnce=True)
    platform.drain()

    assert platform.job().status is JobStatus.SUCCESS
    assert list(platform.world.jobs.due(platform.clock() + timedelta(days=3))) == []
