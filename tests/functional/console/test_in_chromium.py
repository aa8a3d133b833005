"""The pages in a real browser, as far as no function has to run: in `make test`, too, where one is there.

`make browser` drives the rest: the way to a proved job, axe-core, each width and scheme.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.session import session
from shared.domain.states import JobStatus
from tests.functional.console.conftest import Opened
from tools.chromium import chromium, missing

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "it is there")


@pytest.fixture
def driver(opened: Opened, installed: Path) -> Iterator[Chrome]:
    """On the overview; afterwards the browser has nothing to complain of."""
    with opened() as browser, chromium() as driver:
        driver.get(browser.told[-1])
        yield driver
        log: Any = driver.get_log("browser")  # type: ignore[no-untyped-call]
        assert [entry["message"] for entry in log] == []


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def text(driver: Chrome) -> str:
    return str(driver.execute_script("return document.querySelector('main')?.innerText ?? ''"))


def test_a_draft_in_waves_is_made_and_policies_are_checked_while_they_are_written(driver: Chrome) -> None:
    from selenium.webdriver.common.keys import Keys

    assert "Needs a hand" in text(driver)
    at = driver.current_url.rstrip("/")
    driver.get(f"{at}/jobs/new?step=3&name=x&certificate=10743322")
    driver.find_element("css selector", "details.how summary").send_keys(Keys.ENTER)
    driver.find_element("name", "canary").send_keys("one")
    driver.find_element("xpath", "//button[@value='draft']").click()
    until(lambda: "this is another plan than was shown" in text(driver))
    driver.find_element("xpath", "//button[@value='draft']").click()
    until(lambda: "/job?id=" in driver.current_url and "First one, then the rest." in text(driver))
    driver.get(f"{at}/settings")
    driver.find_element("name", "text").send_keys("rules: 1")
    until(lambda: "rules: expected a list" in text(driver))

    (job,) = session().world().jobs.list()
    assert job.status is JobStatus.EDITING
