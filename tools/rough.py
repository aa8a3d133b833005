"""Run what reads answers of the cloud against answers in other words (docs/emulator.md), and print a table.

    python -m tools.rough --seeds 50 --only pipeline

Everything with sparse answers, once, before seed 1. Then answers by lot, seed by seed: a seed runs one test
of so many (`--share`), the next seed the next one, so that 50 seeds of a tenth each run every test with
5 seeds. Exits 1 if anything failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
TESTS = {"contract": "tests/contract", "pipeline": "tests/functional/pipeline"}
PARTS = (*TESTS, "demo")


@dataclass(frozen=True)
class Told:
    """What came of one run. `failed`: names of tests."""

    passed: int
    failed: tuple[str, ...]
    skipped: int = 0


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--seeds", type=int, default=50, help="how many seeds of answers by lot")
    asked.add_argument("--first", type=int, default=1, help="the first of them")
    asked.add_argument("--share", type=int, default=10, metavar="N", help="a seed runs every Nth test")
    asked.add_argument("--only", choices=PARTS, action="append", help="a part; may be repeated")
    asked.add_argument("--jobs", default="4", help="processes that test side by side; 0: one")
    given = asked.parse_args()
    if given.seeds < 0 or given.share < 1:
        asked.error("--seeds is 0 or more, --share 1 or more")
    failures = 0
    print(f"{'part':<10}{'answers':<9}{'seed':>4}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for mode, seed in _wordings(given.first, given.seeds):
        for part in given.only or PARTS:
            share = given.share if mode == "random" else 1
            began = time.monotonic()
            if part != "demo":
                told = _tests(part, mode, seed, share, given.jobs)
            elif seed % share == 0:
                told = _demo(mode, seed)
            else:
                continue
            counts = f"{told.passed:>8}{len(told.failed):>8}{told.skipped:>9}"
            print(f"{part:<10}{mode:<9}{seed:>4}{counts}{time.monotonic() - began:>9.0f}", flush=True)
            for one in told.failed:
                print(f"failed: {one} --answers {mode} --answers-seed {seed}", flush=True)
            failures += len(told.failed)
    at_least, more = divmod(given.seeds, given.share)
    print(f"each test was run with {f'{at_least} or {at_least + 1}' if more else at_least} of these seeds")
    return bool(failures)


def _wordings(first: int, seeds: int) -> Iterator[tuple[str, int]]:
    if first == 1:
        yield "sparse", 0
    for seed in range(first, first + seeds):
        yield "random", seed


def _tests(part: str, mode: str, seed: int, share: int, jobs: str) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-m", "pytest", "-q", TESTS[part], "-n", jobs, "--dist", "worksteal"),
            *("--answers", mode, "--answers-seed", str(seed), "--answers-share", str(share)),
            *("--junitxml", str(report)),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
        if not report.exists():
            why = f"{done.stdout[-300:]}{done.stderr[-300:]}"
            return Told(0, (f"{TESTS[part]} did not run: {why}",))
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own
    failed = [case for case in cases if _has(case, "failure", "error")]
    skipped = sum(_has(case, "skipped") for case in cases)
    names = dict.fromkeys(f"{case.get('classname')}::{case.get('name')}" for case in failed)
    return Told(len(cases) - len(failed) - skipped, tuple(names), skipped)


def _has(case: ElementTree.Element, *names: str) -> bool:
    return any(case.find(name) is not None for name in names)


def _demo(mode: str, seed: int) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--answers", mode, "--seed", str(seed), "--folder", folder]
        command = [sys.executable, "-m", "cli", "demo", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return Told(1, ()) if done.returncode == 0 else Told(0, ("demo",))


if __name__ == "__main__":
    sys.exit(main())
