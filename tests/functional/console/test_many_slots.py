"""With many slots: pages of what was read a moment ago, dated, and none that keeps somebody waiting."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from cli.console import Installed
from cli.session import session
from console.kept import Kept
from console.serving import Serving
from shared.domain.jobs import DeploymentJob
from shared.services.world import World
from shared.state.repositories import Jobs, Resources
from shared.state.sqlite import SqliteStore
from shared.state.store import Key, Row
from shared.state.tables import RESOURCES, Table
from tests.functional.console.browser import Browser

PAGES = ["/", "/certificates", "/resources", "/resources?domain=www.*", "/map?product=CDN"]


class Read(SqliteStore):
    """Counts the ranges of slots that are read."""

    ranges = 0

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        Read.ranges += table is RESOURCES
        return super().range(table, prefix, below=below, after=after)


class SlowJobs(Jobs):
    free: Event

    def list(self) -> Iterator[DeploymentJob]:
        assert self.free.wait(10)
        return super().list()


class Slow(Installed):
    """Of what takes long, each reading takes five seconds, of which nobody waits one; while `free` is set.

    `jobs_free`: so do jobs that are looked through.
    """

    def __init__(self) -> None:
        super().__init__(session())
        self.passed, self.free = 0.0, Event()
        self.free.set()
        self.jobs_free = Event()
        self.jobs_free.set()

    def world(self) -> World:
        if threading.current_thread().name == "console-kept":
            assert self.free.wait(10)
            self.passed += 5
        store = Read(os.environ["CERTDEPLOY_STATE"])
        jobs = SlowJobs(store)
        jobs.free = self.jobs_free
        return replace(super().world(), resources=Resources(store), jobs=jobs)


@pytest.fixture
def slow(installed: Path) -> Slow:
    return Slow()


@contextmanager
def looked_at(slow: Slow, patience_s: float = 10) -> Iterator[Browser]:
    """By a console for which everything is large."""
    told: list[str] = []
    kept = Kept(patience_s=patience_s, small=-1, clock=lambda: slow.passed)
    serving = Serving(slow, told.append, port=0, read_only=False, kept=kept)
    with serving.running():
        yield Browser(serving.port, told).let_in()


def test_a_page_of_what_is_still_being_read_comes_by_itself(slow: Slow) -> None:
    slow.free.clear()
    with looked_at(slow, 0) as browser:
        page = browser.get("/resources")
        assert (page.status, page.headers["refresh"]) == (202, "1")
        assert "It comes by itself in a moment" in page.body
        assert browser.get("/jobs").status == 200
        slow.free.set()
        all_read()

        assert "CDN/-/www.example.com" in browser.get("/resources").body


def test_pages_read_no_slot_that_was_read_a_moment_ago(slow: Slow) -> None:
    with looked_at(slow) as browser:
        browser.get("/resources")
        browser.get("/")
        before = Read.ranges
        pages = {path: browser.get(path).body for path in PAGES}
        assert Read.ranges == before > 0
        age = int(browser.get("/resources.json").headers["age"])

    assert age > 0
    assert {path for path, body in pages.items() if "As read at" not in body} == set()


def test_after_an_order_slots_are_read_again_and_the_page_follows(slow: Slow) -> None:
    with looked_at(slow, 0) as browser:
        browser.get("/resources")
        all_read()
        assert browser.get("/resources").status == 200
        before = Read.ranges
        browser.post("/job/do", {"id": "1", "what": "cancel"})
        slow.free.clear()
        page = browser.get("/resources")
        slow.free.set()
        all_read()
        after = browser.get("/resources").body

    assert "being read again" in page.body
    assert 'data-poll="/resources?fragment=1" data-then="stay"' in page.body
    assert (Read.ranges > before, "being read again" in after) == (True, False)


def test_a_slot_is_shown_before_all_jobs_are_looked_through_for_its_history(slow: Slow) -> None:
    path = "/slot?id=CDN/-/www.example.com"
    slow.jobs_free.clear()
    with looked_at(slow, 0) as browser:
        browser.get(path)
        until(lambda: browser.get(path).status == 200)
        first = browser.get(path)
        slow.jobs_free.set()
        all_read()
        then = browser.get(path)

    assert first.headers["refresh"] == "1"
    assert "Jobs are being looked through." in first.body
    assert ("refresh" in then.headers, "No job has touched it." in then.body) == (False, True)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it never came to that"


def all_read() -> None:
    for thread in threading.enumerate():
        if thread.name == "console-kept":
            thread.join(10)
