"""Run what reads answers of the cloud against answers in other words, and print a table.

docs/emulator/reference.md says which other words.

    python -m tools.rough --turn 1 --only pipeline

Turn 0 is with sparse answers, the others are with answers by lot: a turn runs every test once, and gives the
seeds to the tests one after another, each turn in another way. The demo has one seed in a turn. Exits 1 if
anything failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
TESTS = {"contract": "tests/contract", "pipeline": "tests/functional/pipeline"}
PARTS = (*TESTS, "demo")
TURNS = range(6)


@dataclass(frozen=True)
class Told:
    """What came of one run. `failed`: names of tests, each with its seed."""

    passed: int
    failed: tuple[str, ...]
    skipped: int = 0


@dataclass(frozen=True)
class Wording:
    """Of a turn."""

    turn: int
    first: int
    seeds: int

    @property
    def mode(self) -> str:
        return "random" if self.turn else "sparse"

    @property
    def seed(self) -> int:
        """Of what is only one."""
        return self.first + self.turn % self.seeds


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--seeds", type=int, default=50, help="how many seeds of answers by lot")
    asked.add_argument("--first", type=int, default=1, help="the first of them")
    asked.add_argument("--turn", type=int, action="append", help="0: sparse; 1 …: by lot; may be repeated")
    asked.add_argument("--only", choices=PARTS, action="append", help="a part; may be repeated")
    asked.add_argument("--jobs", default="4", help="processes that test side by side; 0: one")
    given = asked.parse_args()
    if given.seeds < 1:
        asked.error("--seeds is 1 or more")
    failures = 0
    print(f"{'turn':<6}{'part':<10}{'answers':<9}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for turn in given.turn or TURNS:
        wording = Wording(turn, given.first, given.seeds)
        for part in given.only or PARTS:
            began = time.monotonic()
            told = _demo(wording) if part == "demo" else _tests(part, wording, given.jobs)
            counts = f"{told.passed:>8}{len(told.failed):>8}{told.skipped:>9}"
            print(f"{turn:<6}{part:<10}{wording.mode:<9}{counts}{time.monotonic() - began:>9.0f}", flush=True)
            for one in told.failed:
                print(f"failed: {one}", flush=True)
            failures += len(told.failed)
    return bool(failures)


def _tests(part: str, wording: Wording, jobs: str) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-m", "pytest", "-q", TESTS[part], "-n", jobs, "--dist", "worksteal"),
            *("--answers", wording.mode, "--answers-seed", str(wording.first)),
            *("--answers-seeds", str(wording.seeds), "--answers-turn", str(wording.turn)),
            *("--junitxml", str(report)),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
        if not report.exists():
            why = f"{done.stdout[-300:]}{done.stderr[-300:]}"
            return Told(0, (f"{TESTS[part]} did not run: {why}",))
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own
    failed = dict.fromkeys(_again(case, wording) for case in cases if _has(case, "failure", "error"))
    skipped = sum(_has(case, "skipped") for case in cases)
    return Told(len(cases) - len(failed) - skipped, tuple(failed), skipped)


def _again(case: ElementTree.Element, wording: Wording) -> str:
    """A test, and the options that bring it again."""
    seeds = [one.get("value") for one in case.iter("property") if one.get("name") == "answers-seed"]
    seed = f" --answers-seed {seeds[0]}" if wording.turn and seeds else ""
    return f"{case.get('classname')}::{case.get('name')} --answers {wording.mode}{seed}"


def _has(case: ElementTree.Element, *names: str) -> bool:
    return any(case.find(name) is not None for name in names)


def _demo(wording: Wording) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--answers", wording.mode, "--seed", str(wording.seed), "--folder", folder]
        command = [sys.executable, "-m", "cli", "demo", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return Told(1, ()) if done.returncode == 0 else Told(0, (f"demo {' '.join(options[:4])}",))


if __name__ == "__main__":
    sys.exit(main())
