"""`make bench`, or `python -m bench --json`. Every figure is of this run, beside its floor."""

import argparse
import json
import sys
from dataclasses import asdict
from functools import partial

from rich.console import Console

from bench import deployment, imports
from cli import output


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--domains", type=int, default=200, help="CDN domains of the timed deployment")
    options = parser.parse_args()
    say = partial(print, file=sys.stderr)

    say("API calls for each deployed slot …")
    calls = [deployment.run(deployment.estate(**{key: 10})) for key in ("cdn", "alb", "oss")]
    say(f"a deployment to {options.domains} CDN domains under the documented limits …")
    timed = deployment.run(deployment.estate(cdn=options.domains))
    say("import times of the handlers …")
    loaded = imports.measure()
    if options.json:
        print(
            json.dumps(
                {
                    "calls": [asdict(one) for one in calls],
                    "deployment": {**asdict(timed), "floor_s": timed.floor_s, "ratio": timed.ratio},
                    "imports": [asdict(one) for one in loaded],
                },
                indent=2,
            )
        )
    else:
        _tables(calls, timed, loaded)
    return 1 if any(one.forbidden for one in loaded) or not timed.complete else 0


def _tables(
    calls: list[deployment.Deployment], timed: deployment.Deployment, loaded: list[imports.Import]
) -> None:
    screen = Console(highlight=False, width=110)
    made = output.table(
        "Product", "Calls", "Of them", title="API calls for each deployed slot", wrap=("Of them",)
    )
    for one in calls:
        parts = ", ".join(f"{name} {count / one.slots:.1f}" for name, count in one.calls.items())
        output.row(made, one.product, f"{one.calls_per_slot:.1f}", parts)
    screen.print(made)
    screen.print()
    made = output.table("", "Seconds", title=f"A deployment to {timed.slots} CDN domains")
    floor = f"floor: one write each at {timed.writes_per_s}/s, and {timed.settle_s:g} s to settle"
    output.row(made, floor, f"{timed.floor_s:.1f}")
    for name, seconds in timed.floors_s.items():
        output.row(made, f"  what its {timed.calls[name]} calls of {name} need", f"{seconds:.1f}")
    output.row(made, f"taken; {timed.verified} verified by handshakes", f"{timed.seconds:.1f}")
    output.row(made, "taken / floor", f"{timed.ratio:.2f}")
    screen.print(made)
    screen.print()
    made = output.table("Handler", "Seconds", "Modules", "Must not be there", title="Cold import of handlers")
    for handler in loaded:
        there = ", ".join(handler.forbidden)
        output.row(made, handler.function, f"{handler.seconds:.2f}", str(handler.modules), there)
    screen.print(made)


if __name__ == "__main__":
    sys.exit(main())
