"""The console in a real browser, over an emulated cloud with `certdeploy serve`: `make browser`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from cli.console import Installed
from cli.demo.stage import Stage, State, stage
from console.kept import Kept
from console.serving import Serving
from shared.domain.requests import CreateDeploymentJob
from shared.domain.resources import SyncState
from shared.domain.states import JobStatus
from shared.domain.waves import AskedWaves
from shared.services.create import create_deployment_jobs
from shared.services.map import known_certificates
from shared.services.world import World
from tools.chromium import chromium, missing

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.skipif(
    not os.environ.get("CERTDEPLOY_BROWSER"), reason="`make browser` drives the console in Chromium"
)
ESTATE = """
regions: [cn-hangzhou]
certificates:
  shop: {names: [example.com, "*.example.com"], key: ecdsa-p256, days: 12}
  renewed: {names: [example.com, "*.example.com"], key: ecdsa-p256, days: 199}
cdn:
  - {domain: www.example.com, certificate: shop}
  - {domain: api.example.com, certificate: shop}
"""
AXE = os.environ.get("CERTDEPLOY_AXE", "")
#: What is asked of axe-core: WCAG 2.1 AA.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The cloud, and the functions that run."""
    if why := missing():
        pytest.fail(why)
    folder = tmp_path_factory.mktemp("stage")
    (folder / "estate.yaml").write_text(ESTATE)
    options = ["--settle-s=0.1", f"--estate={folder / 'estate.yaml'}"]
    with stage(folder, options, {"Regions": "cn-hangzhou"}, State.FILE) as on:
        until(lambda: on.running and _discovered(on), 90)
        yield on


@pytest.fixture
def console(on: Stage) -> Iterator[tuple[Serving, list[str]]]:
    told: list[str] = []
    kept = Kept(patience_s=60)  # a busy machine is waited for
    serving = Serving(Installed(on.session), told.append, port=0, read_only=False, kept=kept)
    with serving.running():
        yield serving, told


@pytest.fixture
def driver(console: tuple[Serving, list[str]]) -> Iterator[Chrome]:
    """On the first page; afterwards the browser has nothing to complain of."""
    _, told = console
    with chromium() as driver:
        driver.get(told[-1])
        yield driver
        log: Any = driver.get_log("browser")  # type: ignore[no-untyped-call]
        assert [entry["message"] for entry in log] == []


def until(true: Callable[[], object], within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.2)


def _discovered(on: Stage) -> bool:
    world = on.session.world()
    found = [list(world.syncs.list(product)) for product in world.policy.products]
    return all(found) and all(s.state is not SyncState.SYNCING for some in found for s in some)


def _text(driver: Chrome) -> str:
    """At one moment: a page that goes on by itself leaves no element behind."""
    return str(driver.execute_script("return document.querySelector('main')?.innerText ?? ''"))


def _tab_to(driver: Chrome, text: str) -> Any:
    """With the keyboard alone, from the top of the page."""
    from selenium.webdriver.common.keys import Keys

    driver.find_element("tag name", "body").send_keys(Keys.NULL)
    for _ in range(150):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        focused = driver.switch_to.active_element
        if text in (focused.text, focused.get_attribute("name"), focused.get_attribute("value")):
            return focused
    raise AssertionError(f"the keyboard does not reach {text!r}")


def test_the_way_from_the_overview_to_a_proved_job_by_keyboard_alone(driver: Chrome, on: Stage) -> None:
    from selenium.webdriver.common.keys import Keys

    assert "Needs a hand" in _text(driver)
    _tab_to(driver, "Jobs").send_keys(Keys.ENTER)
    _tab_to(driver, "New job").send_keys(Keys.ENTER)
    _tab_to(driver, "name").send_keys("by keyboard", Keys.ENTER)
    until(lambda: "Certificates of one type" in _text(driver))
    renewed = driver.find_element("xpath", "//label[contains(., 'renewed')]/input").get_attribute("value")
    _tab_to(driver, renewed or "").send_keys(Keys.SPACE)
    _tab_to(driver, "Next").send_keys(Keys.ENTER)
    until(lambda: "2 slots are written" in _text(driver))
    _tab_to(driver, "Submit").send_keys(Keys.ENTER)
    until(lambda: driver.find_elements("css selector", "#job"))
    until(lambda: _text(driver).count("handshake: served") == 2, 90)  # by itself, without a reload
    until(lambda: "Roll back" in _text(driver))

    (job,) = on.session.world().jobs.list()
    assert (job.name, job.status.value, job.success_count) == ("by keyboard", "success", 2)


