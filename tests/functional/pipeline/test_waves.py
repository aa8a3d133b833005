"""A job in waves: canaries first, and the rest when these are proved and time or somebody allows it."""

from __future__ import annotations

import pytest

from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    WWW,
    asked_for,
    statuses,
    uploaded,
    worker_of,
)
from tests.functional.pipeline.waving import (
    APPROVED,
    ONE,
    by_wave,
    go_on,
    in_waves,
    let_go_on,
    shown,
)
from tests.receiver import Receiver

J, W = JobStatus, WorkerStatus


@pytest.mark.parametrize(
    ("canaries", "sizes"),
    [
        (["one"], [1, 3]),
        (["per-product"], [3, 1]),
        (["50%"], [2, 2]),
        (["51%"], [3, 1]),
        (["one", "50%"], [1, 2, 1]),
        (["99%"], [4]),
        ([], [4]),
    ],
)
def test_slots_are_written_wave_by_wave_and_each_wave_is_proved_before_the_next(
    platform: Platform, canaries: list[str], sizes: list[int]
) -> None:
    in_waves(platform, {"Canaries": canaries})

    assert (platform.job().status, statuses(platform)) == (J.SUCCESS, {W.SUCCESS: 4})
    assert [len(wave) for wave in by_wave(platform)] == sizes
    found = platform.workers().values()
    for worker in found:
        before = [one.finished_at for one in found if one.wave < worker.wave]
        assert worker.started_at is not None
        assert all(at and at <= worker.started_at for at in before)


def test_while_the_canary_is_under_way_nothing_else_is_written(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=ONE)
    platform.drain(until="deploy_")

    assert [name for name, _ in platform.queue] == ["deploy_alb"]
    assert statuses(platform) == {W.PENDING: 1, W.HELD: 3}
    platform.pass_days(0.01)
    platform.call("run_deployment_jobs", {})
    assert {name for name, _ in platform.queue} == {"deploy_alb"}, "others are handed out again, too"


def test_the_next_wave_waits_for_the_end_of_the_pause(platform: Platform) -> None:
    in_waves(platform, {**ONE, "PauseMinutes": 30})

    assert statuses(platform) == {W.SUCCESS: 1, W.HELD: 3}
    assert shown(platform) == [(1, "ended"), (3, "pauses")]
    platform.clock.sleep(29 * 60)
    platform.tick("run_deployment_jobs")
    assert statuses(platform) == {W.SUCCESS: 1, W.HELD: 3}
    platform.clock.sleep(60)
    platform.tick("run_deployment_jobs")
    assert (platform.job().status, statuses(platform)) == (J.SUCCESS, {W.SUCCESS: 4})
    assert list(platform.world.jobs.due(platform.clock())) == []


def test_a_pause_is_cut_short_by_whoever_lets_it_go_on(platform: Platform) -> None:
    in_waves(platform, {**ONE, "PauseMinutes": 600})

    go_on(platform)

    assert platform.job().status is J.SUCCESS


@pytest.mark.long
def test_the_next_wave_waits_for_somebody_however_long_and_contacts_are_told_once(
    told: Platform, receiver: Receiver
) -> None:
    in_waves(told, APPROVED)
    for _ in range(3):
        told.pass_days(1)
        told.tick("run_deployment_jobs")

    assert statuses(told) == {W.SUCCESS: 1, W.HELD: 3}
    number = told.job().job_id
    assert shown(told)[1] == (3, f"waits for `certdeploy job continue {number}`")
    (news,) = receiver.take()
    assert (news.id, news.body["Type"]) == (f"wave-{number}-0-0", "certdeploy:DeploymentJob:WaveEnded")
    assert (news.body["Wave"], news.body["HeldCount"], len(news.body["Workers"])) == (1, 3, 1)

    answer = go_on(told, Wave=2)

    assert answer["Job"]["WaveApproved"] == 1
    assert (told.job().status, statuses(told)) == (J.SUCCESS, {W.SUCCESS: 4})
    assert [one.id for one in receiver.take()] == [f"finished-{number}"]


@pytest.mark.long
def test_a_wave_is_let_begin_once_however_often_that_is_said(platform: Platform) -> None:
    in_waves(platform, {"Canaries": ["one", "50%"], "Approval": True})
    go_on(platform, Wave=2)
    assert statuses(platform) == {W.SUCCESS: 3, W.HELD: 1}
    before = platform.job()

    assert go_on(platform, Wave=2)["Job"]["WaveApproved"] == 1

    assert (platform.job(), statuses(platform)) == (before, {W.SUCCESS: 3, W.HELD: 1})
    go_on(platform)
    assert platform.job().status is J.SUCCESS


@pytest.mark.long
def test_what_waits_for_nobody_is_not_let_go_on(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=APPROVED)
    assert "does not wait: it is pending" in go_on(platform)["Message"]
    platform.tick("run_deployment_jobs")
    assert "Wave: the next one" in go_on(platform, Wave=3)["Message"]
    go_on(platform)
    assert "does not wait: it is success" in go_on(platform)["Message"]


def test_while_a_wave_is_under_way_nobody_lets_the_next_one_begin(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=APPROVED)
    platform.drain(until="deploy_")
    late = list(platform.queue)

    assert "wave 1 of job" in let_go_on(platform)["Message"]
    platform.queue[:] = late
    platform.drain()
    assert statuses(platform) == {W.SUCCESS: 1, W.HELD: 3}


@pytest.mark.parametrize("early", ["before it began", "while the canary waits for somebody"])
def test_an_event_for_a_wave_that_has_not_begun_does_nothing(platform: Platform, early: str) -> None:
    asked_for(platform, uploaded(platform), Waves=APPROVED)
    if early != "before it began":
        platform.drain()
    before = statuses(platform)
    for function, shard in (("deploy_cdn", 0), ("deploy_oss", 0), ("deploy_alb", 1)):
        product = function.removeprefix("deploy_").upper()
        scheduled = WorkersScheduled(job_id=platform.job().job_id, product=CloudProduct(product), shard=shard)
        platform.world.events.publish(scheduled, id=f"early-{product}", subject="early")
        name, payload = platform.queue.pop()
        assert name == function
        assert set(platform.call(name, payload).values()) == {0}, (
            "of a job that has begun, nothing is counted"
        )

    assert statuses(platform) == before
    assert {name for name, _ in platform.writes()} <= {"UpdateListenerAttribute"}


def test_what_waits_for_its_wave_is_cancelled_with_the_job(platform: Platform) -> None:
    in_waves(platform, APPROVED)

    platform.call("manage_deployment_jobs", {"Cancel": {"JobId": platform.job().job_id}})
    platform.drain()

    assert statuses(platform) == {W.SUCCESS: 1, W.CANCELLED: 3}
    assert platform.job().status is J.CANCELLED
    assert worker_of(platform, WWW).reason == "the job was cancelled before anything was written here"
    assert "does not wait" in go_on(platform)["Message"]


def test_a_draft_in_waves_that_is_edited_has_canaries_again(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=ONE, Submit=False)
    (canary,) = by_wave(platform)[0]

    request = {"JobId": platform.job().job_id, "Drop": {"Slots": [canary]}}
    answer = platform.call("manage_deployment_jobs", {"Edit": request})

    assert [len(wave) for wave in by_wave(platform)] == [1, 2]
    assert canary not in platform.workers()
    job = answer["Job"]
    approved = {"JobId": job["JobId"], "Digest": job["PlanDigest"]}
    assert platform.call("manage_deployment_jobs", {"Submit": approved})["Job"]["Status"] == "pending"
