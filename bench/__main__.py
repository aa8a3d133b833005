"""`make bench`, or `python -m bench --json`. Every figure is of this run, beside its floor."""

import argparse
import json
import sys
from dataclasses import asdict
from functools import partial

from rich.console import Console
from rich.table import Table

from bench import deployment, discovery, imports
from bench.emulated import SETTLE_S
from bench.shares import shared_products
from cli import output
from shared.domain.resources import CloudProduct


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--slots", type=int, default=5000, help="slots of the estate that is discovered")
    parser.add_argument("--domains", type=int, default=200, help="CDN domains of the timed deployment")
    options = parser.parse_args()
    say = partial(print, file=sys.stderr)

    say(f"discovery of an estate of {options.slots} slots under the documented limits …")
    found = discovery.run(options.slots)
    say("API calls for each deployed slot …")
    each = [deployment.run(product, 8) for product in shared_products()]
    say(f"a deployment to {options.domains} CDN domains under the documented limits …")
    timed = deployment.run(CloudProduct.CDN, options.domains)
    say("import times of the handlers …")
    loaded = imports.measure()
    if options.json:
        figures = {
            "discovery": [{**asdict(one), "above": one.above} for one in found],
            "calls": [asdict(one) for one in each],
            "deployment": {**asdict(timed), "floor_s": timed.floor_s, "ratio": timed.ratio},
            "imports": [asdict(one) for one in loaded],
        }
        print(json.dumps(figures, indent=2))
    else:
        screen = Console(highlight=False, width=110)
        for part in (_discovery(found), _calls(each), _timed(timed), _imports(loaded)):
            screen.print(part)
            screen.print()
    good = (
        all(one.complete and not one.above for one in found)
        and all(one.complete for one in (*each, timed))
        and not any(one.forbidden for one in loaded)
    )
    return 0 if good else 1


def _discovery(found: list[discovery.Discovery]) -> Table:
    made = output.table(
        *("Product", "Slots", "Calls", "Floor", "Seconds", "Of them"),
        title=f"Discovery of {sum(one.found for one in found)} slots, beside the fewest calls possible",
        wrap=("Of them",),
    )
    for one in found:
        above = f"above the floor: {_listed(one.above)}" if one.above else ""
        output.row(
            made,
            one.product.value,
            f"{one.found}" if one.complete else f"{one.found} of {one.slots}",
            str(sum(one.calls.values())),
            str(sum(one.floor.values())),
            f"{one.seconds:.1f}",
            above or _listed(one.calls),
        )
    calls, floor = (
        sum(sum(counts.values()) for counts in every)
        for every in ([one.calls for one in found], [one.floor for one in found])
    )
    seconds, slots = sum(one.seconds for one in found), sum(one.found for one in found)
    output.row(made, "all", str(slots), str(calls), str(floor), f"{seconds:.1f}", "")
    return made


def _calls(each: list[deployment.Deployment]) -> Table:
    made = output.table(
        "Product", "Calls", "Of them", title="API calls for each deployed slot", wrap=("Of them",)
    )
    for one in each:
        parts = ", ".join(f"{name} {count / one.slots:.1f}" for name, count in one.calls.items())
        output.row(made, one.product.value, f"{one.calls_per_slot:.1f}", parts)
    return made


def _timed(timed: deployment.Deployment) -> Table:
    made = output.table("", "Seconds", title=f"A deployment to {timed.slots} CDN domains")
    floor = f"floor: one write each at {timed.writes_per_s}/s, and {SETTLE_S:g} s to settle"
    output.row(made, floor, f"{timed.floor_s:.1f}")
    for name, seconds in timed.floors_s.items():
        output.row(made, f"  what its {timed.calls[name]} calls of {name} need", f"{seconds:.1f}")
    output.row(made, f"taken; {timed.verified} verified by handshakes", f"{timed.seconds:.1f}")
    output.row(made, "taken / floor", f"{timed.ratio:.2f}")
    return made


def _imports(loaded: list[imports.Import]) -> Table:
    made = output.table("Handler", "Seconds", "Modules", "Must not be there", title="Cold import of handlers")
    for handler in loaded:
        there = ", ".join(handler.forbidden)
        output.row(made, handler.function, f"{handler.seconds:.2f}", str(handler.modules), there)
    return made


def _listed(calls: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in calls.items())


if __name__ == "__main__":
    sys.exit(main())
