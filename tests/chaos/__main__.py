"""`make chaos`: runs that are disturbed, in several processes, and what did not hold in them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from queue import Queue
from threading import Thread
from typing import Any, Final

from tests.chaos.weather import OF_STORMS

OF_KILLS: Final = (
    *("before a call", "after a call"),
    *("before a write to the state", "after a write to the state"),
)
_ENOUGH: Final = 20  #: runs in which each kind of fault strikes


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    began, struck, runs, broken = time.monotonic(), Counter[str](), 0, 0
    boundaries = 0
    for told in _until_told_to_stop(options):
        boundaries = told.get("boundaries", boundaries)
        if "ended" in told:
            broken += 1
            print(f"a process ended with status {told['ended']}", file=sys.stderr)
        if "run" not in told:
            continue
        runs += 1
        struck.update(told["struck"])
        if told["wrong"]:
            broken += 1
            _show(options, told)
    kinds = OF_KILLS if options.mode == "kill" else OF_STORMS
    if options.state == "ots" and options.mode == "kill":
        kinds = OF_KILLS[:2]  # a write to the state is a call
    seconds = time.monotonic() - began
    print(f"{options.mode} on {options.state}, seed {options.seed}: {runs} runs in {seconds:.0f} s")
    if options.mode == "kill":
        print(f"functions of {boundaries} boundaries, killed {struck.total()} times")
    for kind, count in sorted(struck.items()):
        print(f"  {count:7} {kind}")
    for kind in kinds:
        if not struck[kind]:
            print(f"        0 {kind}")
    print(f"runs in which something did not hold: {broken}" if broken else "everything held")
    return status_of(kinds, struck, runs, broken)


def status_of(kinds: Sequence[str], struck: Mapping[str, int], runs: int, broken: int) -> int:
    """0: everything held, and each of these kinds of fault struck, if there were runs enough."""
    never = [kind for kind in kinds if not struck.get(kind)]
    return int(bool(broken or not runs or (never and runs >= _ENOUGH)))


def _show(options: argparse.Namespace, told: dict[str, Any]) -> None:
    named = f" PRODUCTS={','.join(options.products)}" if options.products else ""
    settings = f"MODE={options.mode} STATE={options.state} SEED={options.seed} RUN={told['run']}{named}"
    print(f"run {told['run']}; again: make chaos {settings}")
    for one in told["wrong"]:
        print(f"  {one}")
    sys.stdout.flush()


def _told(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What the processes tell, as it comes."""
    lines: Queue[dict[str, Any]] = Queue()
    names = ("mode", "state", "seed", "first", "runs", "only", "products")
    wanted = {name: vars(options)[name] for name in names}
    shares = 1 if options.only else options.jobs
    for share in range(shares):
        order = json.dumps({**wanted, "share": share, "shares": shares})
        Thread(target=_follow, args=(order, lines), daemon=True).start()
    while shares:
        told = lines.get()
        shares -= "end" in told
        yield told


def _until_told_to_stop(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What was found so far is shown then, too."""
    try:
        yield from _told(options)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)


def _follow(order: str, lines: Queue[dict[str, Any]]) -> None:
    command = [sys.executable, "-m", "tests.chaos.share", order]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(json.loads(line))
    lines.put({"ended": process.returncode, "end": True} if process.returncode else {"end": True})


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--mode", choices=["kill", "storm"], default="kill")
    parser.add_argument("--state", choices=["sqlite", "ots"], default="sqlite")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--runs", type=int, default=0, help="0: each boundary once, or a hundred storms")
    parser.add_argument("--first", type=int, default=1, help="run to begin with: a series goes on there")
    parser.add_argument("--run", type=int, default=0, dest="only", help="only this one")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--products", type=lambda text: text.split(","), default=[])
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
