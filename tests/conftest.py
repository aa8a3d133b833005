"""Fixtures for every test: a cloud, and a cloud that listens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running
from tests import lazy_sdks

lazy_sdks.install()


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
