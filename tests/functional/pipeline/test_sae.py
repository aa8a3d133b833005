"""Load balancers behind SAE's routing rules: renewed by their rules, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.estate import FIRST_CERTIFICATE_ID
from shared.domain.events import CertificateExpiring
from shared.domain.jobs import Handshake
from shared.domain.matching import Action
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import JobStatus
from shared.services.create import create_deployment_jobs
from shared.services.map import find_certificate, map_certificate, map_slots
from shared.services.preview import preview
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered

PRODUCTS = (CloudProduct.SAE, CloudProduct.ALB, CloudProduct.SLB)
REGION = "cn-hangzhou"
ESTATE: dict[str, Any] = {
    "certificates": {
        "old": {"names": list(NAMES), "key": "ecdsa-p256", "days": 40},
        "other": {"names": ["example.org"], "key": "ecdsa-p256", "days": 40},
    },
    "alb": [{"name": "front", "region": REGION, "listeners": [{"port": 8443, "default": "old"}]}],
    "sae": [
        {"name": "web", "region": REGION, "load_balancer": "front", "certificates": ["other", "old"]},
        {"name": "api", "region": REGION, "balancer": "clb", "certificates": ["old"]},
    ],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, PRODUCTS) as installed:
        yield installed


def place(resource: CloudResource) -> str:
    return f"{resource.product.value} {resource.instance_name}:{resource.port}"


def instead(rule: str) -> str:
    return f"SAE sets this listener's certificates; deploy to its routing rule {rule} instead"


#: The slots of SAE's listeners that the certificate covers.
LEFT = {"ALB front:443": instead("web"), "SLB sae-api:443": instead("api")}


@pytest.mark.long
def test_a_renewal_goes_to_the_rules_and_arrives_at_their_load_balancers(platform: Platform) -> None:
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    workers = platform.workers().values()
    met = {place(w.resource): w.verification.handshake for w in workers if w.verification}
    assert met == dict.fromkeys(("SAE web:443", "SAE api:443", "ALB front:8443"), Handshake.SERVED)
    platform.tick("discover_resources")
    carried = [
        place(found.resource)
        for product in PRODUCTS
        for found in platform.world.resources.list(product)
        if found.resource.cert_identifier == new
    ]
    assert sorted(carried) == sorted([*met, *LEFT]), "the load balancers of the rules have it too"


def test_previews_and_the_map_tell_which_rule_to_deploy_to(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.lost = {"create_deployment_job"}
    platform.tick("scan_expiry")
    world, cert_id = platform.world, int(new.partition("-")[0])

    entries = preview(world, PreviewDeploymentJob(cert_ids=(cert_id,))).entries
    named = tuple(entry.resource.slot for entry in entries if place(entry.resource) in LEFT)
    of_these = preview(world, PreviewDeploymentJob(cert_ids=(cert_id,), resource_ids=named)).entries
    mapped = map_certificate(world, find_certificate(world, new)).could_serve

    for told in (entries, of_these, mapped):
        left = {place(e.resource): e.reason for e in told if e.action is Action.LEAVE}
        assert left == LEFT
    assert len(entries) == len(mapped) == 5
    listed = {place(one): one.obstacle for one in map_slots(world, PRODUCTS) if one.obstacle}
    assert listed == LEFT


def test_a_listener_whose_rule_is_renewed_is_not_told_to_lack_a_replacement(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.lost = {"create_deployment_job"}
    platform.tick("scan_expiry")
    platform.pass_days(25.5)
    old = f"{FIRST_CERTIFICATE_ID}-cn-hangzhou"
    expiring = CertificateExpiring(cert_identifier=old, days_left=14, threshold_days=15)

    create_deployment_jobs(platform.world, expiring)

    assert {place(w.resource) for w in platform.workers().values()} == {
        "SAE web:443",
        "SAE api:443",
        "ALB front:8443",
    }
    told = [payload for function, payload in platform.queue if function == "notify_contacts"]
    assert old.encode() not in b"".join(told)


def test_where_sae_is_not_looked_after_nothing_is_known_of_its_rules(tmp_path: Path) -> None:
    with discovered(ESTATE, tmp_path, (CloudProduct.ALB,)) as platform:
        platform.renew(*NAMES)

        platform.tick("scan_expiry")

        assert {place(w.resource) for w in platform.workers().values()} == {"ALB front:443", "ALB front:8443"}


@pytest.mark.long
def test_a_copy_for_the_region_s_store_waits_for_the_function_that_is_uploading_one(
    platform: Platform,
) -> None:
    new = platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    platform.drain(until="deploy_sae")

    with platform.world.leases.hold(f"slb-store/{REGION}/{new}", "another function", 120):
        platform.deliver(*platform.queue.pop(0))
        assert _uploads(platform) == 0
    platform.drain()

    assert (_uploads(platform), platform.job().status) == (1, JobStatus.SUCCESS)
    assert [worker.attempts for worker in platform.workers().values()] == [1, 1, 1], "waiting is no attempt"


def _uploads(platform: Platform) -> int:
    return sum(call.action == "UploadServerCertificate" for call in platform.cloud.calls)
