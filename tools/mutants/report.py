"""What a run of mutants comes to: each that went unnoticed at once, and a table at the end."""

import json
import sys
from collections import Counter
from dataclasses import dataclass

from tools.mutants.mutation import Mutant

VERDICTS = ("killed", "timed out", "survived", "equivalent")
_COLUMNS = ("Killed", "Timed out", "Survived", "Equivalent", "Noticed", "Goal")
#: Share of a random sample that the tests must notice.
GOALS = {
    "shared/domain": 0.92,
    "shared/services": 0.92,
    "shared/state": 0.92,
    "shared/validation": 0.92,
    "shared/products": 0.85,
    "shared/cloud": 0.85,
    "host": 0.85,
}


@dataclass
class Outcome:
    mutant: Mutant
    area: str
    verdict: str  #: killed, timed out, survived, equivalent, unreached
    noticed_by: str = ""


def tell(outcome: Outcome, number: int, of: int) -> None:
    if outcome.verdict == "survived":
        print(f"survived  {outcome.mutant}", file=sys.stderr)
    elif sys.stderr.isatty():
        print(f"{number}/{of}", end="\r", file=sys.stderr)


def report(outcomes: list[Outcome], seed: int, *, as_json: bool) -> int:
    below = False
    print(f"\n{'Area':<20}" + "".join(f"{title:>12}" for title in _COLUMNS), file=sys.stderr)
    for area in dict.fromkeys(outcome.area for outcome in outcomes):
        counts = Counter(outcome.verdict for outcome in outcomes if outcome.area == area)
        counted = sum(counts.values()) - counts["equivalent"]
        noticed = counts["killed"] + counts["timed out"]
        share = noticed / counted if counted else 1.0
        goal = 1.0 if area == "named" else next((g for a, g in GOALS.items() if area.startswith(a)), 0.0)
        below |= share < goal
        cells = [str(counts[verdict]) for verdict in VERDICTS] + [f"{share:.0%}", f"{goal:.0%}"]
        print(f"{area:<20}" + "".join(f"{cell:>12}" for cell in cells), file=sys.stderr)
    if as_json:
        rows = [
            {
                "area": o.area,
                "file": o.mutant.path,
                "line": o.mutant.line,
                "fault": o.mutant.fault,
                "before": o.mutant.before,
                "after": o.mutant.after,
                "verdict": o.verdict,
                "noticed_by": o.noticed_by,
            }
            for o in outcomes
        ]
        print(json.dumps({"seed": seed, "mutants": rows}, ensure_ascii=False, indent=1))
    return 1 if below else 0
