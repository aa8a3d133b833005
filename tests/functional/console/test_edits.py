"""Edits of a draft on the pages: its certificates, its waves; and what becomes of two people at it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest

from cli.main import main
from cli.session import session
from shared.services.world import World
from tests.functional.console.browser import Answer, Browser, fields
from tests.functional.console.conftest import MARKED, RENEWED, SHOP

NEW = f"/jobs/new?step=3&name=renewal&certificate={RENEWED.partition('-')[0]}"
WWW = "CDN/-/www.example.com"


@pytest.fixture
def world(installed: Path) -> World:
    return session().world()


def drafted(browser: Browser, **said: str) -> int:
    preview = browser.get(f"{NEW}&{urlencode(said)}")
    answer = browser.post("/jobs/new", {**fields(preview, "/jobs/new"), "as": "draft"})
    assert answer.status == 303, answer.body
    return int(answer.headers["location"].removeprefix("/job?id="))


def form(browser: Browser, job_id: int, page: str = "/job/edit") -> dict[str, list[str]]:
    return fields(browser.get(f"{page}?id={job_id}"), "/job/edit")


def number(identifier: str) -> str:
    return identifier.partition("-")[0]


def test_other_certificates_take_the_place_of_a_drafts(browser: Browser, world: World) -> None:
    job_id = drafted(browser)
    page = browser.get(f"/job/certificates?id={job_id}")
    chosen = fields(page, "/job/edit")
    done = browser.post("/job/edit", {**chosen, "certificate": number(SHOP)})
    nothing = browser.post("/job/edit", {**form(browser, job_id), "certificate": []})

    assert chosen["certificate"] == chosen["certificate-before"] == [number(RENEWED)]
    assert f"certdeploy job edit {job_id} --digest" in page.body
    # Its slots have that one already: the service says so, and the job stays as it is.
    assert (done.status, f"nothing of job {job_id} would be left" in done.body) == (400, True)
    assert nothing.status == 303
    assert world.jobs.get(job_id).cert_identifiers == (RENEWED,)


def test_certificates_that_are_chosen_stay_chosen_while_others_are_looked_for(browser: Browser) -> None:
    job_id = drafted(browser)
    asked = f"id={job_id}&choosing=1&turn=0&certificate={number(RENEWED)}&certificate={number(MARKED)}"
    page = browser.get(f"/job/certificates?{asked}&names=*.edu")
    form = fields(page, "/job/edit")

    assert page.body.count('type="checkbox"') == 1
    assert sorted(form["certificate"]) == sorted([number(RENEWED), number(MARKED)])
    none = fields(browser.get(f"/job/certificates?id={job_id}&choosing=1&names=*.edu"), "/job/edit")
    assert "certificate" not in none
    assert browser.post("/job/edit", none).status == 400


def test_new_jobs_choose_certificates_by_pages_that_remember(browser: Browser) -> None:
    asked = f"/jobs/new?step=2&name=x&certificate={number(RENEWED)}&names=*.edu"
    page = browser.get(f"{asked}&turn=0").body
    told = browser.get("/jobs/new.json?step=2&name=x&turn=7").json["Certificates"]

    assert f'<input type="hidden" name="certificate" value="{number(RENEWED)}">' in page
    assert page.count('type="checkbox"') == 1
    assert (told["Total"], len(told["Certificates"])) == (3, 3)  # the last page, for there are not seven
    assert "No certificate that can be deployed fits." in browser.get("/jobs/new?step=2&names=x").body
    assert browser.get(f"{asked}&go=3").body.count('name="digest"') == 1


def test_waves_of_a_draft_are_changed_and_taken_away(browser: Browser, world: World) -> None:
    job_id = drafted(browser, canary="one", pause="30m", approval="1")
    before = world.jobs.get(job_id)
    shown = form(browser, job_id)
    assert [shown[name] for name in ("canary", "pause", "approval")] == [["one"], ["30m"], ["1"]]
    assert browser.post("/job/edit", shown).status == 303
    assert world.jobs.get(job_id) == before

    changed = browser.post("/job/edit", {**shown, "canary": "one 10%", "pause": ""})
    waves = world.jobs.get(job_id).waves
    assert waves is not None
    assert (changed.status, waves.canaries, waves.pause_minutes) == (303, ("one", "10%"), 0)

    plain = {name: value for name, value in form(browser, job_id).items() if name != "approval"}
    gone = browser.post("/job/edit", {**plain, "canary": "", "drop": WWW})
    assert "--no-waves" in gone.body
    assert world.jobs.get(job_id).waves is None


def test_what_somebody_else_has_changed_meanwhile_is_told_and_stays(
    browser: Browser, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name changes no digest."""
    job_id = drafted(browser)
    shown = form(browser, job_id)
    assert main(("job", "edit", str(job_id), "--name", "theirs")) == 0
    refused = browser.post("/job/edit", {**shown, "name": "mine"})

    assert (refused.status, "was edited since it was seen; look at it again" in refused.body) == (409, True)
    assert world.jobs.get(job_id).name == "theirs"


@pytest.mark.parametrize("engine", ["cas", "direct"])
def test_who_writes_is_chosen_with_the_slots(browser: Browser, world: World, engine: str) -> None:
    page: Answer = browser.get(f"{NEW}&engine={engine}")
    form = {**fields(page, "/jobs/new"), "as": "draft"}
    answer = browser.post("/jobs/new", form)

    assert f"--engine {engine}" in page.body
    assert answer.status == 303, answer.body
    (job,) = world.jobs.list()
    assert job.engine.value == engine
    assert browser.post("/jobs/new", {**form, "engine": "magic"}).status == 400
