"""A draft, made by a person or by the system: it runs as it was approved, or tells what has moved since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import IMG, WWW, asked_for, by_console, policies, statuses, uploaded


def manage(platform: Platform, **asked: Any) -> Any:
    return platform.call("manage_deployment_jobs", asked)


def submit(platform: Platform, job: DeploymentJob, digest: str = "") -> Any:
    return manage(platform, Submit={"JobId": job.job_id, "Digest": digest or job.plan_digest})


def moved(platform: Platform) -> dict[str, str]:
    """Of slots, the code."""
    answer = manage(platform, Diff={"JobId": platform.job().job_id})
    return {one["Slot"]: one["Code"] for one in answer["Moved"] if one["Slot"]}


@pytest.fixture
def approving(tmp_path: Path) -> Iterator[Platform]:
    """All that the system plans waits for approval."""
    with discovered(ESTATE, tmp_path, auto="draft") as made:
        yield made


@pytest.fixture(params=["a person", "the system"])
def drafted(request: pytest.FixtureRequest, approving: Platform) -> Platform:
    """A draft of a renewal: of two slots by a person, or of all four."""
    if request.param == "a person":
        asked_for(approving, uploaded(approving), WWW, IMG, Submit=False)
    else:
        approving.renew(*NAMES)
        approving.tick("scan_expiry")
    assert approving.job().status is JobStatus.EDITING
    approving.tick("run_deployment_jobs")
    assert approving.writes() == []
    return approving


@pytest.mark.long
def test_a_draft_in_which_nothing_has_moved_is_submitted_by_its_digest_and_runs(drafted: Platform) -> None:
    assert moved(drafted) == {}

    answer = submit(drafted, drafted.job())

    assert answer["Job"]["Status"] == "pending"
    drafted.drain()
    assert drafted.job().status is JobStatus.SUCCESS
    assert set(statuses(drafted)) == {WorkerStatus.SUCCESS}


def test_one_that_waits_for_its_time_is_submitted_and_waits_on(platform: Platform) -> None:
    at = platform.clock() + timedelta(days=2)
    asked_for(platform, uploaded(platform), WWW, Submit=False, ScheduleTime=at.isoformat())

    submit(platform, platform.job())
    platform.tick("run_deployment_jobs")

    assert (platform.job().status, platform.writes()) == (JobStatus.PENDING, [])
    platform.pass_days(2.01)
    platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS


def test_approved_by_two_it_is_submitted_once(drafted: Platform) -> None:
    before = drafted.job()
    submit(drafted, before)

    again = submit(drafted, before)

    assert again["Job"]["Status"] == "pending"
    assert [function for function, _ in drafted.queue] == ["run_deployment_jobs"]
    drafted.drain()
    assert submit(drafted, before)["Job"]["Status"] == "success"


def test_another_digest_is_refused(drafted: Platform) -> None:
    answer = submit(drafted, drafted.job(), digest="0" * 16)

    assert answer["Code"] == "PlanChanged"
    assert f"is {drafted.job().plan_digest}, not 0000000000000000" in answer["Message"]
    assert drafted.job().status is JobStatus.EDITING


def _gone(platform: Platform) -> None:
    platform.world.resources.remove(platform.world.resources.get(WWW))


def _exchanged(platform: Platform) -> None:
    other = platform.renew(*NAMES, days=20)
    platform.call("scan_expiry", {})
    platform.queue.clear()
    by_console(platform, other)
    platform.tick("discover_resources")


def _done(platform: Platform) -> None:
    by_console(platform, platform.job().cert_identifiers[0])
    platform.tick("discover_resources")


def _renamed(platform: Platform) -> None:
    record = platform.world.resources.get(WWW)
    platform.world.resources.put(record.resource.evolve(domains=("a.b.example.com",)), platform.clock())


def _elsewhere(platform: Platform) -> None:
    record = platform.world.resources.get(WWW)
    platform.world.resources.put(record.resource.evolve(instance_id="another"), platform.clock())


MOVES: dict[str, tuple[Callable[[Platform], None], str]] = {
    "gone": (_gone, "discovery no longer finds it"),
    "in-place": (_exchanged, "by now, the job saw"),
    "there": (_done, "already"),
    "names": (_renamed, "not covered: a.b.example.com"),
    "place": (_elsewhere, "it is on another instance or listener by now"),
}


@pytest.mark.parametrize("code", MOVES)
def test_a_draft_whose_slot_has_moved_tells_so_and_is_refused(drafted: Platform, code: str) -> None:
    move, told = MOVES[code]
    move(drafted)
    drafted.cloud.calls.clear()

    assert moved(drafted) == {WWW: code}
    answer = submit(drafted, drafted.job())

    assert answer["Code"] == "PlanChanged"
    assert told in answer["Message"]
    assert "job diff" in answer["Message"]
    assert (drafted.job().status, drafted.queue, drafted.writes()) == (JobStatus.EDITING, [], [])


def test_a_certificate_that_is_no_longer_deployable_stops_the_whole_draft(drafted: Platform) -> None:
    record = drafted.world.certificates.get(drafted.job().cert_identifiers[0])
    ended = record.certificate.evolve(not_after=drafted.clock() - timedelta(days=1))
    drafted.world.certificates.save(record.evolve(certificate=ended))

    assert set(moved(drafted).values()) == {"certificate"}
    assert moved(drafted).keys() == drafted.workers().keys()
    assert "renew it first" in submit(drafted, drafted.job())["Message"]


def test_a_policy_that_came_since_stops_what_the_system_drafted_and_not_a_person(drafted: Platform) -> None:
    policies(drafted, {"match": {"product": "CDN"}, "deploy": "off"})

    if drafted.job().automatic:
        assert moved(drafted) == {WWW: "policy"}
        assert submit(drafted, drafted.job())["Code"] == "PlanChanged"
    else:
        assert moved(drafted) == {}
        assert submit(drafted, drafted.job())["Job"]["Status"] == "pending"


def test_a_newer_certificate_is_told_and_stops_nothing(drafted: Platform) -> None:
    old = drafted.job().cert_identifiers[0]
    new = drafted.renew(*NAMES, days=300)
    drafted.call("scan_expiry", {})
    drafted.queue.clear()

    (one,) = manage(drafted, Diff={"JobId": drafted.job().job_id})["Moved"]

    assert (one["Code"], one["Blocks"]) == ("renewed", False)
    assert one["Text"].startswith(f"CAS has {new} in place of {old}")
    assert submit(drafted, drafted.job())["Job"]["Status"] == "pending"


def test_a_slot_that_left_the_scope_is_not_submitted(drafted: Platform) -> None:
    drafted.policy["products"] = tuple(p for p in drafted.world.policy.products if p.value != "OSS")

    assert moved(drafted) == {IMG: "scope"}
    assert "CERTDEPLOY_PRODUCTS does not include OSS" in submit(drafted, drafted.job())["Message"]


def test_of_a_job_that_has_begun_there_is_no_difference(drafted: Platform) -> None:
    submit(drafted, drafted.job())
    drafted.drain()

    answer = manage(drafted, Diff={"JobId": drafted.job().job_id})

    assert answer["Code"] == "InvalidParameter"
    assert "is success" in answer["Message"]


def test_workers_that_are_not_those_of_the_plan_are_not_submitted(drafted: Platform) -> None:
    """Rows that somebody else has written, or that an earlier version left."""
    drafted.world.workers.delete(drafted.workers()[IMG])

    answer = submit(drafted, drafted.job())

    assert answer["Code"] == "PlanChanged"
    assert "are not those of its plan" in answer["Message"]
