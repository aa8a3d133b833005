"""A share of the runs, in processes of its own; what came of each is a line of JSON on standard output."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from cli.in_process import function_names
from shared.domain.resources import CloudProduct
from shared.products import supported_products
from tests.chaos.account import a_ground
from tests.chaos.boundaries import Boundaries
from tests.chaos.clock import SharedClock
from tests.chaos.ground import LOG, Ground
from tests.chaos.modes import begun, clean_run, in_storm, killed
from tests.chaos.nursery import Nursery
from tests.chaos.owner import settings_of

_IN_MEMORY = Path("/dev/shm")


def main(wanted: dict[str, Any]) -> int:
    """`mode`, `state`, `seed`, `first`, `runs`, `only` (a run), `products` (none: all), `share`, `shares`."""
    clock, boundaries = SharedClock(), Boundaries(function_names())
    products = [CloudProduct(name) for name in wanted["products"]] or supported_products()
    here, there = socket.socketpair()
    with tempfile.TemporaryDirectory(
        prefix="chaos-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None
    ) as name:
        folder = Path(name)
        driver = os.fork()
        if driver == 0:
            there.close()
            status = 1
            try:
                with a_ground(folder, wanted["state"], clock, boundaries, here, products) as ground:
                    _runs(ground, wanted)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(status)
        here.close()
        stdout = os.dup(1)
        Nursery(clock, boundaries, folder / LOG).serve(there, settings_of)
        os.dup2(stdout, 1)
        return os.waitstatus_to_exitcode(os.waitpid(driver, 0)[1])


def _runs(ground: Ground, wanted: dict[str, Any]) -> None:
    begun(ground)
    clean = clean_run(ground)
    _tell({"boundaries": sum(clean.boundaries.values())})
    for run in _numbers(max(clean.boundaries.values()), wanted):
        struck: Counter[str] = Counter()
        if wanted["mode"] == "kill":
            wrong = killed(ground, clean, str(wanted["seed"]), run, struck)
        else:
            wrong = in_storm(ground, clean, f"{wanted['seed']}-{run}", struck)
        _tell({"run": run, "struck": struck, "wrong": wrong})


def _numbers(boundaries: int, wanted: dict[str, Any]) -> list[int]:
    """The runs of this share. Without a number: until every boundary was struck, or a hundred storms."""
    if wanted["only"]:
        return [wanted["only"]] if wanted["share"] == 0 else []
    runs = wanted["runs"] or (boundaries if wanted["mode"] == "kill" else 100)
    return list(range(wanted["first"] + wanted["share"], wanted["first"] + runs, wanted["shares"]))


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
