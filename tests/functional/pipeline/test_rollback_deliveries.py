"""A rollback that is asked for twice, cut off, delivered twice, or that nobody takes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.faults import Fault
from shared.domain.states import WorkerStatus
from shared.state.store import Document, Key
from shared.state.tables import WORKERS, Table
from tests.functional.pipeline import states
from tests.functional.pipeline.conftest import NAMES, TWO_SLOTS
from tests.functional.pipeline.platform import Cut, Platform, new_platform
from tests.functional.pipeline.stories import (
    IMG,
    MortalStore,
    ask,
    deployed,
    roll_back,
    rolled_back_once,
    statuses,
    worker_of,
)
from tests.receiver import Receiver
from tests.shortened import shortened, swept

W = WorkerStatus


def test_asking_again_changes_nothing(platform: Platform) -> None:
    deployed(platform)
    ask(platform)

    during = ask(platform)
    platform.drain()
    writes = platform.writes()
    after = roll_back(platform)

    assert {line["Reason"] for line in during["Rollback"]} == {"its rollback is in progress"}
    assert {line["Reason"] for line in after["Rollback"]} == {"it is already rolled back"}
    rolled_back_once(platform)
    assert platform.writes() == writes


def test_a_run_that_looked_before_does_not_close_what_was_asked_for_since(platform: Platform) -> None:
    job, jobs = deployed(platform).job(), platform.world.jobs
    jobs.open(job)
    opened = jobs.opened(job)

    jobs.open(job)
    jobs.close(job, opened)

    assert list(jobs.due(platform.clock())) == [job.job_id]
    jobs.close(job, jobs.opened(job))
    assert list(jobs.due(platform.clock())) == []


@pytest.mark.long
@pytest.mark.parametrize("function", ["run_deployment_jobs", "deploy_cdn", "deploy_alb"])
def test_a_lost_invocation_is_made_up_for_by_the_timer(platform: Platform, function: str) -> None:
    deployed(platform)
    platform.lost.add(function)
    roll_back(platform)
    assert not platform.lost

    platform.clock.sleep(100)
    platform.tick("run_deployment_jobs")

    rolled_back_once(platform)


def test_invocations_delivered_twice_write_once(platform: Platform) -> None:
    deployed(platform)
    platform.copies = 2

    roll_back(platform)

    rolled_back_once(platform)


@pytest.mark.long
@pytest.mark.parametrize(
    "action",
    [
        "SetCdnDomainSSLCertificate",
        "UpdateListenerAttribute",
        "AssociateAdditionalCertificatesWithListener",
        "DissociateAdditionalCertificatesFromListener",
    ],
)
def test_a_lost_answer_does_not_put_it_back_twice(platform: Platform, action: str) -> None:
    deployed(platform)
    platform.cloud.faults.add(Fault(action, when="after"))

    roll_back(platform)

    rolled_back_once(platform)


def test_a_rollback_that_nobody_takes_up_for_an_hour_ends_in_rollback_error(platform: Platform) -> None:
    deployed(platform)
    platform.missing = {"deploy_oss"}
    roll_back(platform)
    assert worker_of(platform, IMG).status is W.ROLLBACK

    platform.clock.sleep(3500)
    platform.tick("run_deployment_jobs")
    assert worker_of(platform, IMG).status is W.ROLLBACK, "given up too early"
    platform.clock.sleep(101)
    platform.tick("run_deployment_jobs")
    assert worker_of(platform, IMG).status is W.ROLLBACK, "it was not handed out once more"
    platform.clock.sleep(90)
    platform.tick("run_deployment_jobs")

    img = worker_of(platform, IMG)
    assert (img.status, img.reason) == (W.ROLLBACK_ERROR, "deploy_oss did not take it up")
    assert img.finished_at is not None
    assert platform.job().rolled_back_at == img.finished_at, "its end is not told"
    assert list(platform.world.jobs.due(platform.clock())) == []


class MeddlingStore(MortalStore):
    """Where a run looks at the job right before a worker is marked, and closes it right after."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform.store)
        self.platform, self.runs = platform, 0

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        if table is not WORKERS or document["Status"] != W.ROLLBACK.value or document["Attempts"]:
            return super().put(table, key, document, version=version)
        jobs, job = self.platform.world.jobs, self.platform.job()
        opened = jobs.opened(job)
        done = super().put(table, key, document, version=version)
        jobs.close(job, opened)
        self.runs += 1
        return done


def test_a_run_that_closes_the_job_while_it_is_asked_for_loses_nothing(
    platform: Platform, tmp_path: Path
) -> None:
    deployed(platform)
    store = platform.store = MeddlingStore(platform)

    roll_back(platform)

    assert store.runs == 4
    rolled_back_once(platform)


def test_the_end_of_a_rollback_is_told_once(told: Platform, receiver: Receiver) -> None:
    deployed(told)
    job_id = told.job().job_id
    roll_back(told)
    ended = [message.body["Type"].rpartition(":")[2] for message in receiver.take()]
    assert ended == ["Finished", "RolledBack"]
    told.world.jobs.open(told.job())
    assert list(told.world.jobs.due(told.clock())) == [job_id]

    told.tick("run_deployment_jobs")

    assert receiver.take() == []
    assert list(told.world.jobs.due(told.clock())) == []


def a_rollback(platform: Platform, folder: Path, dies_after: int | None) -> int:
    """Of two slots, killed once after that many writes; then only the timers, or the person who was told
    that nothing has happened. Writes made: where time has passed, they may be one more or less."""
    path = folder / f"{dies_after}.db"
    copy = states.copied(folder / "state.db", path)
    platform.cloud.reset()
    store = platform.store = MortalStore(copy)
    platform.renew(*NAMES)
    platform.tick("scan_expiry")
    assert statuses(platform) == {W.SUCCESS: 2}
    platform.cloud.calls.clear()
    store.writes, store.dies_after = 0, dies_after
    try:
        roll_back(platform)
    except Cut:
        store.dies_after = None
        platform.queue.clear()
        if statuses(platform)[W.SUCCESS]:
            ask(platform)
            platform.queue.clear()
        for _ in range(3):
            platform.clock.sleep(100)
            platform.tick("run_deployment_jobs")
    return store.writes


@pytest.mark.long
def test_killed_after_any_write_every_slot_is_put_back_once(tmp_path: Path) -> None:
    with new_platform(TWO_SLOTS, tmp_path) as platform:
        platform.tick("scan_expiry", "discover_resources")
        writes = a_rollback(platform, tmp_path, None)
        rolled_back_once(platform, slots=2)
        killed, numbers = 0, swept(shortened(range(1, writes + 1)))
        for number in numbers:
            killed += a_rollback(platform, tmp_path, number) >= number
            rolled_back_once(platform, slots=2)
        assert killed >= len(numbers) - 1 > 0, "the rollback is cut off nowhere"
