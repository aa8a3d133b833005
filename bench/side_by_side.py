"""Functions that work at the same time: the shards of one job share the account's rates."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from bench.deployment import planned
from bench.emulated import SETTLE_S, Ground, ground
from bench.figures import Figure
from bench.shares import share
from shared.domain.jobs import DeploymentJob, Handshake
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.services import shards

_SHARDS: Final = 4
_PRODUCT: Final = CloudProduct.CDN
_WRITES_PER_S: Final = 30  #: of CDN, documented
_TIME: Final = 1.15  #: goal: times what the pace of the writes takes
_CODE: Final = """
import sys
from cli.session import Session
from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.runtime.settings import read_settings
from shared.services.deploy import deploy_workers
job_id, shard, shards = map(int, sys.argv[1:])
event = WorkersScheduled(job_id=job_id, product=CloudProduct.{product}, shard=shard, shards=shards)
print("ready", flush=True)
sys.stdin.readline()
deploy_workers(Session(read_settings()).world(), event, event.product)
"""


def figures(domains: int) -> Iterator[Figure]:
    """A job of four shards, and one of five times as many domains in shards of the usual size.

    Each shard is in a process of its own, as functions are.
    """
    usual = shards.WORKERS
    for count, size in ((domains, domains // _SHARDS), (5 * domains, usual)):
        shards.WORKERS = size  # type: ignore[misc]
        try:
            yield from _job(count)
        finally:
            shards.WORKERS = usual  # type: ignore[misc]


def _job(domains: int) -> Iterator[Figure]:
    part = share(_PRODUCT, domains)
    with ground(part.estate) as here:
        world = here.world(_PRODUCT, part.regions)
        job = planned(world, _PRODUCT)
        count = 1 + max(worker.shard for worker in world.workers.list(job.job_id))
        here.calls()
        seconds = _worked_on(here, job, count)
        calls = here.calls()
        workers = list(world.workers.list(job.job_id))
    done = sum(worker.status is WorkerStatus.SUCCESS for worker in workers)
    proved = sum(
        worker.verification is not None and worker.verification.handshake is Handshake.SERVED
        for worker in workers
    )
    throttled = sum(call["code"].startswith("Throttling") for call in calls)
    most = Counter(call["action"] for call in calls).most_common(3)
    name = f"{domains} {_PRODUCT.value} domains in {count} functions at once"
    yield Figure(
        f"{name}, {proved} proved by handshakes",
        seconds,
        "s",
        floor=domains / _WRITES_PER_S + SETTLE_S,
        goal=_TIME,
        note=f"floor: one write each at {_WRITES_PER_S}/s, and {SETTLE_S:g} s to settle",
    )
    yield Figure(
        f"{name}: calls that a limit refused",
        100 * throttled / len(calls),
        "%",
        floor=5,
        goal=1,
        note=", ".join(f"{action} {times}" for action, times in most),
    )
    yield Figure(f"{name}: not deployed to", domains - done, "slots", floor=0, goal=1)


def _worked_on(here: Ground, job: DeploymentJob, count: int) -> float:
    """Seconds until all have ended. Their start is not counted."""
    environment = {**os.environ, **here.environment_of(_PRODUCT)}
    code = _CODE.format(product=_PRODUCT.name)
    running: list[subprocess.Popen[Any]] = [
        subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", code, str(job.job_id), str(shard), str(count)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for shard in range(count)
    ]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n", "a function could not begin"
    started = time.monotonic()
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in running:
        one.communicate()
    return time.monotonic() - started