def test_filters_work_in_place(driver: Chrome, console: tuple[Serving, list[str]]) -> None:
    from selenium.webdriver.common.keys import Keys

    driver.get(f"http://127.0.0.1:{console[0].port}/resources")
    driver.execute_script("window.same = true")
    driver.find_element("name", "domain").send_keys("api.*", Keys.ENTER)
    until(lambda: "www.example.com" not in _text(driver))

    assert "api.example.com" in _text(driver)
    assert driver.execute_script("return window.same") is True
    assert driver.current_url.endswith("domain=api.*&sort=expires")


def test_every_form_works_without_javascript(console: tuple[Serving, list[str]]) -> None:
    with chromium() as driver:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        driver.get(console[1][-1])
        driver.get(f"http://127.0.0.1:{console[0].port}/resources")
        driver.find_element("name", "domain").send_keys("api.*")
        driver.find_element("xpath", "//form[contains(@class, 'filters')]//button").click()
        until(lambda: "domain=api" in driver.current_url)
        assert "www.example.com" not in _text(driver)


def _draft_in_waves(world: World) -> int:
    """The one that is there, or a new one."""
    for one in world.jobs.list():
        if one.status is JobStatus.EDITING:
            return one.job_id
    first = next(one for one in known_certificates(world) if one.name == "shop")
    asked = CreateDeploymentJob(
        name="back", cert_ids=(first.cert_id,), submit=False, waves=AskedWaves(canaries=("one",))
    )
    return create_deployment_jobs(world, asked).jobs[0].job_id


@pytest.mark.skipif(not Path(AXE).is_file(), reason="axe-core is not there: `make browser` gets it with npm")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 375)])
def test_nothing_hinders_people(
    console: tuple[Serving, list[str]], on: Stage, scheme: str, width: int
) -> None:
    world = on.session.world()
    job = next(one for one in world.jobs.list() if one.name == "by keyboard")
    draft = _draft_in_waves(world)
    slot = quote(next(iter(world.workers.list(job.job_id))).resource.slot)
    certificate = job.cert_identifiers[0]
    pages = {
        *("/", "/certificates", "/resources", "/jobs", "/settings", "/map?product=CDN", "/no-such-page"),
        *(f"/certificate?id={certificate}", f"/slot?id={slot}", f"/job?id={job.job_id}", "/jobs/new"),
        *(f"/jobs/new?step={step}&name=x&certificate={certificate.partition('-')[0]}" for step in (2, 3)),
        *(f"/job/confirm?id={job.job_id}&what={what}" for what in ("rollback", "retry")),
        *("/contact", "/doctor", f"/job?id={draft}", f"/job/edit?id={draft}"),
        *(f"/job/confirm?id={draft}&what=submit", f"/job/certificates?id={draft}", "/quota", "/accounts"),
        *(
            "/accounts/check",
            "/certificates/clean-up",
            f"/certificates/clean-up/confirm?certificate={certificate}",
        ),
    }
    found: dict[str, Any] = {}
    with chromium(scheme, width) as driver:
        driver.get(console[1][-1])
        for page in sorted(pages):
            driver.get(f"http://127.0.0.1:{console[0].port}{page}")
            driver.execute_script(Path(AXE).read_text(encoding="utf-8"))
            told = driver.execute_async_script(
                "axe.run(document, arguments[0]).then(arguments[arguments.length - 1])", RULES
            )
            assert told["passes"], page
            wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            violations = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in told["violations"]]
            if (by := driver.execute_script(wide)) > 0:
                violations.append(("wider than the screen", [f"{by} px"]))
            if violations:
                found[page] = violations
    assert found == {}
