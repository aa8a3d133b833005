"""A job that is edited by two at once, or by one that is cut off: it never begins half edited."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.services.moved import plan_of
from tests.functional.pipeline import states
from tests.functional.pipeline.editing import edit, manage, slots, submit
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    MortalStore,
    asked_for,
    uploaded,
)
from tests.shortened import swept


@pytest.fixture
def draft(platform: Platform) -> Platform:
    """Of four slots of three products."""
    asked_for(platform, uploaded(platform), Submit=False)
    assert len(platform.workers()) == 4
    return platform


def test_of_two_who_edit_the_second_has_to_look_again(draft: Platform) -> None:
    seen = draft.job().plan_digest
    edit(draft, Digest=seen, Drop={"Slots": [WWW]})

    answer = edit(draft, Digest=seen, Drop={"Slots": [IMG]})

    assert answer["Code"] == "PlanChanged"
    assert IMG in slots(draft)


def test_who_approved_the_job_before_it_was_edited_is_refused(draft: Platform) -> None:
    seen = draft.job()
    edit(draft, Drop={"Slots": [WWW]})

    answer = submit(draft, seen)

    assert answer["Code"] == "PlanChanged"


def test_a_job_that_has_begun_is_not_edited(draft: Platform) -> None:
    submit(draft, draft.job())
    draft.drain(until="deploy_")

    assert "only what has not begun can be edited" in edit(draft, Name="late")["Message"]


def test_while_it_is_edited_nobody_submits_cancels_or_edits_it(draft: Platform) -> None:
    job = draft.job()
    until = draft.clock() + timedelta(seconds=60)
    draft.world.jobs.save(job.evolve(changing_until=until))

    for asked in (
        {"Submit": {"JobId": job.job_id, "Digest": job.plan_digest}},
        {"Cancel": {"JobId": job.job_id}},
        {"Edit": {"JobId": job.job_id, "Name": "mine"}},
    ):
        with pytest.raises(ConflictError):
            manage(draft, **asked)
    assert draft.job().status is JobStatus.EDITING


def test_a_repeated_creation_does_not_submit_what_was_edited(platform: Platform) -> None:
    new = uploaded(platform)
    asked_for(platform, new, ClientToken="once", Submit=False)
    edit(platform, Drop={"Slots": [WWW]})

    answer = platform.call(
        "create_deployment_job",
        {"CertIds": [int(new.partition("-")[0])], "Name": "by hand", "ClientToken": "once"},
    )

    assert answer["Code"] == "InvalidParameter"
    assert platform.job().status is JobStatus.EDITING


def test_what_a_cut_left_of_its_old_time_does_not_begin_it_and_is_cleared_away(platform: Platform) -> None:
    soon, later = (platform.clock() + timedelta(days=days) for days in (1, 3))
    asked_for(platform, uploaded(platform), ScheduleTime=soon.isoformat())
    old = platform.job()
    edit(platform, ScheduleTime=later.isoformat())
    platform.world.jobs.open(old)

    platform.pass_days(2)
    platform.tick("run_deployment_jobs")

    assert (platform.job().status, platform.writes()) == (JobStatus.PENDING, [])
    platform.pass_days(1.01)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS
    assert list(platform.world.jobs.due(platform.clock())) == []


def test_an_edit_that_was_cut_off_before_it_changed_anything_does_not_stop_the_draft(draft: Platform) -> None:
    job = draft.world.jobs.save(draft.job().evolve(changing_until=draft.clock() - timedelta(seconds=1)))

    assert submit(draft, job)["Job"]["Status"] == "pending"


@pytest.mark.long
@pytest.mark.parametrize("submitted", [False, True], ids=["a draft", "a job that waits"])
def test_killed_after_any_write_it_never_begins_half_edited(
    platform: Platform, tmp_path: Path, submitted: bool
) -> None:
    soon, later = (platform.clock() + timedelta(days=days) for days in (1, 2))
    asked_for(platform, uploaded(platform), Submit=submitted, ScheduleTime=soon.isoformat())
    platform.queue.clear()

    def edited(dies_after: int | None) -> int:
        """Writes made."""
        store = MortalStore(states.copied(tmp_path / "state.db", tmp_path / f"{dies_after}.db"))
        platform.store, store.dies_after = store, dies_after
        with suppress(Cut):
            edit(platform, Drop={"Products": ["ALB"]}, ScheduleTime=later.isoformat())
        made, store.dies_after = store.writes, None
        platform.clock.sleep(100)
        job = platform.job()
        if job.changing_until is not None:
            assert job.status is JobStatus.EDITING
            assert len(slots(platform)) == 4 or submit(platform, job)["Code"] == "PlanChanged"
            edit(platform, Renew=True)
        platform.pass_days(3)
        submit(platform, platform.job())
        platform.queue.clear()
        platform.call("run_deployment_jobs", {})
        begun = platform.job()
        assert begun.status is JobStatus.PROCESSING
        assert plan_of(begun, platform.workers().values()).digest == begun.plan_digest
        platform.queue.clear()
        manage(platform, Cancel={"JobId": begun.job_id})
        platform.tick("run_deployment_jobs")
        assert list(platform.world.jobs.due(platform.clock())) == []
        platform.clock.set_back()
        return made

    writes = edited(None)
    assert len(slots(platform)) == 2
    for number in swept(range(1, writes)):
        edited(number)
    assert writes > 3, "it is cut off nowhere"
