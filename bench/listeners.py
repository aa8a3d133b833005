"""Listeners with several certificates, each of which gets a successor of its own: three changes of each."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from bench.emulated import LATENCY_MS, SETTLE_S, discover, ground
from bench.figures import Figure
from bench.shares.share import REGIONS, SITE
from emulator.estate import parse_estate
from shared.domain.events import WorkersScheduled
from shared.domain.requests import CreateDeploymentJob, RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.services.create import create_deployment_jobs
from shared.services.deploy import deploy_workers
from shared.services.run import run_deployment_jobs
from shared.services.scan import scan_certificates

_LISTENERS: Final = 10
_SLOTS: Final = 5  #: of each: the default, and additional ones
_CHANGES: Final = 3  #: another default, the new additional ones, without the old ones
_CALLS: Final = 3  #: of each change: its state, its certificates, the change
_TIME: Final = 1.5  #: goal: times the changes of one listener, one after the other
_PROTOCOLS: Final = {CloudProduct.ALB: "HTTPS", CloudProduct.NLB: "TCPSSL"}


def figures() -> Iterator[Figure]:
    """How long so many listeners take, beside one of them."""
    for product in _PROTOCOLS:
        yield from _figures(product)


def _figures(product: CloudProduct) -> Iterator[Figure]:
    names, slots = [f"s{number}" for number in range(_SLOTS)], _LISTENERS * _SLOTS
    sections = {
        "certificates": _certificates(names),
        product.value.lower(): [_balancer(product, number, names) for number in range(_LISTENERS)],
    }
    with ground(sections) as here:
        world = here.world(product, REGIONS[:1])
        scan_certificates(world)
        discover(world, product)
        known = parse_estate(sections)
        wanted = tuple(known.id_of(f"{name}-new") for name in names)
        job = create_deployment_jobs(world, CreateDeploymentJob(name="bench", cert_ids=wanted)).jobs[0]
        run_deployment_jobs(world, RunDeploymentJobs(job_id=job.job_id))
        here.calls()
        began = time.monotonic()
        deploy_workers(world, WorkersScheduled(job_id=job.job_id, product=product), product)
        seconds = time.monotonic() - began
        calls = Counter(call["action"] for call in here.calls())
        workers = world.workers.list(job.job_id)
        done = sum(worker.status is WorkerStatus.SUCCESS for worker in workers)
    yield Figure(
        f"{_LISTENERS} listeners of {product.value}, {_SLOTS} certificates each",
        seconds,
        "s",
        floor=_CHANGES * (SETTLE_S + _CALLS * LATENCY_MS / 1000),
        goal=_TIME,
        note=f"floor: {_CHANGES} changes of one listener, of {_CALLS} calls and {SETTLE_S:g} s to settle",
    )
    yield Figure(
        "calls for each slot",
        sum(calls.values()) / slots,
        "calls",
        note=", ".join(f"{name} {count}" for name, count in calls.most_common()),
    )
    yield Figure("slots that were not deployed to", slots - done, "slots", floor=0, goal=1)


def _certificates(names: list[str]) -> dict[str, Any]:
    """Each name has a certificate that ends soon, and its successor."""
    rows = {name: {"names": [f"{name}.{SITE}"], "key": "ecdsa-p256"} for name in names}
    return {name: {**row, "days": 10} for name, row in rows.items()} | {
        f"{name}-new": {**row, "days": 199} for name, row in rows.items()
    }


def _balancer(product: CloudProduct, number: int, names: list[str]) -> dict[str, Any]:
    listener = {"port": 443, "protocol": _PROTOCOLS[product], "default": names[0], "additional": names[1:]}
    return {"name": f"front-{number}", "region": REGIONS[0], "listeners": [listener]}
