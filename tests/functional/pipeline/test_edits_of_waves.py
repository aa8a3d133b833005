"""The waves of a job that has not begun are changed, taken off or put on; it never begins half changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.moved import plan_of
from tests.functional.pipeline import states
from tests.functional.pipeline.editing import edit, slots, submit
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import MortalStore, asked_for, statuses, uploaded
from tests.functional.pipeline.waving import ONE, by_wave
from tests.shortened import swept

J, W = JobStatus, WorkerStatus
AT_ONCE: dict[str, Any] = {"Canaries": []}
PER_PRODUCT: dict[str, Any] = {"Canaries": ["per-product"], "Approval": True}


@pytest.mark.parametrize(
    ("before", "then", "sizes"),
    [
        (AT_ONCE, ONE, [1, 3]),
        (ONE, PER_PRODUCT, [3, 1]),
        (ONE, AT_ONCE, [4]),
    ],
)
@pytest.mark.parametrize("submitted", [False, True], ids=["a draft", "a job that waits"])
def test_the_slots_are_in_the_waves_that_it_has_by_now(
    platform: Platform, before: dict[str, Any], then: dict[str, Any], sizes: list[int], submitted: bool
) -> None:
    later = (platform.clock() + timedelta(days=1)).isoformat()
    asked_for(platform, uploaded(platform), Waves=before, Submit=submitted, ScheduleTime=later)
    digest = platform.job().plan_digest

    answer = edit(platform, Waves=then)

    job = platform.job()
    assert [len(wave) for wave in by_wave(platform)] == sizes
    assert statuses(platform) == {
        status: count for status, count in ((W.PENDING, sizes[0]), (W.HELD, sum(sizes[1:]))) if count
    }
    assert (job.waves.canaries if job.waves else ()) == tuple(then["Canaries"])
    assert (job.edits, answer["Job"]["Edits"]) == (1, 1)
    assert job.plan_digest != digest, "who approved it before has to look again"
    if not submitted:
        submit(platform, job)
    platform.pass_days(1.01)
    platform.tick("run_deployment_jobs")
    assert platform.workers()[min(by_wave(platform)[0])].status is W.SUCCESS


def test_what_it_has_already_changes_nothing(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=ONE, Submit=False)
    before = platform.job()

    edit(platform, Waves=ONE)

    assert platform.job() == before


def test_with_the_waves_of_before_it_has_the_digest_of_before(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), Waves=ONE, Submit=False)
    before = platform.job().plan_digest

    edit(platform, Waves=PER_PRODUCT)
    edit(platform, Waves=ONE)

    assert platform.job().plan_digest == before


def test_waves_are_changed_of_a_draft_whose_certificate_cas_no_longer_has(platform: Platform) -> None:
    asked_for(platform, new := uploaded(platform), Submit=False)
    platform.world.certificates.delete(platform.world.certificates.get(new))

    edit(platform, Waves=ONE)

    assert [len(wave) for wave in by_wave(platform)] == [1, 3]


def of_an_earlier_version(platform: Platform) -> DeploymentJob:
    """A draft whose digest says nothing of its waves."""
    asked_for(platform, uploaded(platform), Waves=ONE, Submit=False)
    job = platform.job()
    without = plan_of(job, platform.workers().values()).evolve(waves=None).digest
    return platform.world.jobs.save(job.evolve(plan_digest=without))


def test_an_earlier_version_s_digest_without_the_waves_approves_nothing(platform: Platform) -> None:
    job = of_an_earlier_version(platform)

    answer = submit(platform, job)

    assert answer["Code"] == "PlanChanged"
    assert "whose digest does not cover its waves" in answer["Message"]
    assert f"`certdeploy job edit {job.job_id} --renew`" in answer["Message"]
    assert platform.job().status is J.EDITING


def test_planned_anew_it_has_a_digest_of_its_waves_and_is_submitted(platform: Platform) -> None:
    before = of_an_earlier_version(platform)

    edit(platform, Name="another name")
    assert platform.job().plan_digest == before.plan_digest
    edit(platform, Renew=True)

    assert submit(platform, before)["Code"] == "PlanChanged"
    assert submit(platform, platform.job())["Job"]["Status"] == "pending"
    assert [len(wave) for wave in by_wave(platform)] == [1, 3]


def test_a_job_of_an_earlier_version_that_was_submitted_runs(platform: Platform) -> None:
    job = of_an_earlier_version(platform)
    platform.world.jobs.open(job)
    platform.world.jobs.save(job.to(J.PENDING))

    platform.tick("run_deployment_jobs")

    assert (platform.job().status, statuses(platform)) == (J.SUCCESS, {W.SUCCESS: 4})


@pytest.mark.long
def test_killed_after_any_write_it_never_begins_with_slots_of_other_waves(
    platform: Platform, tmp_path: Path
) -> None:
    asked_for(platform, uploaded(platform), Submit=False)

    def edited(dies_after: int | None) -> int:
        """Writes made."""
        store = MortalStore(states.copied(tmp_path / "state.db", tmp_path / f"{dies_after}.db"))
        platform.store, store.dies_after = store, dies_after
        with suppress(Cut):
            edit(platform, Waves=ONE)
        made, store.dies_after = store.writes, None
        platform.clock.sleep(100)
        if submit(platform, platform.job()).get("Code") == "PlanChanged":
            edit(platform, Renew=True)
            submit(platform, platform.job())
        platform.drain()
        platform.tick("run_deployment_jobs")
        assert (platform.job().status, statuses(platform)) == (J.SUCCESS, {W.SUCCESS: 4})
        platform.clock.set_back()
        return made

    writes = edited(None)
    assert len(slots(platform)) == 4
    for number in swept(range(1, writes)):
        edited(number)
    assert writes > 3, "it is cut off nowhere"
