"""One deployment to slots of one product, under the documented limits."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.emulated import SETTLE_S, Ground, discover, ground
from bench.figures import Figure
from bench.shares import Share, look_reads, share, shared_products, write_calls
from bench.shares.share import NEW, certificates
from emulator.estate import parse_estate
from emulator.services import service_classes
from shared.cloud.pacing import UNPUBLISHED
from shared.domain.events import WorkersScheduled
from shared.domain.jobs import DeploymentJob, Handshake, WorkerResource
from shared.domain.requests import CreateDeploymentJob, RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.products import adapter_class
from shared.services.create import create_deployment_jobs
from shared.services.deploy import deploy_workers
from shared.services.run import run_deployment_jobs
from shared.services.scan import scan_certificates
from shared.services.world import World

#: Products of which a deployment is timed as well.
TIMED: Final = (CloudProduct.CDN, CloudProduct.DCDN, CloudProduct.OSS, CloudProduct.WAF, CloudProduct.ESA)
_CALLS: Final = 1.2  #: goal: times the calls of a look, a write and a look
_TIME: Final = 1.15  #: goal: times what the pace of the calls takes


@dataclass(frozen=True)
class Deployment:
    product: CloudProduct
    slots: int
    success: int
    verified: int  #: by a TLS handshake
    seconds: float  #: from the run that starts the job until every slot is settled
    calls: dict[str, int]  #: by action, of every API
    throttled: int  #: of these calls
    floor_s: float
    longest: str  #: the calls that `floor_s` is spent on, in words

    @property
    def calls_per_slot(self) -> float:
        return sum(self.calls.values()) / self.slots


def figures(slots: int) -> Iterator[Figure]:
    """What each slot of a product costs in calls, and how long so many of some products take."""
    failed = throttled = 0
    for product in shared_products(others=True):
        one = run(product, 8)
        failed, throttled = failed + one.slots - one.success, throttled + one.throttled
        yield _calls(one)
    for product in TIMED:
        timed = run(product, slots)
        failed, throttled = failed + timed.slots - timed.success, throttled + timed.throttled
        yield Figure(
            f"{timed.slots} slots of {product.value}, {timed.verified} proved by handshakes",
            timed.seconds,
            "s",
            floor=timed.floor_s,
            goal=_TIME,
            note=f"floor: {timed.longest}, and {SETTLE_S:g} s to settle",
        )
    yield Figure("slots that were not deployed to", failed, "slots", floor=0, goal=1)
    yield Figure("calls that a limit refused", throttled, "calls", floor=0, goal=1)


def _calls(one: Deployment) -> Figure:
    """A list that is shared may tell many slots at once: then there are fewer calls than in the base."""
    reads, writes = look_reads(one.product), write_calls(one.product)
    base = 2 * sum(reads.values()) + sum(writes.values())
    return Figure(
        f"{one.product.value}: calls for each slot",
        one.calls_per_slot,
        "calls",
        floor=base or None,
        goal=_CALLS if base else None,
        note=", ".join(f"{name} {count / one.slots:.1f}" for name, count in one.calls.items()),
    )


def run(product: CloudProduct, slots: int) -> Deployment:
    """To so many slots of one product, which all get the same certificate."""
    part = share(product, slots)
    with ground(part.estate) as here:
        return _deploy(here, product, part)


def planned(world: World, product: CloudProduct) -> DeploymentJob:
    """A job that is due: the new certificate on every slot of the estate."""
    scan_certificates(world)
    discover(world, product)
    renewed = parse_estate({"certificates": certificates()}).id_of(NEW)
    request = CreateDeploymentJob(name="bench", cert_ids=(renewed,))
    job = create_deployment_jobs(world, request).jobs[0]
    run_deployment_jobs(world, RunDeploymentJobs(job_id=job.job_id))
    return job


def _deploy(here: Ground, product: CloudProduct, part: Share) -> Deployment:
    world = here.world(product, part.regions)
    job = planned(world, product)
    here.calls()
    started = time.monotonic()
    deploy_workers(world, WorkersScheduled(job_id=job.job_id, product=product), product)
    seconds = time.monotonic() - started
    workers = list(world.workers.list(job.job_id))
    calls = here.calls()
    floor_s, longest = _floor(product, part, workers)
    return Deployment(
        product=product,
        slots=len(workers),
        success=sum(worker.status is WorkerStatus.SUCCESS for worker in workers),
        verified=sum(
            worker.verification is not None and worker.verification.handshake is Handshake.SERVED
            for worker in workers
        ),
        seconds=seconds,
        calls=dict(Counter(call["action"] for call in calls).most_common()),
        throttled=sum("Throttling" in call["code"] for call in calls),
        floor_s=floor_s,
        longest=longest,
    )


def _floor(product: CloudProduct, part: Share, workers: Sequence[WorkerResource]) -> tuple[float, str]:
    """Nothing beats its writes and the reads that no list gives, at their pace; and the last one settles.

    What tells of one slot alone is asked twice, before its write and after. Each region has its own pace.
    """
    places = Counter(worker.resource.region or worker.resource.location for worker in workers)
    busiest = max(places.values(), default=0) / max(len(workers), 1)
    needed = {name: count * len(workers) for name, count in write_calls(product).items()}
    for name, count in look_reads(product).items():  # fewer, where a list is for all slots of an instance
        needed[name] = 2.0 * part.floor.get(name, count * len(workers))
    own = adapter_class(product).actions  # the key pair, where it is needed, is asked of CAS once
    took = {name: needed[name] * busiest / _per_second(product, name) for name in needed if name in own}
    longest = max(took, key=lambda name: took[name], default="")
    if not longest:
        return SETTLE_S, "no call that is known"
    told = f"{needed[longest]:g} {longest} at {_per_second(product, longest):g}/s"
    return took[longest] + SETTLE_S, told if busiest == 1 else f"{told} in each of {len(places)} regions"


def _per_second(product: CloudProduct, action: str) -> float:
    """As documented; or as careful as the adapter is."""
    adapter = adapter_class(product)
    limits = service_classes()[adapter.api.code.replace("-", "_")].limits
    return limits.get(action) or adapter.actions[action].per_second or UNPUBLISHED
