"""What plans and maps of an estate cost in time and memory, and how that grows with the estate."""

import sqlite3
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.estates import Size, fill, known, widest, world
from bench.figures import Figure
from shared.domain.events import CertificateIssued
from shared.domain.requests import PreviewDeploymentJob
from shared.services import plan as planning
from shared.services.create import create_deployment_jobs
from shared.services.map import map_certificate, map_slots
from shared.services.preview import preview
from shared.services.world import World

ROOT: Final = Path(__file__).parents[1]
_RUNS: Final = 3
#: Beside reading: each row that is read once there is read, met with certificates by its names, and weighed.
#: In the smallest estate half of that is the making of models' validators, once.
_GOAL: Final = 5
_GROWTH: Final = 1.5  #: times as much for each slot and certificate of a larger estate


def _read(here: World, _: Size) -> object:
    return known(here), [r.resource for product in here.policy.products for r in here.resources.list(product)]


def _preview(here: World, size: Size) -> object:
    return preview(here, PreviewDeploymentJob(cert_ids=(widest(here, size).cert_id,)))


def _automatic(here: World, _: Size) -> object:
    certificates = known(here)
    return planning.plan(here, certificates, planning.candidates(here, certificates), automatic=True)


def _map(here: World, _: Size) -> object:
    return map_slots(here, here.policy.products)


def _show(here: World, size: Size) -> object:
    return map_certificate(here, widest(here, size))


def _job(here: World, size: Size) -> object:
    return create_deployment_jobs(here, CertificateIssued(cert_identifier=widest(here, size).identifier))


@dataclass(frozen=True)
class Use:
    run: Callable[[World, Size], object]
    what: str
    goal: float | None  #: beside reading the estate, which all others rest on


BASE: Final = "reading"
USES: Final = {
    BASE: Use(_read, "all slots and certificates, as values", None),
    "preview": Use(_preview, "of a certificate for half of the slots, with all that changes", _GOAL),
    "automatic plan": Use(_automatic, "of all certificates for all slots", _GOAL),
    "resource list": Use(_map, "of all slots", _GOAL),
    "certificate show": Use(_show, "of a certificate for half of the slots, beside all others", _GOAL),
    "job": Use(_job, "with a worker for half of the slots, stored", _GOAL),
}


@dataclass(frozen=True)
class Measured:
    use: str
    size: Size
    seconds: float  #: of the processor
    mb: float  #: that Python holds at the peak

    @property
    def us_each(self) -> float:
        return self.seconds * 1e6 / self.size.rows

    @property
    def kb_each(self) -> float:
        return self.mb * 1e3 / self.size.rows


def figures(measured: Sequence[Measured]) -> Iterator[Figure]:
    """Of estates in ascending order: each use by size, and what a row of the largest two costs."""
    read = {one.size: one.seconds for one in measured if one.use == BASE}
    for name, use in USES.items():
        here = [one for one in measured if one.use == name]
        for one in here:
            floor = read[one.size] if use.goal else None
            yield Figure(f"{name}, {one.size}", one.seconds, "s", floor, use.goal, use.what)
            yield Figure(f"{name}, {one.size}: memory", one.mb, "MB")
        for before, one in list(pairwise(here))[-1:]:
            each = f"for each slot and certificate; floor: at {before.size}"
            yield Figure(f"{name}: growth of time", one.us_each, "µs", before.us_each, _GROWTH, each)
            yield Figure(f"{name}: growth of memory", one.kb_each, "kB", before.kb_each, _GROWTH, each)


def run(sizes: Sequence[Size]) -> Iterator[Measured]:
    """Each time and each peak of memory in a process of its own, on a state that no other has changed."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="certdeploy-bench-") as folder:
            state = Path(folder) / "state.db"
            fill(state, size)
            for name in USES:
                seconds = min(_apart(state, size, name, "seconds") for _ in range(_RUNS))
                yield Measured(name, size, seconds, _apart(state, size, name, "mb"))


def _apart(state: Path, size: Size, use: str, what: str) -> float:
    copy = state.with_name("copy.db")
    with closing(sqlite3.connect(state)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    command = [sys.executable, "-m", "bench.plans", str(copy), str(size), use, what]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own
    return float(done.stdout)


def _measure(state: Path, size: Size, use: str, what: str) -> float:
    here = world(state)
    if what == "mb":  # not beside the time, which it takes
        tracemalloc.start()
    started = time.process_time()
    kept = USES[use].run(here, size)
    seconds = time.process_time() - started
    assert kept is not None
    return tracemalloc.get_traced_memory()[1] / 1e6 if what == "mb" else seconds


if __name__ == "__main__":
    print(_measure(Path(sys.argv[1]), Size.parse(sys.argv[2]), sys.argv[3], sys.argv[4]))
