"""A rollback that is asked for twice, cut off, delivered twice, or that nobody takes up."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from emulator.faults import Fault
from shared.domain.states import WorkerStatus
from shared.state.sqlite import SqliteStore
from shared.state.store import Document, Key
from shared.state.tables import WORKERS, Table
from tests.functional.pipeline.conftest import NAMES, TWO_SLOTS
from tests.functional.pipeline.platform import Cut, Platform, platform
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

W = WorkerStatus


def test_asking_again_changes_nothing(it: Platform) -> None:
    deployed(it)
    ask(it)

    during = ask(it)
    it.drain()
    writes = it.writes()
    after = roll_back(it)

    assert {line["Reason"] for line in during["Rollback"]} == {"its rollback is in progress"}
    assert {line["Reason"] for line in after["Rollback"]} == {"it is already rolled back"}
    rolled_back_once(it)
    assert it.writes() == writes


def test_a_run_that_looked_before_does_not_close_what_was_asked_for_since(it: Platform) -> None:
    job, jobs = deployed(it).job(), it.world.jobs
    jobs.open(job)
    opened = jobs.opened(job)

    jobs.open(job)
    jobs.close(job, opened)

    assert list(jobs.due(it.clock())) == [job.job_id]
    jobs.close(job, jobs.opened(job))
    assert list(jobs.due(it.clock())) == []


@pytest.mark.parametrize("function", ["run_deployment_jobs", "deploy_cdn", "deploy_alb"])
def test_a_lost_invocation_is_made_up_for_by_the_timer(it: Platform, function: str) -> None:
    deployed(it)
    it.lost.add(function)
    roll_back(it)
    assert not it.lost

    it.clock.sleep(100)
    it.tick("run_deployment_jobs")

    rolled_back_once(it)


def test_invocations_delivered_twice_write_once(it: Platform) -> None:
    deployed(it)
    it.copies = 2

    roll_back(it)

    rolled_back_once(it)


@pytest.mark.parametrize(
    "action",
    [
        "SetCdnDomainSSLCertificate",
        "UpdateListenerAttribute",
        "AssociateAdditionalCertificatesWithListener",
        "DissociateAdditionalCertificatesFromListener",
    ],
)
def test_a_lost_answer_does_not_put_it_back_twice(it: Platform, action: str) -> None:
    deployed(it)
    it.cloud.faults.add(Fault(action, when="after"))

    roll_back(it)

    rolled_back_once(it)


def test_a_rollback_that_nobody_takes_up_for_an_hour_ends_in_rollback_error(it: Platform) -> None:
    deployed(it)
    it.missing = {"deploy_oss"}
    roll_back(it)
    assert worker_of(it, IMG).status is W.ROLLBACK

    it.clock.sleep(3500)
    it.tick("run_deployment_jobs")
    assert worker_of(it, IMG).status is W.ROLLBACK, "given up too early"
    it.clock.sleep(101)
    it.tick("run_deployment_jobs")

    img = worker_of(it, IMG)
    assert (img.status, img.reason) == (W.ROLLBACK_ERROR, "deploy_oss did not take it up")
    assert img.finished_at is not None
    assert it.job().rolled_back_at == img.finished_at, "its end is not told"
    assert list(it.world.jobs.due(it.clock())) == []


class MeddlingStore(SqliteStore):
    """Where a run looks at the job right before a worker is marked, and closes it right after."""

    def __init__(self, path: Path, it: Platform) -> None:
        super().__init__(path)
        self.it, self.runs = it, 0

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        if table is not WORKERS or document["Status"] != W.ROLLBACK.value or document["Attempts"]:
            return super().put(table, key, document, version=version)
        jobs, job = self.it.world.jobs, self.it.job()
        opened = jobs.opened(job)
        done = super().put(table, key, document, version=version)
        jobs.close(job, opened)
        self.runs += 1
        return done


def test_a_run_that_closes_the_job_while_it_is_asked_for_loses_nothing(it: Platform, tmp_path: Path) -> None:
    deployed(it)
    store = it.store = MeddlingStore(tmp_path / "state.db", it)

    roll_back(it)

    assert store.runs == 4
    rolled_back_once(it)


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


def a_rollback(it: Platform, folder: Path, dies_after: int | None) -> int:
    """Of two slots, killed once after that many writes; then only the timers, or the person who was told
    that nothing has happened. Writes made."""
    path = folder / f"{dies_after}.db"
    with sqlite3.connect(folder / "state.db") as source, sqlite3.connect(path) as copy:
        source.backup(copy)
    it.cloud.reset()
    store = it.store = MortalStore(path)
    it.renew(*NAMES)
    it.tick("scan_expiry")
    assert statuses(it) == {W.SUCCESS: 2}
    it.cloud.calls.clear()
    store.writes, store.dies_after = 0, dies_after
    try:
        roll_back(it)
        assert dies_after is None, "nobody was killed"
    except Cut:
        store.dies_after = None
        it.queue.clear()
        if statuses(it)[W.SUCCESS]:
            ask(it)
            it.queue.clear()
        for _ in range(3):
            it.clock.sleep(100)
            it.tick("run_deployment_jobs")
    return store.writes


def test_killed_after_any_write_every_slot_is_put_back_once(tmp_path: Path) -> None:
    with platform(TWO_SLOTS, tmp_path) as it:
        it.tick("scan_expiry", "discover_resources")
        writes = a_rollback(it, tmp_path, None)
        rolled_back_once(it, slots=2)
        assert writes > 20, "the rollback is cut off nowhere"
        for number in [*range(1, 9), *range(9, writes + 1, 3)]:  # all would take too long
            a_rollback(it, tmp_path, number)
            rolled_back_once(it, slots=2)
