"""Fixtures for every test: a cloud, and a cloud that listens."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from emulator.answers import MODES
from emulator.cloud import Cloud
from emulator.server import Server, running
from shared.state import sqlite
from tests import lazy_sdks, warm
from tests.seeds import spread
from tests.shortened import left_out, take_part

pytest_plugins = ["tests.forks"]
lazy_sdks.install()
sqlite.SYNCHRONOUS = "OFF"  # no test pulls the plug
#: No test asks a host that the system's authorities vouch for: to read them takes longer than twenty calls.
os.environ["SSL_CERT_FILE"] = os.devnull


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("emulator", "how the emulated cloud of the contract tests words its answers")
    group.addoption("--answers", choices=MODES, default="full", help="full, sparse or random")
    group.addoption("--answers-seed", type=int, default=0, help="seed of random answers")
    group.addoption("--answers-seeds", type=int, default=1, metavar="N", help="N seeds, to a test each")
    group.addoption("--answers-turn", type=int, default=0, metavar="T", help="with T more, other seeds")
    tables = parser.getgroup("tables", "tests that run for each row of a table, such as each product")
    tables.addoption(
        "--part-of-tables", action="store_true", help="run a part of the rows of long ones, for a short run"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is collected."""
    if config.getoption("--part-of-tables"):
        take_part()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave rows of long tables to `make walk`, if that is asked for; give each test its seed."""
    if config.getoption("--part-of-tables"):
        left = set(left_out(items))
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
    spread(items, *(config.getoption(f"--answers-{name}") for name in ("seed", "seeds", "turn")))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Load what the processes that run tests have in common."""
    if session.config.getoption("--forks") and len(session.items) > warm.MANY:
        warm.load()
    gc.collect()
    gc.freeze()  # it is there to stay: no test looks it through for garbage, no process copies it for that


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what only ordinary answers can show."""
    marker = item.get_closest_marker("ordinary_answers")
    if marker and item.config.getoption("--answers") != "full":
        pytest.skip(f"it takes ordinary answers: {marker.args[0]}")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """How to have the same answers again."""
    mode, seed = config.getoption("--answers"), config.getoption("--answers-seed")
    return [] if mode == "full" else [f"answers of the emulated cloud: {mode}, seed {seed}"]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A fresh cloud. A fault that never struck fails the test, which then proved nothing."""
    cloud = Cloud()
    yield cloud
    assert not cloud.faults.unhit(), "a fault never struck"


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Server]:
    """The cloud on a loopback port."""
    with running(cloud) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not tested, and why, in one line."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)
    if reasons:
        told = "; ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items()))
        terminalreporter.write_line(f"Skipped: {told}")
    if terminalreporter.config.getoption("--part-of-tables"):
        terminalreporter.write_line(
            "Of tables, long tests, AWS, and work cut off a part was run: `make walk` runs all"
        )
