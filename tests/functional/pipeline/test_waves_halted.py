"""A job in waves of which too much fails: the rest is not begun, and it can be tried again wave by wave."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    MortalStore,
    asked_for,
    by_console,
    statuses,
    uploaded,
    worker_of,
)
from tests.functional.pipeline.waving import (
    APPROVED,
    ONE,
    by_wave,
    deliver,
    go_on,
    in_waves,
    shown,
)
from tests.receiver import Receiver

J, W = JobStatus, WorkerStatus


@pytest.mark.parametrize("copies", [1, 2])
def test_a_canary_that_fails_halts_the_job_and_contacts_are_told_once(
    told: Platform, receiver: Receiver, copies: int
) -> None:
    told.copies = copies
    told.cloud.deny("alb:UpdateListenerAttribute")

    in_waves(told, ONE)

    job = told.job()
    assert (job.status, job.error_count, job.cancelled_count) == (J.ERROR, 1, 3)
    assert job.halted == "1 of the 1 slots that it has begun failed (more than 0 %)"
    assert statuses(told) == {W.ERROR: 1, W.CANCELLED: 3}
    assert worker_of(told, WWW).reason == f"the job halted before anything was written here: {job.halted}"
    assert told.writes() == []
    assert shown(told) == [(1, "ended"), (3, "not begun")]
    ends = receiver.take()
    assert {one.id for one in ends} == {f"finished-{job.job_id}"}
    assert (ends[0].body["Status"], ends[0].body["Halted"]) == ("error", job.halted)
    assert list(told.world.jobs.due(told.clock())) == []


@pytest.mark.parametrize(
    ("percent", "ends"),
    [(49, {W.SUCCESS: 1, W.ERROR: 1, W.CANCELLED: 2}), (50, {W.SUCCESS: 3, W.ERROR: 1})],
)
def test_a_part_that_may_fail_does_not_halt_it(
    platform: Platform, percent: float, ends: dict[WorkerStatus, int]
) -> None:
    platform.cloud.deny("cdn:SetCdnDomainSSLCertificate")

    in_waves(platform, {"Canaries": ["50%"], "HaltAtPercent": percent})

    assert WWW in by_wave(platform)[0]
    assert (platform.job().status, statuses(platform)) == (J.ERROR, ends)
    assert bool(platform.job().halted) is (W.CANCELLED in ends)


def test_the_last_wave_halts_too_as_soon_as_too_much_of_it_has_failed(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=ONE)
    platform.drain(until="deploy_")
    deliver(platform, "deploy_alb")
    platform.drain(until="deploy_")
    assert statuses(platform) == {W.SUCCESS: 1, W.PENDING: 3}
    platform.cloud.deny("cdn:SetCdnDomainSSLCertificate")
    deliver(platform, "deploy_cdn")
    deliver(platform, "run_deployment_jobs")

    platform.drain()

    assert statuses(platform) == {W.SUCCESS: 1, W.ERROR: 1, W.CANCELLED: 2}
    assert platform.job().halted == "1 of the 4 slots that it has begun failed (more than 0 %)"


def test_a_shard_that_is_taken_up_after_the_halt_is_not_deployed(platform: Platform) -> None:
    """The job is marked, and the run that marked it was killed before it stopped the workers."""
    asked_for(platform, uploaded(platform))
    platform.drain(until="deploy_")
    platform.world.jobs.save(platform.job().evolve(halted="too much failed"))

    platform.drain()

    assert statuses(platform) == {W.CANCELLED: 4}
    assert (platform.job().status, platform.writes()) == (J.ERROR, [])


def test_a_wave_of_which_nothing_was_deployed_proves_nothing(platform: Platform) -> None:
    new = uploaded(platform)
    newer = platform.renew(*NAMES, days=300)
    platform.call("scan_expiry", {})
    platform.queue.clear()
    asked_for(platform, new, WWW, IMG, Waves=ONE)
    assert by_wave(platform) == [{WWW}, {IMG}]
    by_console(platform, newer)

    platform.drain()

    assert statuses(platform) == {W.SUPERSEDED: 1, W.CANCELLED: 1}
    assert platform.job().status is J.ERROR
    assert "nothing is proved" in platform.job().halted


@pytest.mark.long
def test_a_job_that_halted_is_tried_again_wave_by_wave(told: Platform, receiver: Receiver) -> None:
    told.cloud.deny("alb:UpdateListenerAttribute")
    in_waves(told, APPROVED)
    assert statuses(told) == {W.ERROR: 1, W.CANCELLED: 3}
    told.cloud.denials.clear()
    receiver.take()

    told.call("manage_deployment_jobs", {"Retry": {"JobId": told.job().job_id}})
    assert statuses(told) == {W.PENDING: 1, W.HELD: 3}
    assert told.job().halted == ""
    told.drain()

    assert statuses(told) == {W.SUCCESS: 1, W.HELD: 3}
    assert [one.id for one in receiver.take()] == [f"wave-{told.job().job_id}-0-1"]
    go_on(told)
    assert (told.job().status, statuses(told)) == (J.SUCCESS, {W.SUCCESS: 4})
    assert not worker_of(told, WWW).failed_before, "what was not begun is no failed try"


def test_of_a_job_that_halted_one_product_is_tried_again_and_the_rest_stays_cancelled(
    platform: Platform,
) -> None:
    platform.cloud.deny("alb:UpdateListenerAttribute")
    in_waves(platform, ONE)
    platform.cloud.denials.clear()

    platform.call("manage_deployment_jobs", {"Retry": {"JobId": platform.job().job_id, "Products": ["CDN"]}})
    platform.drain()

    assert worker_of(platform, WWW).status is W.CANCELLED
    assert platform.job().halted


def test_a_job_that_an_earlier_version_ended_with_slots_of_later_waves_is_looked_at_no_more(
    platform: Platform,
) -> None:
    """It passes over rows with a status that it does not know, and counts them as failed."""
    in_waves(platform, APPROVED)
    job = platform.job()
    platform.world.jobs.save(job.to(J.ERROR, error_count=3, success_count=1, finish_announced=True))

    platform.tick("run_deployment_jobs", "run_deployment_jobs")

    assert statuses(platform) == {W.SUCCESS: 1, W.CANCELLED: 3}
    assert worker_of(platform, WWW).reason == "the job ended before its wave began"
    assert list(platform.world.jobs.due(platform.clock())) == []


@pytest.mark.parametrize(
    ("waves", "denied"), [(ONE, ""), (APPROVED, ""), (ONE, "alb:UpdateListenerAttribute")]
)
def test_killed_after_any_write_of_a_run_it_comes_to_one_end(
    platform: Platform, tmp_path: Path, waves: dict[str, Any], denied: str
) -> None:
    """The run that sees the end of the canary: it begins the next wave, has it told, or halts the job."""
    if denied:
        platform.cloud.deny(denied)
    asked_for(platform, uploaded(platform), Waves=waves)
    platform.drain(until="deploy_")
    deliver(platform, "deploy_alb")
    platform.queue.clear()
    queued: list[list[str]] = []

    def run(dies_after: int | None) -> int:
        """Writes made."""
        store = MortalStore(states.copied(tmp_path / "state.db", tmp_path / f"{dies_after}.db"))
        platform.store, store.dies_after = store, dies_after
        with suppress(Cut):
            platform.call("run_deployment_jobs", {})
        made, store.dies_after = store.writes, None
        platform.clock.sleep(120)  # what was not handed out is handed out again
        platform.call("run_deployment_jobs", {})
        queued.append(sorted({name for name, _ in platform.queue}))
        platform.queue.clear()
        assert statuses(platform) == (
            {W.ERROR: 1, W.CANCELLED: 3}
            if denied
            else {W.SUCCESS: 1, W.HELD: 3}
            if "Approval" in waves
            else {W.SUCCESS: 1, W.PENDING: 3}
        )
        return made

    writes = run(None)
    for number in range(1, writes):
        run(number)
    assert writes > 1, "it is cut off nowhere"
    assert queued == [queued[0]] * writes
