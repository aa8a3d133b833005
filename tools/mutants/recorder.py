"""A pytest plugin: how long each passing test takes, and which modules the tests import."""

import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest

OURS = ("shared", "functions", "host", "emulator", "cli", "tests", "tools", "bench", "sample")


class Recorder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._durations: dict[str, float] = defaultdict(float)
        self._failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._durations[report.nodeid] += report.duration
        if report.failed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        worker = getattr(session.config, "workerinput", {}).get("workerid", "main")
        foreign = sorted(name for name in sys.modules if name.partition(".")[0] not in OURS)
        foreign = [
            name for name in foreign if ".models." not in name
        ]  # thousands, of which each test needs few
        (self._folder / f"modules-{worker}.json").write_text(json.dumps(foreign), encoding="utf-8")
        if worker == "main":
            passed = {test: s for test, s in self._durations.items() if test not in self._failed}
            (self._folder / "durations.json").write_text(json.dumps(passed), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder(Path(config.rootpath) / ".mutants"), "mutants-recorder")
