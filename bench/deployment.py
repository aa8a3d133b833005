"""One deployment to slots of one product, under the documented limits."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.emulated import SETTLE_S, Ground, discover, ground
from bench.figures import Figure
from bench.shares import Share, share, shared_products
from bench.shares.share import NEW, certificates
from emulator.estate import parse_estate
from emulator.services import service_classes
from shared.domain.events import WorkersScheduled
from shared.domain.jobs import DeploymentJob, Handshake
from shared.domain.requests import CreateDeploymentJob, RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.domain.states import WorkerStatus
from shared.products import adapter_class
from shared.services.create import create_deployment_jobs
from shared.services.deploy import deploy_workers
from shared.services.run import run_deployment_jobs
from shared.services.scan import scan_certificates
from shared.services.world import World


@dataclass(frozen=True)
class Deployment:
    product: CloudProduct
    slots: int
    success: int
    verified: int  #: by a TLS handshake
    seconds: float  #: from the run that starts the job until every slot is settled
    calls: dict[str, int]  #: by action, of every API
    floors_s: dict[str, float]  #: what these calls need at the documented rate
    writes_per_s: int  #: 0: no limit is documented

    @property
    def calls_per_slot(self) -> float:
        return sum(self.calls.values()) / self.slots

    @property
    def floor_s(self) -> float:
        """No way is faster: a write for each slot at the documented rate, and the last one settles."""
        return (self.slots / self.writes_per_s if self.writes_per_s else 0.0) + SETTLE_S


def figures(domains: int) -> Iterator[Figure]:
    """What each slot of a product costs in calls, and how long so many CDN domains take."""
    failed = 0
    for product in shared_products():
        one = run(product, 8)
        failed += one.slots - one.success
        parts = ", ".join(f"{name} {count / one.slots:.1f}" for name, count in one.calls.items())
        yield Figure(f"{product.value}: calls for each slot", one.calls_per_slot, "calls", note=parts)
    timed = run(CloudProduct.CDN, domains)
    failed += timed.slots - timed.success
    yield Figure(
        f"{timed.slots} CDN domains, {timed.verified} proved by handshakes",
        timed.seconds,
        "s",
        floor=timed.floor_s,
        note=f"floor: one write each at {timed.writes_per_s}/s, and {SETTLE_S:g} s to settle",
    )
    for name, seconds in timed.floors_s.items():
        yield Figure(f"what its {timed.calls[name]} calls of {name} need", seconds, "s")
    yield Figure("slots that were not deployed to", failed, "slots", floor=0, goal=1)


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
    deploy_workers(world, WorkersScheduled(job_id=job.job_id, product=product))
    seconds = time.monotonic() - started
    workers = list(world.workers.list(job.job_id))
    calls = Counter(call["action"] for call in here.calls())
    limits = _limits(product)
    return Deployment(
        product=product,
        slots=len(workers),
        success=sum(worker.status is WorkerStatus.SUCCESS for worker in workers),
        verified=sum(
            worker.verification is not None and worker.verification.handshake is Handshake.SERVED
            for worker in workers
        ),
        seconds=seconds,
        calls=dict(calls.most_common()),
        floors_s={name: count / limits[name] for name, count in calls.most_common() if name in limits},
        writes_per_s=_writes_per_s(product, limits),
    )


def _limits(product: CloudProduct) -> Mapping[str, int]:
    code = adapter_class(product).api.code.replace("-", "_")
    return service_classes()[code].limits


def _writes_per_s(product: CloudProduct, limits: Mapping[str, int]) -> int:
    writes = [name for name, action in adapter_class(product).actions.items() if action.writes]
    return min((limits[name] for name in writes if name in limits), default=0)
