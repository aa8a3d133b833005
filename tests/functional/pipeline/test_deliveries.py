"""Events that come twice, late, at once or never; functions that are killed after any write."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from threading import Barrier, Thread

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import ESTATE, NAMES, TWO_SLOTS
from tests.functional.pipeline.platform import Cut, Platform, new_platform
from tests.functional.pipeline.stories import MortalStore
from tests.receiver import Receiver
from tests.shortened import shortened, swept

TIMERS = ("scan_expiry", "run_deployment_jobs")
SHARES = 6


def done_once(platform: Platform) -> None:
    """The end that every one of these stories must come to."""
    assert platform.job().status is JobStatus.SUCCESS
    statuses = [worker.status for worker in platform.workers().values()]
    assert statuses == [WorkerStatus.SUCCESS] * platform.job().worker_count
    assert set(Counter(platform.writes()).values()) == {1}, platform.writes()


@pytest.mark.parametrize("copies", [2, 3])
def test_events_delivered_several_times_make_one_job_and_one_write_each(
    platform: Platform, copies: int
) -> None:
    platform.copies = copies
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    done_once(platform)
    assert platform.job().worker_count == 4


@pytest.mark.long
@pytest.mark.parametrize(
    "function",
    ["create_deployment_job", "run_deployment_jobs", "deploy_cdn", "deploy_alb", "deploy_oss"],
)
def test_a_lost_event_is_made_up_for_by_the_timers(platform: Platform, function: str) -> None:
    platform.renew(*NAMES)
    platform.lost.add(function)
    platform.tick("scan_expiry")
    assert not platform.lost
    assert not platform.jobs() or platform.job().status is not JobStatus.SUCCESS

    platform.clock.sleep(100)
    platform.tick(*TIMERS)

    done_once(platform)


def test_a_job_whose_last_run_nobody_called_for_is_closed_by_the_timer(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.queue.append(("scan_expiry", b"{}"))
    platform.drain(until="deploy_")
    while platform.queue:
        platform.lost.add("run_deployment_jobs")
        platform.deliver(*platform.queue.pop(0))
    assert platform.job().status is JobStatus.PROCESSING

    platform.tick("run_deployment_jobs")

    done_once(platform)
    assert list(platform.world.jobs.due(platform.clock())) == [], "a finished job is still looked at"


def test_a_finished_job_that_was_not_closed_is_told_once_and_closed(
    told: Platform, receiver: Receiver
) -> None:
    told.renew(*NAMES)
    told.tick("scan_expiry")
    assert receiver.one().id == f"finished-{told.job().job_id}"
    told.world.jobs.open(told.job())
    assert list(told.world.jobs.due(told.clock())) == [told.job().job_id]

    told.tick("run_deployment_jobs")

    assert receiver.take() == []
    assert list(told.world.jobs.due(told.clock())) == []


@pytest.mark.long
@pytest.mark.parametrize("function", ["run_deployment_jobs", "deploy_cdn", "deploy_alb"])
def test_two_deliveries_at_once_write_once(tmp_path: Path, function: str) -> None:
    with new_platform(ESTATE, tmp_path, threads=True, parallel=8) as platform:
        platform.tick("scan_expiry", "discover_resources")
        platform.cloud.calls.clear()
        platform.renew(*NAMES)
        platform.queue.append(("scan_expiry", b"{}"))
        platform.drain(until=function)
        name, payload = platform.queue.pop(0)
        assert name == function
        start = Barrier(2)

        def deliver() -> None:
            start.wait()
            platform.deliver(name, payload)

        threads = [Thread(target=deliver) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        platform.drain()

        done_once(platform)


def a_renewal(platform: Platform, folder: Path, dies_after: int | None) -> int:
    """Scan to the end, killed once after that many writes; then only the timers. Writes made.

    They may be one more or less, where time has passed: then nobody is killed after the last.
    """
    path = folder / f"{dies_after}.db"
    copy = states.copied(folder / "state.db", path)
    platform.cloud.reset()
    platform.queue.clear()
    store = MortalStore(copy)
    store.dies_after, platform.store = dies_after, store
    platform.renew(*NAMES)
    try:
        platform.tick("scan_expiry")
    except Cut:
        store.dies_after = None
        platform.queue.clear()  # what was on its way is lost as well
        for _ in range(3):
            platform.clock.sleep(100)
            platform.tick(*TIMERS)
    return store.writes


@pytest.mark.parametrize("share", shortened(range(SHARES), every=SHARES))
def test_killed_after_any_write_every_slot_is_still_written_once_and_no_worker_is_lost(
    tmp_path: Path, share: int
) -> None:
    with new_platform(TWO_SLOTS, tmp_path) as platform:
        platform.tick("scan_expiry", "discover_resources")
        writes = a_renewal(platform, tmp_path, None)
        done_once(platform)
        killed, numbers = 0, swept(range(1 + share, writes + 1, SHARES))
        for number in numbers:
            killed += a_renewal(platform, tmp_path, number) >= number
            assert platform.jobs(), f"killed after write {number}: no job"
            done_once(platform)
        assert killed >= len(numbers) - 1 > 0, "the renewal is cut off nowhere"
