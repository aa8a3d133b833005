"""A job that is stopped: what runs goes on to its end, the rest is not begun, and its end says so."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import IMG, WWW, MortalStore, asked_for, statuses, uploaded
from tests.receiver import Receiver
from tests.shortened import swept

J, W = JobStatus, WorkerStatus


def cancel(platform: Platform) -> Any:
    return platform.call("manage_deployment_jobs", {"Cancel": {"JobId": platform.job().job_id}})


def begun(platform: Platform) -> Platform:
    """A job on four slots, handed out to three products."""
    platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.drain(until="deploy_")
    assert platform.job().status is J.PROCESSING
    assert {name for name, _ in platform.queue} == {"deploy_cdn", "deploy_alb", "deploy_oss"}
    return platform


def one_deployed(platform: Platform) -> None:
    """Of a job that has begun, the slot of CDN."""
    begun(platform)
    cdn = next(call for call in platform.queue if call[0] == "deploy_cdn")
    platform.queue.remove(cdn)
    platform.deliver(*cdn)


@pytest.mark.parametrize("submitted", [False, True], ids=["a draft", "a job that waits for its time"])
def test_before_it_begins_it_is_cancelled_at_once_and_writes_nothing(
    platform: Platform, submitted: bool
) -> None:
    at = platform.clock() + timedelta(days=1)
    asked_for(platform, uploaded(platform), Submit=submitted, ScheduleTime=at.isoformat())

    answer = cancel(platform)

    assert answer["Job"]["Status"] == "cancelled"
    platform.drain()
    platform.pass_days(2)
    platform.tick("run_deployment_jobs")
    assert (platform.job().status, statuses(platform), platform.writes()) == (
        J.CANCELLED,
        {W.CANCELLED: 4},
        [],
    )
    assert (platform.job().success_count, platform.job().error_count, platform.job().cancelled_count) == (
        0,
        0,
        4,
    )
    assert list(platform.world.jobs.due(platform.clock())) == [], "it is still looked at"


def test_while_it_runs_what_has_been_deployed_stays_and_the_rest_is_not_begun(platform: Platform) -> None:
    one_deployed(platform)

    cancel(platform)
    platform.drain()

    job = platform.job()
    assert (job.status, job.success_count, job.error_count, job.cancelled_count) == (J.CANCELLED, 1, 0, 3)
    assert statuses(platform) == {W.SUCCESS: 1, W.CANCELLED: 3}
    assert platform.writes() == [("SetCdnDomainSSLCertificate", "www.example.com")]
    assert "cancelled" in platform.workers()[IMG].reason


def test_a_slot_that_was_begun_is_brought_to_its_end(platform: Platform) -> None:
    """Its function died after the write: the slot may be half exchanged."""
    begun(platform)
    worker = platform.workers()[WWW]
    claimed = worker.to(W.PROCESSING, previous_cert_identifier=worker.resource.cert_identifier)
    platform.world.workers.save(claimed)

    cancel(platform)
    assert platform.job().status is J.PROCESSING
    platform.queue.clear()
    platform.pass_days(0.01)
    platform.tick("run_deployment_jobs")

    assert platform.workers()[WWW].status is W.SUCCESS
    assert statuses(platform) == {W.SUCCESS: 1, W.CANCELLED: 3}
    assert platform.job().status is J.CANCELLED


def test_one_whose_function_died_before_it_wrote_is_not_begun_again(platform: Platform) -> None:
    begun(platform)
    platform.queue.clear()
    worker = platform.workers()[WWW]
    lease = platform.clock() + timedelta(seconds=60)
    platform.world.workers.save(worker.to(W.PROCESSING, lease_until=lease))

    cancel(platform)
    assert platform.workers()[WWW].status is W.PROCESSING, "its function may be alive"
    platform.pass_days(0.01)
    platform.tick("run_deployment_jobs")

    assert (statuses(platform), platform.writes()) == ({W.CANCELLED: 4}, [])
    assert platform.job().status is J.CANCELLED


def test_cancelled_too_late_it_has_the_end_that_it_came_to(platform: Platform) -> None:
    begun(platform)
    held = list(platform.queue)
    for function, payload in held:
        platform.queue.remove((function, payload))
        platform.deliver(function, payload)
    platform.queue.clear()

    cancel(platform)
    platform.drain()

    assert platform.job().status is J.SUCCESS
    assert platform.job().cancelled_count == 0


def test_asked_for_twice_and_delivered_twice_it_is_cancelled_once(told: Platform, receiver: Receiver) -> None:
    begun(told)
    told.copies = 2

    cancel(told)
    cancel(told)
    told.drain()
    told.tick("run_deployment_jobs", "run_deployment_jobs")

    assert told.job().status is J.CANCELLED
    ends = [message for message in receiver.take() if message.body.get("JobId") == told.job().job_id]
    told_so = {(m.body["Status"], m.body["SuccessCount"], m.body["CancelledCount"]) for m in ends}
    assert told_so == {("cancelled", 0, 4)}
    assert {message.id for message in ends} == {f"finished-{told.job().job_id}"}


@pytest.mark.long
@pytest.mark.parametrize("reached", [J.SUCCESS, J.ERROR])
def test_a_job_that_has_ended_is_not_cancelled(platform: Platform, reached: JobStatus) -> None:
    begun(platform)
    if reached is J.ERROR:
        platform.cloud.deny("oss:PutCname")
    platform.drain()
    assert platform.job().status is reached

    answer = cancel(platform)

    assert answer["Code"] == "InvalidStatus"
    assert platform.job().status is reached


def test_a_cancel_that_was_cut_off_after_its_mark_is_made_good_by_a_run(platform: Platform) -> None:
    begun(platform)
    platform.queue.clear()
    job = platform.job()
    platform.world.jobs.save(job.evolve(cancelled_at=platform.clock()))

    platform.tick("run_deployment_jobs")

    assert (platform.job().status, statuses(platform)) == (J.CANCELLED, {W.CANCELLED: 4})


def test_a_shard_that_is_taken_up_after_the_mark_stops_before_it_writes(platform: Platform) -> None:
    begun(platform)
    platform.world.jobs.save(platform.job().evolve(cancelled_at=platform.clock()))

    platform.drain()

    assert platform.writes() == []
    assert platform.job().status is J.CANCELLED


def test_an_automatic_job_that_was_cancelled_is_not_made_again_nor_tried_again(platform: Platform) -> None:
    begun(platform)
    platform.queue.clear()
    cancel(platform)
    platform.drain()

    platform.pass_days(1)
    platform.tick("scan_expiry", "run_deployment_jobs")

    assert [job.status for job in platform.jobs()] == [J.CANCELLED]
    assert platform.writes() == []


def test_what_was_deployed_by_then_can_be_rolled_back_and_the_rest_is_left(platform: Platform) -> None:
    one_deployed(platform)
    cancel(platform)
    platform.drain()

    answer = platform.call("manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id}})
    platform.drain()

    left = {one["Slot"]: one["Reason"] for one in answer["Rollback"] if one["Action"] == "leave"}
    assert left[IMG] == "the job was cancelled before it changed anything here"
    assert statuses(platform) == {W.ROLLBACK_SUCCESS: 1, W.CANCELLED: 3}


def test_killed_after_any_write_the_runs_bring_it_to_the_same_end(platform: Platform, tmp_path: Path) -> None:
    begun(platform)
    platform.queue.clear()

    def cancelled(dies_after: int | None) -> int:
        """Writes made."""
        store = MortalStore(states.copied(tmp_path / "state.db", tmp_path / f"{dies_after}.db"))
        platform.store, store.dies_after = store, dies_after
        with suppress(Cut):
            cancel(platform)
        store.dies_after = None
        platform.queue.clear()
        platform.tick("run_deployment_jobs", "run_deployment_jobs")
        assert (platform.job().status, statuses(platform)) == (J.CANCELLED, {W.CANCELLED: 4})
        assert platform.writes() == []
        return store.writes

    writes = cancelled(None)
    for number in swept(range(2, writes)):
        cancelled(number)
    assert writes > 6, "it is cut off nowhere"
