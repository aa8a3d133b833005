"""Functions that work at the same time: shards of one job share the account's rates."""

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
from shared.domain.jobs import DeploymentJob
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.services import shards

_SHARDS: Final = 4
_PRODUCT: Final = CloudProduct.CDN
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
deploy_workers(Session(read_settings()).world(), event)
"""


def figures(domains: int) -> Iterator[Figure]:
    """As many shards as four, each in a process of its own, as functions are."""
    part = share(_PRODUCT, domains)
    with ground(part.estate) as here:
        world = here.world(_PRODUCT, part.regions)
        usual, shards.WORKERS = shards.WORKERS, domains // _SHARDS  # type: ignore[misc]
        try:
            job = planned(world, _PRODUCT)
        finally:
            shards.WORKERS = usual  # type: ignore[misc]
        here.calls()
        seconds = _worked_on(here, job)
        calls = here.calls()
        done = sum(w.status is WorkerStatus.SUCCESS for w in world.workers.list(job.job_id))
    throttled = sum(call["code"].startswith("Throttling") for call in calls)
    most = Counter(call["action"] for call in calls).most_common(3)
    name = f"{done} {_PRODUCT.value} domains in {_SHARDS} functions at once"
    floor = domains / 30 + SETTLE_S
    yield Figure(name, seconds, "s", floor=floor, goal=1.3, note="floor: one write each at 30/s, one settle")
    yield Figure(
        f"{name}: throttled calls",
        100 * throttled / len(calls),
        "%",
        floor=5,
        goal=1,
        note=", ".join(f"{action} {count}" for action, count in most),
    )
    yield Figure("slots that were not deployed to", domains - done, "slots", floor=0, goal=1)


def _worked_on(here: Ground, job: DeploymentJob) -> float:
    """Seconds until all have ended. Their start is not counted."""
    environment = {**os.environ, **here.environment_of(_PRODUCT)}
    code = _CODE.format(product=_PRODUCT.name)
    running: list[subprocess.Popen[Any]] = [
        subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", code, str(job.job_id), str(shard), str(_SHARDS)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for shard in range(_SHARDS)
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
