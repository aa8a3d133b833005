"""A second person submits what policies, or its drafter, want to be approved; contacts know that it waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus
from tests.chats import Chats
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.rooms import Add, renewed, texts
from tests.functional.pipeline.stories import IMG, WWW, asked_for, policies, uploaded

ALICE, BOB, CAROL = (f"acs:ram::1234567890:user/{name}" for name in ("alice", "bob", "carol"))


def as_(platform: Platform, who: str) -> None:
    platform.ports["caller"] = lambda: who


def submit(platform: Platform, job: int, **more: Any) -> dict[str, Any]:
    digest = the(platform, job).plan_digest
    answer = platform.call("manage_deployment_jobs", {"Submit": {"JobId": job, "Digest": digest, **more}})
    assert isinstance(answer, dict)
    return answer


def edit(platform: Platform, job: int, **what: Any) -> dict[str, Any]:
    answer: dict[str, Any] = platform.call("manage_deployment_jobs", {"Edit": {"JobId": job, **what}})
    return answer


def in_hours(platform: Platform, hours: int) -> str:
    return (platform.clock() + timedelta(hours=hours)).isoformat()


def the(platform: Platform, job: int) -> DeploymentJob:
    return platform.world.jobs.get(job)


def test_who_drafted_a_job_does_not_submit_it_where_a_policy_wants_a_second_person(
    platform: Platform,
) -> None:
    policies(platform, {"name": "shops", "match": {"product": "CDN"}, "require_approval": True})
    as_(platform, ALICE)
    job = asked_for(platform, uploaded(platform), Submit=False)

    refused = submit(platform, job)
    assert refused == {
        "Code": "ApprovalRequired",
        "Message": f"policy rule 1 (shops) wants a second person to submit job {job};"
        f" it was drafted by {ALICE}, and you are {ALICE}",
    }
    assert the(platform, job).status is JobStatus.EDITING

    as_(platform, BOB)
    submit(platform, job)
    stored = the(platform, job)
    assert (stored.status, stored.drafted_by, stored.submitted_by) == (JobStatus.PENDING, (ALICE,), BOB)


def test_what_no_policy_is_about_one_person_may_do_alone_and_who_it_was_is_recorded(
    platform: Platform,
) -> None:
    policies(platform, {"match": {"product": "OSS"}, "require_approval": True})
    as_(platform, ALICE)

    job = the(platform, asked_for(platform, uploaded(platform), WWW))

    assert (job.status, job.drafted_by, job.submitted_by) == (JobStatus.PENDING, (ALICE,), ALICE)


def test_a_job_is_not_created_and_submitted_at_once_where_two_are_wanted(platform: Platform) -> None:
    policies(platform, require_approval=True)
    new = uploaded(platform)
    request = {"CertIds": [int(new.partition("-")[0])], "Name": "x", "ClientToken": "x"}

    answer = platform.call("create_deployment_job", request)
    assert answer["Code"] == "ApprovalRequired"
    assert "the default policy wants a second person to submit this job: create a draft" in answer["Message"]
    assert platform.jobs() == []

    as_(platform, ALICE)
    platform.call("create_deployment_job", {**request, "Submit": False})
    assert platform.call("create_deployment_job", request)["Code"] == "ApprovalRequired", "by its token"
    as_(platform, BOB)
    platform.call("create_deployment_job", request)
    assert platform.job().submitted_by == BOB


def test_its_drafter_may_want_a_second_person(platform: Platform) -> None:
    as_(platform, ALICE)
    job = asked_for(platform, uploaded(platform), Submit=False, RequireApproval=True)

    assert "its drafter wants a second person" in submit(platform, job)["Message"]


def test_who_changed_what_a_draft_writes_has_drafted_it_too(platform: Platform) -> None:
    policies(platform, require_approval=True)
    as_(platform, ALICE)
    job = asked_for(platform, uploaded(platform), Submit=False)
    as_(platform, BOB)
    edit(platform, job, Name="other")
    assert the(platform, job).drafted_by == (ALICE,), "a name is none of it"
    edit(platform, job, Drop={"Products": ["CDN"]})

    assert the(platform, job).drafted_by == (ALICE, BOB)
    assert submit(platform, job)["Code"] == "ApprovalRequired"
    as_(platform, CAROL)
    submit(platform, job)
    assert the(platform, job).status is JobStatus.PENDING


@pytest.mark.parametrize("wanted", [True, False])
def test_an_approval_is_of_what_was_approved(platform: Platform, wanted: bool) -> None:
    """A job that waits becomes a draft again if what it writes is changed, where two are wanted."""
    policies(platform, require_approval=wanted)
    as_(platform, ALICE)
    job = asked_for(platform, uploaded(platform), Submit=False, ScheduleTime=in_hours(platform, 1))
    as_(platform, BOB)
    submit(platform, job)

    edit(platform, job, Drop={"Products": ["CDN"]}, ScheduleTime=in_hours(platform, 2))

    stored = the(platform, job)
    assert stored.status is (JobStatus.EDITING if wanted else JobStatus.PENDING)
    assert (stored.submitted_by, stored.drafted_by) == ("", (ALICE, BOB))
    platform.clock.sleep(8000)
    platform.tick("run_deployment_jobs")
    assert the(platform, job).status is (JobStatus.EDITING if wanted else JobStatus.SUCCESS)
    assert list(platform.world.jobs.due(platform.clock())) == []


def test_where_nobody_knows_who_somebody_is_a_name_may_be_stated(platform: Platform) -> None:
    """A function is not told who invokes it."""
    policies(platform, require_approval=True)
    new = uploaded(platform)
    unknown = asked_for(platform, new, Submit=False)
    assert "who drafted it is unknown: draft it again" in submit(platform, unknown, By="bob")["Message"]

    job = asked_for(platform, new, Submit=False, By="alice")
    assert "who you are is unknown" in submit(platform, job)["Message"]
    assert "and you are alice (stated)" in submit(platform, job, By="alice")["Message"]
    submit(platform, job, By="bob")
    assert the(platform, job).submitted_by == "bob (stated)"


def test_who_is_known_cannot_state_another_name(platform: Platform) -> None:
    policies(platform, require_approval=True)
    as_(platform, ALICE)
    job = asked_for(platform, uploaded(platform), Submit=False)

    assert f"you are {ALICE}" in submit(platform, job, By="bob")["Message"]


def test_an_automatic_job_waits_for_somebody_where_approval_is_wanted_and_says_so(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    policies(chatty, require_approval=True)
    add("slack")
    add("wecom", default=False)
    chatty.copies = 2
    renewed(chatty)

    job = chatty.job()
    assert (job.status, job.drafted_by) == (JobStatus.EDITING, ("the system",))
    told = texts(chats)
    assert {service: len(each) for service, each in told.items()} == {"slack": 1}
    title, *_, see, todo, command = told["slack"][0].splitlines()
    assert title == (
        f"[certdeploy] Job {job.name} is a draft for 4 slots, by the system, and waits for approval"
    )
    assert see == f"See: certdeploy job show {job.job_id}"
    assert (todo[:10], command) == ("What to do", f"certdeploy job submit {job.job_id}")

    as_(chatty, ALICE)
    submit(chatty, job.job_id)
    assert the(chatty, job.job_id).status is JobStatus.PENDING


def test_the_contacts_of_a_job_by_hand_know_of_its_draft_and_of_no_job_that_is_submitted(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    contact = add("slack", default=False)
    new = uploaded(chatty)
    asked_for(chatty, new, WWW, ContactIds=[contact], Submit=False, By="alice")
    asked_for(chatty, new, IMG, Submit=False)
    chatty.drain()

    (text,) = texts(chats)["slack"]
    assert "is a draft for 1 slots, by alice (stated), and waits for approval" in text
    asked_for(chatty, new, WWW, ContactIds=[contact], ScheduleTime=in_hours(chatty, 1))
    chatty.drain()
    assert texts(chats) == {}


def test_contacts_know_of_a_job_that_an_edit_made_a_draft_again(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    policies(chatty, require_approval=True)
    contact = add("slack", default=False)
    later = in_hours(chatty, 1)
    as_(chatty, ALICE)
    job = asked_for(chatty, uploaded(chatty), ContactIds=[contact], Submit=False, ScheduleTime=later)
    as_(chatty, BOB)
    submit(chatty, job)
    chatty.queue.clear()

    edit(chatty, job, Drop={"Products": ["CDN"]})
    chatty.drain()

    (text,) = texts(chats)["slack"]
    assert f"is a draft for 3 slots, by {ALICE}, {BOB}, and waits for approval" in text


def test_a_draft_that_was_submitted_meanwhile_is_told_to_nobody(
    chatty: Platform, chats: Chats, add: Add
) -> None:
    contact = add("slack", default=False)
    job = asked_for(chatty, uploaded(chatty), WWW, ContactIds=[contact], Submit=False)
    submit(chatty, job)
    (event,) = [call for call in chatty.queue if call[0] == "notify_contacts"]

    assert "waits for nobody, it is pending" in chatty.call(*event)["Message"]
    assert texts(chats) == {}


def test_that_it_may_begin_in_a_freeze_window_is_approved_too(platform: Platform) -> None:
    as_(platform, ALICE)
    job = asked_for(
        platform,
        uploaded(platform),
        WWW,
        Submit=False,
        RequireApproval=True,
        ScheduleTime=in_hours(platform, 9),
    )
    as_(platform, BOB)
    submit(platform, job)

    edit(platform, job, Name="another", ScheduleTime=in_hours(platform, 8))
    assert the(platform, job).status is JobStatus.PENDING
    edit(platform, job, DuringFreeze=True)

    assert the(platform, job).status is JobStatus.EDITING
    assert submit(platform, job)["Code"] == "ApprovalRequired"
    as_(platform, CAROL)
    assert submit(platform, job)["Job"]["Status"] == "pending"
    edit(platform, job, DuringFreeze=True)
    assert the(platform, job).status is JobStatus.PENDING
