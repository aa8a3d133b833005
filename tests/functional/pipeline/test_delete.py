"""A job that is deleted is gone for good, with its workers and its place among the open ones."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.state.tables import OPEN_JOBS, WORKERS
from tests.functional.pipeline import states
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import MortalStore, asked_for, statuses, uploaded
from tests.shortened import swept


def delete(platform: Platform, *job_ids: int) -> list[dict[str, Any]]:
    answer = platform.call("manage_deployment_jobs", {"Delete": {"JobIds": list(job_ids)}})
    found: list[dict[str, Any]] = answer["Deleted"]
    return found


def left_of(platform: Platform, job_id: int) -> int:
    """Rows of workers, and places in the index."""
    opened = [row for part in ("-", "storing") for row in platform.store.range(OPEN_JOBS, (part,))]
    workers = list(platform.store.range(WORKERS, (job_id,)))
    return len(workers) + sum(row.key[2] == job_id for row in opened)


@pytest.mark.parametrize("status", ["editing", "pending", "success", "cancelled"])
def test_it_is_gone_with_all_that_belongs_to_it(platform: Platform, status: str) -> None:
    at = platform.clock() + timedelta(days=1)
    more = {"ScheduleTime": at.isoformat()} if status != "success" else {}
    job_id = asked_for(platform, uploaded(platform), Submit=status != "editing", **more)
    if status == "cancelled":
        platform.call("manage_deployment_jobs", {"Cancel": {"JobId": job_id}})
    platform.drain()
    assert platform.job().status.value == status
    platform.cloud.calls.clear()

    assert delete(platform, job_id) == [{"JobId": job_id, "Deleted": True, "Reason": "", "Code": ""}]

    assert (platform.jobs(), left_of(platform, job_id)) == ([], 0)
    platform.pass_days(2)
    platform.tick("run_deployment_jobs")
    assert (platform.writes(), platform.failures) == ([], [])
    assert platform.call("manage_deployment_jobs", {"Show": {"JobId": job_id}})["Code"] == "NotFound"


@pytest.mark.long
def test_what_it_deployed_stays(platform: Platform) -> None:
    new = uploaded(platform)
    job_id = asked_for(platform, new)
    platform.drain()

    delete(platform, job_id)
    platform.tick("discover_resources", "run_deployment_jobs")

    slot = platform.world.resources.get("CDN/-/www.example.com").resource
    assert slot.cert_identifier == new


def test_one_that_runs_is_not_deleted_and_the_others_are(platform: Platform) -> None:
    new = uploaded(platform)
    draft = asked_for(platform, new, Submit=False)
    runs = asked_for(platform, new)
    platform.drain(until="deploy_")

    gone, stays, unknown = delete(platform, draft, runs, 7)

    assert (gone["Deleted"], stays["Deleted"], unknown["Code"]) == (True, False, "NotFound")
    assert "cancel it, and delete it when it has ended" in stays["Reason"]
    platform.drain()
    assert platform.job().status is JobStatus.SUCCESS


@pytest.mark.long
def test_one_that_is_being_rolled_back_is_not_deleted(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform))
    platform.drain()
    platform.call("manage_deployment_jobs", {"RollBack": {"JobId": job_id}})

    (answer,) = delete(platform, job_id)
    assert "is being rolled back" in answer["Reason"]
    platform.drain()
    assert statuses(platform) == {WorkerStatus.ROLLBACK_SUCCESS: 4}
    assert delete(platform, job_id)[0]["Deleted"] is True


@pytest.mark.long
def test_a_rollback_that_is_asked_for_at_the_same_moment_is_not_lost(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = asked_for(platform, uploaded(platform))
    platform.drain()
    jobs = type(platform.world.jobs)
    mark = jobs.mark_deleted

    def meanwhile(own: Any, job: Any) -> Any:
        platform.call("manage_deployment_jobs", {"RollBack": {"JobId": job_id}})
        return mark(own, job)

    monkeypatch.setattr(jobs, "mark_deleted", meanwhile)

    (answer,) = delete(platform, job_id)

    assert "is being rolled back" in answer["Reason"]
    platform.drain()
    assert statuses(platform) == {WorkerStatus.ROLLBACK_SUCCESS: 4}
    assert left_of(platform, job_id) == 4


def test_a_late_delivery_of_what_made_it_makes_no_second_one(platform: Platform) -> None:
    new = uploaded(platform)
    job_id = asked_for(platform, new, ClientToken="once", Submit=False)
    delete(platform, job_id)

    answer = platform.call(
        "create_deployment_job",
        {"CertIds": [int(new.partition("-")[0])], "Name": "by hand", "ClientToken": "once"},
    )

    assert "was deleted; choose another token" in answer["Message"]
    assert platform.jobs() == []


def test_late_events_about_it_do_nothing(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform))
    platform.drain(until="deploy_")
    events = list(platform.queue)
    platform.drain()
    platform.cloud.calls.clear()
    delete(platform, job_id)

    for event in events:
        platform.deliver(*event)

    assert (platform.writes(), platform.failures, platform.jobs()) == ([], [], [])
    answer = platform.call("manage_deployment_jobs", {"RollBack": {"JobId": job_id}})
    assert answer["Code"] == "NotFound"


def test_killed_after_any_write_the_next_run_clears_it_away(platform: Platform, tmp_path: Path) -> None:
    job_id = asked_for(platform, uploaded(platform), Submit=False)

    def deleted(dies_after: int | None) -> int:
        """Writes made."""
        store = MortalStore(states.copied(tmp_path / "state.db", tmp_path / f"{dies_after}.db"))
        platform.store, store.dies_after = store, dies_after
        with suppress(Cut):
            delete(platform, job_id)
        made, store.dies_after = store.writes, None
        platform.tick("run_deployment_jobs")
        if platform.jobs():
            assert left_of(platform, job_id) == 4, "it is half deleted"
        else:
            assert left_of(platform, job_id) == 0, "something of it is left"
        return made

    writes = deleted(None)
    assert platform.jobs() == []
    for number in swept(range(1, writes)):
        deleted(number)
    assert writes > 6, "it is cut off nowhere"
