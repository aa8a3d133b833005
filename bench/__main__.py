"""`make bench`, or `python -m bench --json`. Every figure is of this run, beside its floor."""

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import (
    console,
    cost,
    deployment,
    discovery,
    figures,
    imports,
    listeners,
    plans,
    plot,
    side_by_side,
    tablestore,
)
from bench.estates import Size
from bench.figures import Figure
from cli import output

PARTS: dict[str, Callable[[Namespace], Iterator[Figure]]] = {
    "discovery": lambda options: discovery.figures(options.slots),
    "deployment": lambda options: deployment.figures(options.deployed),
    "side by side": lambda options: side_by_side.figures(options.deployed),
    "listeners": lambda _: listeners.figures(),
    "imports": lambda _: imports.figures(),
    "tablestore": lambda options: tablestore.figures(options.rows or tablestore.SIZES),
    "cost": lambda _: cost.figures(),
    "console": lambda _: console.figures(),
    "plans": lambda options: _plans(options),
}
_SIZES = [Size(1_000, 100), Size(10_000, 1_000), Size(100_000, 10_000)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; may be repeated")
    parser.add_argument("--slots", type=int, default=5000, help="slots of the estate that is discovered")
    parser.add_argument("--deployed", type=int, default=200, help="slots of each timed deployment")
    parser.add_argument(
        "--rows",
        type=int,
        action="append",
        help=f"slots whose state is measured on Tablestore; may be repeated; default: {tablestore.SIZES}",
    )
    parser.add_argument(
        "--size",
        type=Size.parse,
        action="append",
        metavar="SLOTSxCERTIFICATES",
        help=f"an estate that is planned for; may be repeated; default: {', '.join(map(str, _SIZES))}",
    )
    parser.add_argument(
        "--plot", type=Path, default=Path("bench-growth.png"), help="file for the plot of their growth"
    )
    options = parser.parse_args()

    measured: dict[str, list[Figure]] = {}
    for part in options.only or PARTS:
        print(f"measuring {part} …", file=sys.stderr)
        measured[part] = list(PARTS[part](options))
    if options.json:
        print(json.dumps(figures.as_rows(measured), indent=2))
    else:
        output.show(figures.as_table(measured))
    return 0 if figures.good(measured) else 1


def _plans(options: Namespace) -> Iterator[Figure]:
    measured = list(plans.run(sorted(options.size or _SIZES)))
    plot.growth(measured, options.plot)
    return plans.figures(measured)


if __name__ == "__main__":
    sys.exit(main())
