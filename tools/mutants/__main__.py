"""Plants small faults one at a time, runs the tests on each, and tells which went unnoticed.

Without --mutants of its own, a random sample of each area; --named: those of tools/mutants/named, which
must all be noticed. Exit code 1: fewer than the area's goal were.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.mutants import trial
from tools.mutants.choice import turns
from tools.mutants.lists import ListError, equivalents, named
from tools.mutants.mutation import Mutant
from tools.mutants.reach import Reach, SuiteFailsError, measured
from tools.mutants.report import GOALS, Outcome, report, tell
from tools.mutants.sampling import sample

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--count", "-n", type=int, default=20, help="mutants of each area (default: 20)")
    parser.add_argument("--seed", type=int, help="of the random sample (default: a new one, which is shown)")
    parser.add_argument(
        "--area", action="append", help=f"one of {', '.join(GOALS)}, or a file; may be repeated"
    )
    parser.add_argument("--named", action="store_true", help="the listed mutants instead of a sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants tried at once")
    parser.add_argument("--as-measured", action="store_true", help="do not measure anew which tests run what")
    parser.add_argument(
        "--within",
        type=float,
        default=float("inf"),
        metavar="S",
        help="seconds of tests, as measured, for each mutant (default: all that reach it)",
    )
    parser.add_argument("--json", action="store_true", help="all outcomes as JSON on standard output")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int(time.time()) % 100_000
    areas = options.area or list(GOALS)
    try:
        known = equivalents(ROOT)
        chosen = (
            [("named", one) for one in named(ROOT, areas if options.area else [])]
            if options.named
            else [(area, one) for area in areas for one in sample(ROOT, _modules(area), options.count, seed)]
        )
        reach = measured(ROOT, again=not options.as_measured)
    except (ListError, SuiteFailsError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print(f"{len(chosen)} mutants, seed {seed}, {len(reach.durations)} tests", file=sys.stderr)
    trial.import_beforehand(reach.modules)
    outcomes = []
    for outcome in _tried(chosen, reach, known, options.jobs, options.within):
        outcomes.append(outcome)
        tell(outcome, len(outcomes), len(chosen))
    return report(outcomes, seed, as_json=options.json)


def _modules(area: str) -> list[str]:
    path = ROOT / area
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [str(file.relative_to(ROOT)) for file in files]


def _tried(
    chosen: list[tuple[str, Mutant]],
    reach: Reach,
    known: dict[tuple[str, str, str], str],
    jobs: int,
    within_s: float,
) -> Iterator[Outcome]:
    """Each mutant's outcome, in the order in which they come to an end."""
    waiting = list(reversed(chosen))
    copies = [trial.Copy(ROOT) for _ in range(jobs)]
    idle = list(copies)
    running: list[tuple[str, trial.Trial, list[list[str]]]] = []
    try:
        while waiting or running:
            while waiting and idle:
                area, one = waiting.pop()
                if (one.path, one.before, one.after) in known:
                    yield Outcome(one, area, "equivalent")
                    continue
                left = turns(one, (ROOT / one.path).read_text(encoding="utf-8"), reach, within_s)
                if not left:
                    yield Outcome(one, area, "survived", "no test runs it")
                    continue
                running.append((area, _start(one, left[0], reach, idle.pop()), left[1:]))
            time.sleep(0.02)
            for entry in list(running):
                area, current, left = entry
                if (verdict := current.ended()) is None:
                    continue
                running.remove(entry)
                current.copy.restore()
                if verdict == "survived" and left:
                    running.append((area, _start(current.mutant, left[0], reach, current.copy), left[1:]))
                    continue
                idle.append(current.copy)
                by = current.noticed_by() if verdict == "killed" else ""
                yield Outcome(current.mutant, area, verdict, by)
    finally:
        for copy in copies:
            copy.remove()


def _start(one: Mutant, tests: list[str], reach: Reach, copy: trial.Copy) -> trial.Trial:
    return trial.start(one, tests, sum(reach.durations.get(test, 1) for test in tests), copy)


if __name__ == "__main__":
    sys.exit(main())
