"""Run tests on a mutant: in a forked process, on a copy of the tree, so that each takes a second or two.

The process that forks has imported what the tests need of other projects, and nothing of this one.
"""

import contextlib
import gc
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools.mutants.mutation import Mutant

_START_S = 30.0  #: for imports and collection, on a busy machine
_SLOWER = 5.0  #: than its tests took when they were measured: a mutant that hangs


def import_beforehand(modules: Iterable[str]) -> None:
    for name in modules:
        # Some only import in a certain order or process; the tests do it themselves then.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.freeze()


class Chosen:
    """A pytest plugin: only these tests and files, in this order; and the one that failed."""

    def __init__(self, tests: Sequence[str], notes: Path) -> None:
        self._order = {test: number for number, test in enumerate(tests)}
        self._notes = notes

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        places = [(self._place(item.nodeid), number, item) for number, item in enumerate(items)]
        items[:] = [item for place, _, item in sorted(p for p in places if p[0] is not None)]

    def _place(self, test: str) -> int | None:
        return self._order.get(test, self._order.get(test.partition("::")[0]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._notes.write_text(report.nodeid, encoding="utf-8")


class Copy:
    """A copy of the tree, of which one module at a time has a fault."""

    def __init__(self, root: Path) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="mutant-"))
        self.root = self._scratch / "tree"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (root / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, self.root / name)
        self.notes = self._scratch / "failed"
        self.log = self._scratch / "log"
        self._time = 10**9  # unlike any before: or a module compiled earlier would be taken for this one
        self._restore: tuple[Path, str] | None = None

    def plant(self, one: Mutant) -> None:
        path = self.root / one.path
        self._restore = (path, path.read_text(encoding="utf-8"))
        self._write(path, one.source)

    def restore(self) -> None:
        if self._restore is not None:
            self._write(*self._restore)
            self._restore = None

    def _write(self, path: Path, source: str) -> None:
        path.write_text(source, encoding="utf-8")
        self._time += 10
        os.utime(path, (self._time, self._time))

    def remove(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)


@dataclass
class Trial:
    """Tests under way on one mutant."""

    mutant: Any
    copy: Copy
    pid: int
    deadline: float

    def ended(self) -> str | None:
        """ "survived", "killed" or "timed out"; None: it still runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0 and time.monotonic() < self.deadline:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if pid == 0:
            os.waitpid(self.pid, 0)
            return "timed out"
        return "survived" if os.waitstatus_to_exitcode(status) == pytest.ExitCode.OK else "killed"

    def noticed_by(self) -> str:
        notes = self.copy.notes
        return notes.read_text(encoding="utf-8") if notes.exists() else "the import, or the collection"


def start(one: Mutant, tests: Sequence[str], expected_s: float, copy: Copy) -> Trial:
    copy.notes.unlink(missing_ok=True)
    copy.plant(one)
    pid = os.fork()
    if pid == 0:
        _run(copy, tests)
    with contextlib.suppress(PermissionError):
        os.setpgid(pid, pid)
    return Trial(one, copy, pid, time.monotonic() + _START_S + _SLOWER * expected_s)


def _run(copy: Copy, tests: Sequence[str]) -> None:
    """Never returns: the process ends with pytest's exit code."""
    code = 70
    try:
        os.setpgid(0, 0)
        out = os.open(copy.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(out, stream)
        os.chdir(copy.root)
        os.environ["PYTHONPATH"] = str(copy.root)
        sys.path[:] = [str(copy.root), *(p for p in sys.path if p and Path(p) != Path.cwd())]
        for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
            del sys.modules[name]
        files = sorted({test.partition("::")[0] for test in tests})
        arguments = [
            "-x",
            "-q",
            "-p",
            "no:xdist",
            "-p",
            "no:cov",
            "-p",
            "no:cacheprovider",
            "--no-header",
            *files,
        ]
        code = int(pytest.main(arguments, plugins=[Chosen(tests, copy.notes)]))
    finally:
        os._exit(code)
