"""One deployment against an emulated cloud in a process of its own, with the documented limits."""

import json
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.demo.stage import emulated
from cli.session import HeldBack, Session
from emulator.services import service_classes
from shared.domain.events import WorkersScheduled
from shared.domain.jobs import Handshake
from shared.domain.requests import CreateDeploymentJob, DiscoverResources, RunDeploymentJobs
from shared.domain.resources import CloudProduct
from shared.products import adapter_class
from shared.runtime.settings import read_settings
from shared.services.create import create_deployment_jobs
from shared.services.deploy import deploy_workers
from shared.services.discover import discover_resources
from shared.services.run import run_deployment_jobs
from shared.services.scan import scan_certificates
from shared.services.world import World

_SETTLE_S = 1.0
_REGION = "cn-hangzhou"
_RENEWED = 10742313  #: the estate's second certificate


@dataclass(frozen=True)
class Deployment:
    product: str
    slots: int
    verified: int  #: by a TLS handshake
    seconds: float  #: from the run that starts the job until every slot is settled
    settle_s: float
    calls: dict[str, int]  #: of the product's API, by action
    floors_s: dict[str, float]  #: what these calls need at the documented rate
    writes_per_s: int  #: 0: no limit is documented

    @property
    def complete(self) -> bool:
        return self.verified == self.slots

    @property
    def calls_per_slot(self) -> float:
        return sum(self.calls.values()) / self.slots

    @property
    def floor_s(self) -> float:
        """No way is faster: a write for each slot at the documented rate, and the last one settles."""
        return (self.slots / self.writes_per_s if self.writes_per_s else 0.0) + self.settle_s

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_s


def estate(cdn: int = 0, alb: int = 0, oss: int = 0) -> dict[str, Any]:
    """So many slots, all with a certificate that has a successor in CAS."""
    names = {"names": ["example.com", "*.example.com"], "key": "ecdsa-p256"}
    return {
        "regions": [_REGION],
        "certificates": {"old": {**names, "days": 10}, "new": {**names, "days": 199}},
        "cdn": [{"domain": f"d{i}.example.com", "certificate": "old"} for i in range(cdn)],
        "alb": [
            {"name": f"a{i}", "region": _REGION, "listeners": [{"port": 443, "default": "old"}]}
            for i in range(alb)
        ],
        "oss": [
            {
                "bucket": f"bucket-{i}",
                "region": _REGION,
                "cnames": [{"domain": f"o{i}.example.com", "certificate": "old"}],
            }
            for i in range(oss)
        ],
    }


def run(held: dict[str, Any]) -> Deployment:
    """Of an estate with slots of one product."""
    product = next(one for one in CloudProduct if held.get(one.value.lower()))
    with tempfile.TemporaryDirectory(prefix="certdeploy-bench-") as name:
        folder = Path(name)
        (folder / "estate.json").write_text(json.dumps(held))
        options = [f"--settle-s={_SETTLE_S}", f"--estate={folder / 'estate.json'}"]
        with emulated(folder, options) as (_, environment):
            environment = {**environment, "CERTDEPLOY_STORES": _REGION, "CERTDEPLOY_PRODUCTS": product.value}
            world = Session(read_settings(environment), environment).world()
            return _deploy(world, product, environment["CERTDEPLOY_ENDPOINT"])


def _deploy(world: World, product: CloudProduct, endpoint: str) -> Deployment:
    assert isinstance(world.functions, HeldBack)
    scan_certificates(world)
    discover_resources(world, DiscoverResources(products=(product,)))
    for status in list(world.syncs.list(product)):  # what the fan-out would have invoked
        discover_resources(world, DiscoverResources(products=(product,), region=status.region))
    request = CreateDeploymentJob(name="bench", cert_ids=(_RENEWED,))
    job = create_deployment_jobs(request, world).jobs[0]
    _calls(endpoint, "DELETE")
    started = time.monotonic()
    run_deployment_jobs(world, RunDeploymentJobs(job_id=job.job_id))
    deploy_workers(world, WorkersScheduled(job_id=job.job_id, product=product))
    seconds = time.monotonic() - started
    workers = list(world.workers.list(job.job_id))
    service = service_classes()[product.value.lower()]
    calls = Counter(call["action"] for call in _calls(endpoint, "GET") if call["api"] == service.api)
    limits = service.limits
    return Deployment(
        product=product.value,
        slots=len(workers),
        verified=sum(
            worker.verification is not None and worker.verification.handshake is Handshake.SERVED
            for worker in workers
        ),
        seconds=seconds,
        settle_s=_SETTLE_S,
        calls=dict(calls.most_common()),
        floors_s={name: count / limits[name] for name, count in calls.most_common() if name in limits},
        writes_per_s=_writes_per_s(product, limits),
    )


def _writes_per_s(product: CloudProduct, limits: Mapping[str, int]) -> int:
    writes = [name for name, action in adapter_class(product).actions.items() if action.writes]
    return min((limits[name] for name in writes if name in limits), default=0)


def _calls(endpoint: str, method: str) -> Any:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{endpoint}/_emulator/calls", method=method)  # noqa: S310 - loopback
    with direct.open(request, timeout=30) as answer:
        return json.load(answer)
