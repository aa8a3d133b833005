"""What a person may do on the pages: look, confirm, and the service does it; each with its command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.session import session
from console.views import ORDERS, PAGES
from console.views.orders import ALL
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.domain.states import JobStatus
from tests.functional.console.browser import Answer, Browser, fields
from tests.functional.console.conftest import RENEWED, SHOP, Opened

NEW = f"/jobs/new?step=3&name=renewal&certificate={RENEWED.partition('-')[0]}"

OF_ONE = {
    "/certificate": f"?id={SHOP}",
    "/slot": "?id=CDN/-/www.example.com",
    "/slot/look": "?id=CDN/-/www.example.com",
    "/certificates/clean-up/confirm": f"?certificate={SHOP}",
}


def _created(browser: Browser, how: str = "draft", path: str = NEW) -> int:
    answer = browser.post("/jobs/new", {**fields(browser.get(path), "/jobs/new"), "as": how})
    assert answer.status == 303, answer.body
    return int(answer.headers["location"].removeprefix("/job?id="))


def _confirmed(browser: Browser, what: str, job_id: int) -> Answer:
    page = browser.get(f"/job/confirm?id={job_id}&what={what}")
    assert page.status == 200, page.body
    return browser.post("/job/do", fields(page, "/job/do"))


def test_a_job_is_previewed_and_then_created_as_it_was_shown(browser: Browser, installed: Path) -> None:
    page = browser.get(NEW)
    job_id = _created(browser, "submit")
    job = session().world().jobs.get(job_id)

    assert "<strong>2 slots are written</strong>" in page.body
    assert (job.name, job.status, job.worker_count) == ("renewal", JobStatus.PENDING, 2)
    assert (
        f"certdeploy job create --name renewal --certificate 10743322 --digest {job.plan_digest}" in page.body
    )
    assert "No functions run on this state" in browser.get(f"/job?id={job_id}").body


def test_where_slots_may_be_that_discovery_has_not_seen_stands_beside_the_plan(
    browser: Browser, installed: Path
) -> None:
    heading = "Slots may be there that this plan does not know"
    assert heading not in browser.get(NEW).body
    world = session().world()
    failed = {"state": SyncState.FAILED, "reason": "DescribeUserDomains: <no answer>"}
    world.syncs.put(SyncStatus(product=CloudProduct.CDN, started_at=world.clock(), **failed))

    page = browser.get(f"{NEW}&domain=*.example.com")

    assert f"{heading}</h3><ul><li>1 region that could not be read<ul>" in page.body
    assert "<li>CDN: DescribeUserDomains: &lt;no answer&gt;</li>" in page.body


def test_a_slot_that_is_left_out_is_not_written(browser: Browser, installed: Path) -> None:
    job_id = _created(browser, path=f"{NEW}&except=CDN/-/www.example.com")

    assert [one.resource.resource_id for one in session().world().workers.list(job_id)] == [
        "bücher.example.com"
    ]


def test_a_form_that_is_sent_twice_makes_one_job(browser: Browser, installed: Path) -> None:
    sent = {**fields(browser.get(NEW), "/jobs/new"), "as": "draft"}

    assert (
        browser.post("/jobs/new", sent).headers["location"]
        == (browser.post("/jobs/new", sent).headers["location"])
    )
    assert len(list(session().world().jobs.list())) == 1


def test_a_plan_that_has_changed_since_the_preview_is_refused(browser: Browser, installed: Path) -> None:
    sent = {**fields(browser.get(NEW), "/jobs/new"), "digest": "0" * 16}
    answer = browser.post("/jobs/new", sent)

    assert (answer.status, "&changed=1" in answer.headers["location"]) == (303, True)
    assert list(session().world().jobs.list()) == []


def test_what_is_no_preview_creates_nothing(browser: Browser, installed: Path) -> None:
    for sent in ({}, {"name": "x", "certificate": "x"}, {"name": "x", "certificate": "10743322"}):
        assert browser.post("/jobs/new", sent).status == 400, sent
    assert list(session().world().jobs.list()) == []


def test_a_draft_is_submitted_by_the_digest_that_was_shown(browser: Browser, installed: Path) -> None:
    job_id = _created(browser)
    refused = browser.post("/job/do", {"id": job_id, "what": "submit", "digest": "of another"})
    assert refused.status == 409

    assert _confirmed(browser, "submit", job_id).headers["location"] == f"/job?id={job_id}"
    assert session().world().jobs.get(job_id).status is JobStatus.PENDING


def test_a_job_is_cancelled_and_deleted_for_good(browser: Browser, installed: Path) -> None:
    job_id = _created(browser)

    assert _confirmed(browser, "cancel", job_id).status == 303
    assert session().world().jobs.get(job_id).status is JobStatus.CANCELLED
    assert "cannot be undone" in browser.get(f"/job/confirm?id={job_id}&what=delete").body
    assert _confirmed(browser, "delete", job_id).headers["location"] == "/jobs"
    assert browser.get(f"/job?id={job_id}").status == 404


def test_a_draft_that_somebody_has_cancelled_in_another_tab_is_not_submitted_as_if_it_ran(
    browser: Browser, installed: Path
) -> None:
    job_id = _created(browser)
    shown = fields(browser.get(f"/job/confirm?id={job_id}&what=submit"), "/job/do")
    assert _confirmed(browser, "cancel", job_id).status == 303
    refused = browser.post("/job/do", shown)

    assert (refused.status, f"{job_id} is cancelled and cannot become pending" in refused.body) == (409, True)
    assert "<h1>This was not done</h1>" in refused.body


def test_an_order_that_does_not_fit_is_refused_by_the_service(browser: Browser, installed: Path) -> None:
    job_id = _created(browser)

    for what, status in {"retry": 409, "rollback": 400, "explode": 404}.items():
        assert browser.post("/job/do", {"id": job_id, "what": what}).status in (status, 400), what
    assert session().world().jobs.get(job_id).status is JobStatus.EDITING
    assert browser.post("/job/do", {"id": "12", "what": "cancel"}).status == 404


@pytest.mark.parametrize("what", sorted(ALL.keys() - {"rollback"}))
def test_what_an_order_does_is_told_with_its_command_first(browser: Browser, what: str) -> None:
    job_id = _created(browser)

    assert f"certdeploy job {what} {job_id}" in browser.get(f"/job/confirm?id={job_id}&what={what}").body


def test_looking_again_reads_the_products(browser: Browser, installed: Path) -> None:
    world = session().world()
    before = {one.version for product in world.policy.products for one in world.syncs.list(product)}

    answer = browser.post("/resources/read", {"product": "CDN"})

    assert (answer.status, answer.headers["location"]) == (303, "/resources")
    assert {one.version for product in world.policy.products for one in world.syncs.list(product)} != before
    assert browser.post("/resources/read", {"product": "XYZ"}).status == 400


def test_the_map_draws_a_line_for_each_slot(browser: Browser) -> None:
    for asked in (f"certificate={RENEWED}", "product=CDN", "domain=*.example.com"):
        page = browser.get(f"/map?{asked}")
        assert "CDN/-/www.example.com" in page.body, asked
        assert page.body.count('class="l-') > 4, asked
    assert browser.get("/map?product=CDN&domain=x").status == 400


def test_every_page_of_a_job_is_there_as_json_and_none_has_a_form_where_nothing_may_be_changed(
    browser: Browser, installed: Path, opened: Opened
) -> None:
    job_id = _created(browser)
    of_job = {"/job": "", "/job/edit": "", "/job/certificates": "", "/job/confirm": "&what=submit"}
    others = [path + OF_ONE.get(path, "") for path in PAGES if path not in of_job]
    asked = [*(f"{path}?id={job_id}{more}" for path, more in of_job.items()), *others]
    for path, more in of_job.items():
        told = browser.get(f"{path}.json?id={job_id}{more}")
        assert (told.status, "Job" in told.json) == (200, True), path

    with opened(read_only=True) as only:
        only.let_in()
        pages = {path: only.get(path) for path in [*asked, NEW]}
        refused = {path: only.post(path, {"id": job_id}).status for path in ORDERS}

    assert {path for path, page in pages.items() if page.status != 200} == set()
    with_forms = {path for path, page in pages.items() if 'method="post"' in page.body}
    assert with_forms == {NEW}  # by which slots are chosen: its buttons only look
    assert 'name="as"' not in pages[NEW].body
    assert set(refused.values()) == {403}
