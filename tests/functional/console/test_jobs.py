"""Jobs on the pages: waves, approval and freeze windows of a new one; edits of a draft; some slots of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from cli.session import session
from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.policies import store_policies
from shared.services.world import World
from tests.functional.console.browser import Answer, Browser, fields
from tests.functional.console.conftest import RENEWED

NEW = f"/jobs/new?step=3&name=renewal&certificate={RENEWED.partition('-')[0]}"
WWW, BOOKS = "CDN/-/www.example.com", "CDN/-/bücher.example.com"
FROZEN = "freezes:\n  - {name: fair, zone: UTC, dates: 2020-01-01 - 2099-12-31}\n"


@pytest.fixture
def world(installed: Path) -> World:
    return session().world()


def sent(browser: Browser, path: str = NEW, **said: object) -> int:
    """The job that the form of a preview makes; what is said beside is filled in there."""
    answer = browser.post("/jobs/new", {**fields(browser.get(path), "/jobs/new"), "as": "draft", **said})
    assert answer.status == 303, answer.body
    return int(answer.headers["location"].removeprefix("/job?id="))


def shown_again(browser: Browser, form: dict[str, object]) -> Answer:
    """The page that a form leads to which asks for another plan than was shown."""
    answer = browser.post("/jobs/new", form)
    assert answer.status == 303, answer.body
    page = browser.get(answer.headers["location"])
    assert "No job was created: this is another plan than was shown." in page.body
    return page


def ended(world: World, job_id: int, failed: Iterable[str]) -> DeploymentJob:
    """The draft, submitted, begun and ended: with error on these slots."""
    job = world.jobs.get(job_id)
    for worker in list(world.workers.list(job_id)):
        wrong = worker.resource.slot in failed
        begun = worker.to(WorkerStatus.PROCESSING, previous_cert_identifier=worker.resource.cert_identifier)
        end = begun.to(WorkerStatus.ERROR if wrong else WorkerStatus.SUCCESS, reason="no" if wrong else "")
        world.workers.save(end.evolve(finished_at=world.clock() - timedelta(minutes=1)))
    for status in (JobStatus.PENDING, JobStatus.SCHEDULING, JobStatus.PROCESSING, JobStatus.ERROR):
        job = job.to(status)
    return world.jobs.save(job.evolve(error_count=1, success_count=1))


def test_waves_are_chosen_beside_the_preview_and_shown_with_the_job(browser: Browser, world: World) -> None:
    said = {"canary": "one", "pause": "30m", "halt-at": "10%", "approval": "1"}
    job_id = sent(browser, f"{NEW}&{urlencode(said)}")
    waves = world.jobs.get(job_id).waves
    page = browser.get(f"/job?id={job_id}").body

    assert waves is not None
    assert (waves.canaries, waves.pause_minutes, waves.approval, waves.halt_at_percent) == (
        ("one",),
        30,
        True,
        10,
    )
    assert "First one, then the rest. Each further wave begins when somebody lets it." in page
    assert page.count('class="bar"') == 3  # of the product, and of two waves
    assert (
        "--canary one --pause 30m --halt-at 10% --approval"
        in browser.get(f"{NEW}&canary=one&pause=30m&halt-at=10%25&approval=1").body
    )


def test_the_next_wave_is_let_begin_or_the_job_halted_below_its_waves(browser: Browser, world: World) -> None:
    job_id = sent(browser, f"{NEW}&canary=one&approval=1")
    for worker in list(world.workers.list(job_id)):
        begun = worker if worker.wave else worker.to(WorkerStatus.PROCESSING).to(WorkerStatus.SUCCESS)
        world.workers.save(begun)
    job = world.jobs.get(job_id)
    for status in (JobStatus.PENDING, JobStatus.SCHEDULING, JobStatus.PROCESSING):
        job = job.to(status)
    world.jobs.save(job.evolve(started_at=world.clock(), wave_ended_at=world.clock()))
    page = browser.get(f"/job?id={job_id}").body
    confirmed = browser.get(f"/job/confirm?id={job_id}&what=continue")

    assert ("Begin the next wave" in page, "Halt: begin nothing more" in page) == (True, True)
    assert f"certdeploy job continue {job_id}" in confirmed.body
    assert browser.post("/job/do", fields(confirmed, "/job/do")).status == 303
    assert world.jobs.get(job_id).wave_approved == 1
    assert "Begin the next wave" not in browser.get(f"/job?id={job_id}").body


def test_waves_that_contradict_themselves_are_refused(browser: Browser, world: World) -> None:
    form = fields(browser.get(NEW), "/jobs/new")
    for said, why in (
        ({"pause": "30m"}, "pause: there are no waves without canary"),
        ({"canary": "one", "no-waves": "1"}, "no-waves and canary: choose one of them"),
        ({"canary": "one", "pause": "soon"}, "pause"),
        ({"canary": "some"}, "Canaries"),
    ):
        answer = browser.post("/jobs/new", {**form, **said, "as": "draft"})
        assert (answer.status, why in answer.body) == (400, True), (said, answer.body)
    assert list(world.jobs.list()) == []


def test_what_is_left_out_without_another_preview_is_refused(browser: Browser, world: World) -> None:
    """It was not shown what becomes of it, and nobody is to believe that it was left out."""
    form = {**fields(browser.get(NEW), "/jobs/new"), "except": WWW, "as": "submit"}

    again = shown_again(browser, form)

    assert list(world.jobs.list()) == []
    assert "<strong>1 slots are written</strong>" in again.body


def test_waves_that_were_not_previewed_are_shown_before_a_job_is_made(browser: Browser, world: World) -> None:
    form = {**fields(browser.get(NEW), "/jobs/new"), "canary": "one", "as": "draft"}

    again = shown_again(browser, form)
    assert "First one, then the rest." in again.body
    assert list(world.jobs.list()) == []

    assert browser.post("/jobs/new", {**fields(again, "/jobs/new"), "as": "draft"}).status == 303
    (job,) = world.jobs.list()
    assert job.waves is not None


def test_the_preview_tells_quota_calls_and_time(browser: Browser) -> None:
    body = browser.get(NEW).body

    assert "the vendor&#39;s own deployment job would use 2 of its quota; at least" in body
    assert "calls, 1 s at their rates" in body


@pytest.fixture
def by_cas(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDEPLOY_ENGINE", "cas")


def test_where_cas_writes_that_and_what_it_charges_is_told(by_cas: None, browser: Browser) -> None:
    charged = "CAS charges 2 of the quota that was bought there"
    assert charged in browser.get(NEW).body

    page = browser.get(f"/job?id={sent(browser)}").body

    assert "<dt>Engine</dt><dd>cas</dd>" in page
    assert f"<dt>Quota</dt><dd>{charged}</dd>" in page


def test_a_freeze_window_is_told_before_and_overridden_in_words_only(browser: Browser, world: World) -> None:
    store_policies(world, FROZEN, version=0)
    page = browser.get(NEW)
    form = {**fields(page, "/jobs/new"), "as": "submit"}

    assert "Changes are frozen until 2100-01-01 00:00 UTC (policy freeze fair)" in page.body
    assert browser.post("/jobs/new", form).status == 400
    assert browser.post("/jobs/new", {**form, "freeze": "1"}).status == 303
    (job,) = world.jobs.list()
    assert (job.status, job.during_freeze) == (JobStatus.PENDING, True)


def test_a_draft_is_submitted_in_a_freeze_window_only_when_that_is_said(
    browser: Browser, world: World
) -> None:
    job_id = sent(browser)
    store_policies(world, FROZEN, version=0)
    page = browser.get(f"/job/confirm?id={job_id}&what=submit")
    form = fields(page, "/job/do")

    assert "Changes are frozen until 2100-01-01" in page.body
    assert browser.post("/job/do", form).status == 400
    assert browser.post("/job/do", {**form, "freeze": "1"}).status == 303
    assert world.jobs.get(job_id).status is JobStatus.PENDING


def test_a_draft_for_another_person_says_so(browser: Browser, world: World) -> None:
    job_id = sent(browser, second="1")

    assert world.jobs.get(job_id).require_approval is True
    for page in (f"/job?id={job_id}", f"/job/confirm?id={job_id}&what=submit"):
        assert "Another person than its drafter is to submit it." in browser.get(page).body
    assert browser.post("/job/do", fields(browser.get(page), "/job/do")).status == 400


@pytest.mark.parametrize("chosen", [f"slot={WWW}", "product=CDN"])
def test_some_slots_of_a_job_are_tried_again(browser: Browser, world: World, chosen: str) -> None:
    job_id = sent(browser)
    ended(world, job_id, failed=(WWW, BOOKS))
    page = browser.get(f"/job/confirm?id={job_id}&what=retry&{chosen}")
    name, _, value = chosen.partition("=")

    assert f"certdeploy job retry {job_id} --{name} {value}" in page.body
    assert browser.post("/job/do", fields(page, "/job/do")).status == 303
    waiting = {w.resource.slot for w in world.workers.list(job_id) if w.status is WorkerStatus.PENDING}
    assert waiting == ({WWW} if name == "slot" else {WWW, BOOKS})


def test_some_slots_of_a_job_are_rolled_back(browser: Browser, world: World) -> None:
    job_id = sent(browser)
    ended(world, job_id, failed=())
    page = browser.get(f"/job/confirm?id={job_id}&what=rollback&slot={WWW}")

    assert 'name="slot" value="CDN/-/www.example.com"' in browser.get(f"/job?id={job_id}").body
    assert (WWW in page.body, BOOKS in page.body) == (True, False)
    assert browser.post("/job/do", fields(page, "/job/do")).status == 303
    status = {w.resource.slot: w.status for w in world.workers.list(job_id)}
    assert status == {WWW: WorkerStatus.ROLLBACK, BOOKS: WorkerStatus.SUCCESS}


def test_a_draft_gets_another_name_and_other_slots(browser: Browser, world: World) -> None:
    job_id = sent(browser, path=f"{NEW}&except={quote(BOOKS)}")
    page = browser.get(f"/job/edit?id={job_id}")
    form = {**fields(page, "/job/edit"), "name": "better", "add-slot": BOOKS, "drop": WWW}
    done = browser.post("/job/edit", form)
    job = world.jobs.get(job_id)

    assert f"/job/edit?id={job_id}" in browser.get(f"/job?id={job_id}").body
    assert (done.status, WWW in done.body) == (200, True)  # it tells what is not in the job any more
    command = f"certdeploy job edit {job_id} --name better --drop {WWW} --add &#39;{BOOKS}&#39; --digest"
    assert command in done.body
    assert (job.name, job.status) == ("better", JobStatus.EDITING)
    assert [one.resource.slot for one in world.workers.list(job_id)] == [BOOKS]


def test_what_is_not_changed_in_the_form_is_not_written(browser: Browser, world: World) -> None:
    job_id = sent(browser)
    before = world.jobs.get(job_id)
    answer = browser.post("/job/edit", fields(browser.get(f"/job/edit?id={job_id}"), "/job/edit"))

    assert answer.headers["location"] == f"/job?id={job_id}"
    assert world.jobs.get(job_id) == before


def test_an_edit_of_what_somebody_has_edited_since_is_refused(browser: Browser, world: World) -> None:
    job_id = sent(browser)
    form = {**fields(browser.get(f"/job/edit?id={job_id}"), "/job/edit"), "drop": WWW}

    assert browser.post("/job/edit", form).status == 200
    assert browser.post("/job/edit", {**form, "drop": BOOKS}).status == 409
    assert browser.post("/job/edit", {"id": job_id, "drop": BOOKS}).status == 400
    ended(world, job_id, failed=())
    assert browser.get(f"/job/edit?id={job_id}").status == 400
