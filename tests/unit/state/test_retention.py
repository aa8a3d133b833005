"""What is older than it is kept goes from a file; nothing that anybody may still work on does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.contacts import Delivery, Notification
from shared.domain.dead_letters import DeadLetter
from shared.domain.states import JobStatus, WorkerStatus
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings
from shared.state.contacts import Deliveries, Notifications
from shared.state.repositories import DeadLetters, Jobs, Workers
from shared.state.retention import forget_old
from shared.state.sqlite import SqliteStore
from shared.state.tables import JOBS, NOTIFICATIONS, WORKERS
from tests.builders import NOW, a_job, a_worker
from tests.meddling import Meddling

LONG_AGO = NOW - timedelta(days=401)
ENDED: dict[str, Any] = {"status": JobStatus.SUCCESS, "finished_at": LONG_AGO}
DONE: dict[str, Any] = {"status": WorkerStatus.SUCCESS, "finished_at": LONG_AGO}


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "state.db")


def a_stored_job(
    store: SqliteStore, job: dict[str, Any], worker: dict[str, Any], opened: bool = False
) -> None:
    workers, jobs = Workers(store), Jobs(store)
    workers.add([a_worker(number, **worker) for number in (1, 2)])
    saved = jobs.save(a_job(**job))
    if opened:
        jobs.open(saved)


def left(store: SqliteStore) -> tuple[int, int]:
    return len(list(store.all_of(JOBS))), len(list(store.all_of(WORKERS)))


def test_a_job_that_ended_long_ago_goes_with_its_workers(store: SqliteStore) -> None:
    a_stored_job(store, ENDED, DONE)

    assert forget_old(store, NOW) == 1
    assert left(store) == (0, 0)


UNDONE: dict[str, Any] = {"undone": True, "storing_until": LONG_AGO}


def test_what_a_late_delivery_left_of_a_job_that_was_undone_goes_too(store: SqliteStore) -> None:
    a_stored_job(store, UNDONE, {})

    assert forget_old(store, NOW) == 1
    assert left(store) == (0, 0)


@pytest.mark.parametrize(
    ("job", "opened"),
    [
        ({**UNDONE, "storing_until": NOW - timedelta(days=399)}, False),
        (UNDONE, True),
        ({"storing_until": LONG_AGO}, False),
    ],
    ids=["younger", "not settled", "not undone"],
)
def test_what_may_still_be_undone_stays(store: SqliteStore, job: dict[str, Any], opened: bool) -> None:
    a_stored_job(store, job, {}, opened)

    assert forget_old(store, NOW) == 0
    assert left(store) == (1, 2)


@pytest.mark.parametrize(
    ("job", "worker", "opened"),
    [
        ({**ENDED, "finished_at": NOW - timedelta(days=399)}, DONE, False),
        ({**ENDED, "rolled_back_at": NOW - timedelta(days=1)}, DONE, False),
        ({"created_at": LONG_AGO, "schedule_time": LONG_AGO}, {}, False),
        ({**ENDED, "status": JobStatus.PROCESSING}, DONE, False),
        (ENDED, DONE, True),
        (ENDED, {**DONE, "status": WorkerStatus.ROLLBACK}, False),
        (ENDED, {**DONE, "finished_at": NOW}, False),
    ],
    ids=["younger", "rolled back since", "draft", "under way", "open", "being rolled back", "worker since"],
)
def test_what_is_young_or_not_at_its_end_stays(
    store: SqliteStore, job: dict[str, Any], worker: dict[str, Any], opened: bool
) -> None:
    a_stored_job(store, job, worker, opened)

    assert forget_old(store, NOW) == 0
    assert left(store) == (1, 2)


def test_one_that_somebody_changes_meanwhile_stays_for_the_next_time(store: SqliteStore) -> None:
    a_stored_job(store, ENDED, DONE)

    def changed() -> None:
        (row,) = store.all_of(JOBS)
        store.put(JOBS, row.key, dict(row.document or {}), version=row.version)

    meddling = Meddling(store, JOBS, changed, removal=True)
    meddling.all_of = store.all_of  # type: ignore[attr-defined]
    assert forget_old(meddling, NOW) == 0  # type: ignore[arg-type]
    assert left(store) == (1, 0)
    assert forget_old(store, NOW) == 1


def test_what_was_told_goes_with_what_became_of_it_unless_it_is_still_being_delivered(
    store: SqliteStore,
) -> None:
    told, deliveries = Notifications(store), Deliveries(store)
    for name, at in (("old", LONG_AGO), ("young", NOW), ("open", LONG_AGO)):
        told.announce(
            Notification(about="job-1", notification_id=name, body={}, contact_ids=(1,), created_at=at), NOW
        )
        deliveries.save(Delivery(about="job-1", notification_id=name, contact_id=1, channel="c"))
    for opened in told.opened():
        if opened.notification_id != "open":
            told.close(opened)

    assert forget_old(store, NOW) == 1
    assert {found.key[1] for found in store.all_of(NOTIFICATIONS)} == {"young", "open"}
    assert {one.notification_id for one in deliveries.list("job-1")} == {"young", "open"}


def test_dead_letters_go_too(store: SqliteStore) -> None:
    letters = DeadLetters(store)
    for number, at in enumerate((LONG_AGO, NOW)):
        letters.save(DeadLetter(request_id=str(number), function="f", payload="", failed_at=at))

    assert forget_old(store, NOW) == 1
    assert [letter.request_id for letter in letters.list()] == ["1"]


def test_an_instance_looks_once_in_an_hour(tmp_path: Path) -> None:
    instance = Instance(Settings(state=str(tmp_path / "state.db")))
    store = instance.store
    assert isinstance(store, SqliteStore)
    instance.forget_old(NOW)
    a_stored_job(store, ENDED, DONE)

    instance.forget_old(NOW + timedelta(minutes=59))
    assert left(store) == (1, 2)
    instance.forget_old(NOW + timedelta(minutes=61))
    assert left(store) == (0, 0)
