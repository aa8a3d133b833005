"""The console over a stack whose state is out of reach: its functions read for pages and do the orders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.session import session
from emulator.cloud import Cloud
from shared.cloud.credentials import Credentials
from shared.domain.states import JobStatus
from shared.runtime.settings import read_settings
from shared.services.world import World
from tests.functional.cli.deployed import NAME, Deployed
from tests.functional.console.browser import Browser, fields
from tests.functional.console.conftest import RENEWED, SHOP, Opened

WWW = "CDN/-/www.example.com"


@pytest.fixture
def deployed(installed: Path, cloud: Cloud) -> Deployed:
    key = Credentials(cloud.key.access_key_id, cloud.key.access_key_secret)
    cloud.functions = made = Deployed(read_settings(), key)
    return made


@pytest.fixture
def world(installed: Path) -> World:
    """Of the state of the stack."""
    return session().world()


@pytest.fixture
def far(
    deployed: Deployed, world: World, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    for variable in ("STATE", "TLS", "ROOTS"):
        monkeypatch.delenv(f"CERTDEPLOY_{variable}")
    monkeypatch.setenv("CERTDEPLOY_STACK", NAME)
    monkeypatch.setenv("CERTDEPLOY_REGION", "cn-hangzhou")
    with opened() as browser:
        yield browser.let_in()


@pytest.mark.long
def test_pages_are_read_by_the_function_that_may_do_nothing_else(far: Browser, deployed: Deployed) -> None:
    for path in ("/", "/resources", f"/certificate?id={SHOP}", f"/slot?id={WWW}", "/jobs", "/settings"):
        assert far.get(path).status == 200, path

    assert set(deployed.asked) == {"read_state"}
    assert "No functions run on this state" not in far.get("/").body


def test_orders_are_done_by_the_functions_that_may(far: Browser, deployed: Deployed, world: World) -> None:
    preview = far.get(f"/jobs/new?step=3&name=renewal&certificate={RENEWED.partition('-')[0]}")
    made = far.post("/jobs/new", {**fields(preview, "/jobs/new"), "as": "draft"})
    page = made.headers["location"].replace("/job?", "/job/edit?")
    edited = far.post("/job/edit", {**fields(far.get(page), "/job/edit"), "drop": WWW})
    contact = far.post("/contact/save", {"name": "ops", "channels": "email=ops@example.com"})
    (job,) = world.jobs.list()

    assert (made.status, edited.status, contact.status) == (303, 200, 303)
    assert (job.name, job.status, job.worker_count) == ("renewal", JobStatus.EDITING, 1)
    assert [one.name for one in world.contacts.list()] == ["ops"]
    assert {"create_deployment_job", "manage_deployment_jobs", "manage_contacts"} <= set(deployed.asked)


def test_policies_and_the_quota_are_set_by_the_functions_that_may(
    far: Browser, deployed: Deployed, world: World
) -> None:
    text = "rules: []  # none yet"
    stored = far.post("/settings/policies/set", {"text": text, "version": "0"})
    again = far.post("/settings/policies/set", {"text": text, "version": "0"})
    package = far.post("/quota/add", {**fields(far.get("/quota"), "/quota/add"), "count": "7"})
    found = world.policy_texts.find()

    assert (stored.status, package.status, found and found.text) == (303, 303, text)
    assert (again.status, world.quota.budget.get().bought) == (409, 7)
    assert deployed.asked.count("manage_installation") == 2
    assert "manage_quota" in deployed.asked
    cleaned = far.post("/certificates/clean-up", {"certificate": "1"})
    assert (cleaned.status, "0 of 0 are deleted." in cleaned.body) == (200, True)
    assert deployed.asked[-1] == "clean_up_certificates"


def test_what_a_function_refuses_is_told_on_the_page(far: Browser) -> None:
    refused = far.post("/contact/save", {"name": "ops", "channels": "email=nobody"})

    assert (refused.status, "it is no address such as ops@example.com" in refused.body) == (400, True)


def test_the_check_up_is_that_of_the_stack(far: Browser, deployed: Deployed) -> None:
    assert far.get("/doctor").status == 200
    assert "check_installation" in deployed.asked


def test_a_slot_is_read_again_by_the_function_that_may(far: Browser, deployed: Deployed) -> None:
    read = far.post("/slot/read", {"id": WWW})

    assert (read.status, deployed.asked[-1]) == (303, "discover_resources")
