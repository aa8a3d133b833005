"""Which tests run which functions: measured once with coverage, and again for test files that changed."""

import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coverage import CoverageData

from tools.mutants.syntax import Module

MEASURED = ("shared", "host")
IMPORT = "<import>"  #: what of a module is run by its import

_COVERAGERC = """\
[run]
source = shared
    host
data_file = {folder}/coverage
"""


class SuiteFailsError(Exception):
    """The tests do not run without any fault planted."""


@dataclass
class Reach:
    """The tests, as last seen to pass."""

    hashes: dict[str, str] = field(default_factory=dict)  #: of each test file, with what it is made of
    durations: dict[str, float] = field(default_factory=dict)  #: seconds, by test
    tests: dict[str, list[str]] = field(default_factory=dict)  #: by `path::function`
    modules: list[str] = field(default_factory=list)  #: that the tests import, and are not ours
    newer: list[str] = field(default_factory=list)  #: test files that changed since

    def reaching(self, path: str, function: str) -> list[str]:
        return self.tests.get(f"{path}::{function}", [])

    def reaching_module(self, path: str) -> list[str]:
        found = {test for key, tests in self.tests.items() if key.startswith(f"{path}::") for test in tests}
        return sorted(found)


def measured(root: Path, *, again: bool = True) -> Reach:
    """The reach of today's tests. Runs those that are new or changed; minutes, the first time.

    Without `again` the last measurement is taken; whatever test file is newer may reach anything.

    Raises:
        SuiteFailsError
    """
    folder = root / ".mutants"
    folder.mkdir(exist_ok=True)
    stored = folder / "reach.json"
    reach = Reach(**json.loads(stored.read_text(encoding="utf-8"))) if stored.exists() else Reach()
    hashes = _hashes(root)
    stale = sorted(path for path in {*hashes, *reach.hashes} if hashes.get(path) != reach.hashes.get(path))
    if stale and (again or not reach.hashes):
        present = [path for path in stale if path in hashes]
        print(f"which tests run what: {len(present)} of {len(hashes)} test files …", file=sys.stderr)
        _forget(reach, stale)
        if present:
            _measure(root, folder, present, reach)
        reach.hashes, reach.newer = hashes, []
        stored.write_text(json.dumps(asdict(reach)), encoding="utf-8")
    elif stale:
        _forget(reach, stale)
        reach.newer = [path for path in stale if path in hashes]
    return reach


def _hashes(root: Path) -> dict[str, str]:
    """Of each test file with the helpers beside and below it, whose rows become tests."""
    helpers = [p for p in sorted((root / "tests").rglob("*.py")) if not p.name.startswith("test_")]
    hashes = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        used = [helper for helper in helpers if path.parent in helper.parents]
        content = b"".join(one.read_bytes() for one in (path, *used))
        hashes[str(path.relative_to(root))] = hashlib.sha256(content).hexdigest()
    return hashes


def _forget(reach: Reach, files: Iterable[str]) -> None:
    gone = set(files)

    def kept(test: str) -> bool:
        return test.partition("::")[0] not in gone

    reach.durations = {test: seconds for test, seconds in reach.durations.items() if kept(test)}
    reach.tests = {key: [test for test in tests if kept(test)] for key, tests in reach.tests.items()}


def _measure(root: Path, folder: Path, files: list[str], reach: Reach) -> None:
    rc = folder / "coveragerc"
    rc.write_text(_COVERAGERC.format(folder=folder), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "worksteal",
        "-p",
        "tools.mutants.recorder",
    ]
    cover = ["--cov", f"--cov-config={rc}", "--cov-context=test", "--cov-report="]
    log = folder / "measure.log"
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run([*command, *cover, *files], cwd=root, stdout=out, stderr=out, check=False)  # noqa: S603
    if done.returncode not in (0, 1, 5):
        raise SuiteFailsError(f"the tests do not run as they are; see {log.relative_to(root)}")
    if done.returncode == 1:  # a test that fails without a fault planted proves nothing with one
        print(f"some tests fail as they are, and are left out; see {log.relative_to(root)}", file=sys.stderr)
    passed = json.loads((folder / "durations.json").read_text(encoding="utf-8"))
    reach.durations.update(passed)
    modules = set(reach.modules)
    for file in folder.glob("modules-*.json"):
        modules.update(json.loads(file.read_text(encoding="utf-8")))
    reach.modules = sorted(modules)
    for key, tests in _reached(root, folder / "coverage").items():
        reach.tests[key] = sorted({*reach.tests.get(key, []), *(tests & passed.keys())})


def _reached(root: Path, data_file: Path) -> dict[str, set[str]]:
    data = CoverageData(str(data_file))
    data.read()
    found: dict[str, set[str]] = defaultdict(set)
    for measured_file in data.measured_files():
        path = Path(measured_file)
        names = _names(Module(path.read_text(encoding="utf-8")))
        for line, contexts in data.contexts_by_lineno(measured_file).items():
            key = f"{path.relative_to(root)}::{names.get(line, IMPORT)}"
            found[key].update(context.rpartition("|")[0] for context in contexts if "|" in context)
    return found


def _names(module: Module) -> dict[int, str]:
    """The innermost function of each line."""
    names = {}
    for name, span in module.functions().items():  # outer ones first
        names.update(dict.fromkeys(range(span.start[0] + 1, span.end[0] + 1), name))
        names.setdefault(span.start[0], name)
    return names


def function_at(source: str, line: int) -> str:
    return _names(Module(source)).get(line, IMPORT)
