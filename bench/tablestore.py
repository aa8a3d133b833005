"""What discovery and a job cost on Tablestore: requests and capacity units of each slot, and memory.

The product is in memory here, so that nothing but the state is measured. Floors are what no way of using
Tablestore can do better than, given what must be stored: a row of a slot and one of its name, each added
under a condition, and the latter looked at once more, since others may be about to remove it; slots seen
again are read by a range; a worker is claimed, remembers and ends, its writer's lease is taken and let go,
and the slot's row is read and says what was done.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, ClassVar, Final

from bench.emulated import Ground, ground
from bench.figures import Figure
from bench.shares.share import NEW, OLD, STORE, certificates
from cli.demo.stage import State, ask_emulator
from emulator.estate import parse_estate
from shared.cloud.credentials import from_environment
from shared.domain.events import WorkersScheduled
from shared.domain.requests import CreateDeploymentJob, RunDeploymentJobs
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import WorkerStatus
from shared.products.cdn.adapter import Adapter as Cdn
from shared.products.kit.base import Step
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.found import Found
from shared.runtime.settings import read_settings
from shared.services.create import create_deployment_jobs
from shared.services.deploy import deploy_workers
from shared.services.run import run_deployment_jobs
from shared.services.scan import scan_certificates
from shared.services.sweep import discover_region
from shared.services.world import ProbeResult, World
from shared.state.tables import TABLES
from shared.state.tablestore import create_tables

SIZES: Final = (500, 1000, 2000)
_LIMIT: Final = 1.3
_GROWTH: Final = 1.1  #: of what a slot costs, from the smallest size to the largest
_ROW_BYTES: Final = 700  #: of a slot, about; a unit is 4 KB
_BESIDE: Final = 8  #: requests that are for no slot: the certificates, the region's status before and after
_PRODUCT: Final = CloudProduct.CDN


@dataclass(frozen=True)
class Used:
    requests: float
    read: float
    write: float
    seconds: float = 0.0
    peak_kb: float = 0.0

    @property
    def units(self) -> float:
        return self.read + self.write


@dataclass(frozen=True)
class Measured:
    slots: int
    first: Used
    again: Used
    job: Used
    done: int  #: workers with success


#: A request adds 200 rows, and reads 100, or 5,000 in a row.
_FLOORS: Final[tuple[tuple[str, Used, Callable[[Measured], Used]], ...]] = (
    ("a new slot", Used(2 / 200 + 1 / 100, 3, 2), lambda one: one.first),
    ("a slot seen again", Used(1 / 5000, _ROW_BYTES / 4096, 0), lambda one: one.again),
    ("a worker", Used(7, 7, 6), lambda one: one.job),
)


class InMemory(Cdn):
    """So many domains, each of which carries what was written to it."""

    carried: ClassVar[dict[str, str]] = {}

    def discover(self, region: str) -> Iterator[Found]:
        return map(_slot, list(self.carried), self.carried.values())

    def _look(self, change: Change) -> Look:
        name = change.resource.resource_id
        there = self.carried[name]
        return Look(carrying(change, there), _slot(name, there), settings={"Https": "on"})

    def _advance(self, steps: Sequence[Step]) -> None:
        for change, _ in steps:
            assert change.wanted is not None
            self.carried[change.resource.resource_id] = change.wanted.identifier


def _slot(name: str, identifier: str) -> CloudResource:
    return CloudResource(
        product=_PRODUCT,
        resource_id=name,
        domains=(name,),
        cert_identifier=identifier,
        endpoint=f"{name}:443",
    )


def figures(sizes: Sequence[int]) -> Iterator[Figure]:
    measured = [run(slots) for slots in sorted(sizes)]
    largest, smallest = measured[-1], measured[0]
    for name, floor, of in _FLOORS:
        used, less, slots = of(largest), of(smallest), largest.slots
        requests = floor.requests + _BESIDE / slots
        told = f"{used.read / slots:.2f} to read; {used.seconds:.0f} s in all"
        yield Figure(f"{name}, of {slots:,}", used.requests / slots, "requests", requests, _LIMIT)
        yield Figure(name, used.units / slots, "units", floor.units + _BESIDE / slots, _LIMIT, told)
        yield Figure(
            f"{name}, of {slots:,} beside {smallest.slots:,}",
            used.units / slots,
            "units",
            less.units / smallest.slots,
            _GROWTH,
        )
        each, before = used.peak_kb / slots, less.peak_kb / smallest.slots
        note = f"{used.peak_kb / 1024:.1f} MB in all"
        yield Figure(f"{name}: memory, likewise", each, "KB", before, _GROWTH, note)
    yield Figure("workers without success", sum(one.slots - one.done for one in measured), "workers", 0, 1)


def run(slots: int) -> Measured:
    with ground({}, latency_ms=0, state=State.TABLESTORE) as here:
        settings = read_settings(here.environment)
        assert settings.tablestore is not None
        create_tables(settings.tablestore, from_environment(here.environment), TABLES)
        world = _world(here)
        scan_certificates(world)
        InMemory.carried = dict.fromkeys(
            (f"d{number}.example.com" for number in range(slots)), _id_of(OLD[0])
        )

        def read() -> None:
            status = discover_region(world, _PRODUCT, "", None)
            assert status is not None
            assert status.count == slots, status

        first, again = _used(here, read), _used(here, read)
        job_id = _planned(world)
        job = _used(here, lambda: _deploy(world, job_id))
        done = sum(one.status is WorkerStatus.SUCCESS for one in world.workers.list(job_id))
    return Measured(slots, first, again, job, done)


def _world(here: Ground) -> World:
    world = here.world(_PRODUCT)
    make = world.adapter

    def adapter(*arguments: Any, **named: Any) -> Cdn:
        made = make(*arguments, **named)
        made.__class__ = InMemory
        assert isinstance(made, InMemory)
        return made

    def probe(*_: object, **__: object) -> ProbeResult:
        return ProbeResult(served=True, detail="", trusted=True)

    began = time.monotonic()
    return replace(world, adapter=adapter, probe=probe, left_s=lambda: 1e6 - (time.monotonic() - began))


def _id_of(name: str) -> str:
    return f"{parse_estate({'certificates': certificates()}).id_of(name)}-{STORE}"


def _planned(world: World) -> int:
    renewed = int(_id_of(NEW).partition("-")[0])
    job = create_deployment_jobs(world, CreateDeploymentJob(name="bench", cert_ids=(renewed,))).jobs[0]
    run_deployment_jobs(world, RunDeploymentJobs(job_id=job.job_id))
    return job.job_id


def _deploy(world: World, job_id: int) -> None:
    shards = sorted({one.shard for one in world.workers.list(job_id)})
    for shard in shards:
        event = WorkersScheduled(job_id=job_id, product=_PRODUCT, shard=shard, shards=len(shards))
        deploy_workers(world, event, _PRODUCT)


def _used(here: Ground, does: Callable[[], object]) -> Used:
    before, began = _usage(here), datetime.now(timezone.utc)
    tracemalloc.start()
    try:
        does()
        peak = tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()
    now, seconds = _usage(here), (datetime.now(timezone.utc) - began).total_seconds()
    return Used(
        now.requests - before.requests, now.read - before.read, now.write - before.write, seconds, peak
    )


def _usage(here: Ground) -> Used:
    tables = ask_emulator(here.environment["CERTDEPLOY_ENDPOINT"], "tablestore")["certdeploy"]
    told = tables.values()
    return Used(
        sum(sum(table["requests"].values()) for table in told),
        sum(table["read"] for table in told),
        sum(table["write"] for table in told),
    )
