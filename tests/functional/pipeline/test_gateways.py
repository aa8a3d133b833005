"""A renewal on both kinds of API Gateway and on MSE, with what must be left alone beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.services.apigateway.apig import domain_id
from emulator.services.kit.gateways import digits
from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered

PRODUCTS = (CloudProduct.API_GATEWAY, CloudProduct.MSE)
REGION = "cn-hangzhou"
_QUICK = {"key": "ecdsa-p256", "days": 40}
ESTATE: dict[str, Any] = {
    "certificates": {
        "old": {"names": list(NAMES), **_QUICK},
        "hand-made": {"names": ["*.example.com"], "in_cas": False, **_QUICK},
    },
    "apigateway": [
        {
            "name": "one",
            "region": REGION,
            "domains": [
                {"domain": "open.example.com", "certificate": "old"},
                {"domain": "*.example.com", "certificate": "old"},
                {"domain": "mutual.example.com", "certificate": "old", "mutual_tls": True},
                {"domain": "own.example.com", "certificate": "hand-made"},
            ],
        }
    ],
    "apig": [
        {
            "name": "one",
            "region": REGION,
            "domains": [
                {"domain": "ai.example.com", "certificate": "old", "mutual_tls": True},
                {"domain": "route.example.com", "certificate": "old", "created_from": "Ingress"},
            ],
        }
    ],
    "mse": [
        {
            "name": "one",
            "region": REGION,
            "domains": [
                {"domain": "mesh.example.com", "certificate": "old"},
                {"domain": "cart.example.com", "certificate": "old", "ingress": True},
                {"domain": "*", "certificate": "old"},
            ],
        },
        {
            "name": "two",
            "region": REGION,
            "status": "suspended",
            "domains": [{"domain": "past.example.com", "certificate": "old"}],
        },
    ],
}
GROUP, GATEWAY = digits("group", REGION, "one"), f"gw-{digits('mse', REGION, 'one')}"
NOT_MET = f"MSE/{REGION}/{GATEWAY}/*"  #: it has no name that a client could ask for
RENEWED = {
    f"APIGateway/{REGION}/{GROUP}/open.example.com",
    f"APIGateway/{REGION}/{GROUP}/*.example.com",
    f"APIGateway/{REGION}/{domain_id(REGION, 'ai.example.com')}",
    f"MSE/{REGION}/{GATEWAY}/mesh.example.com",
    NOT_MET,
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, PRODUCTS) as installed:
        yield installed


def carrying(platform: Platform, identifier: str) -> set[str]:
    return {
        found.resource.slot
        for product in PRODUCTS
        for found in platform.world.resources.list(product)
        if found.resource.cert_identifier == identifier
    }


@pytest.mark.long
def test_a_renewed_certificate_is_served_by_each_of_them(platform: Platform) -> None:
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    workers = platform.workers()
    assert set(workers) == RENEWED
    met = {slot: w.verification.handshake for slot, w in workers.items() if w.verification}
    assert met == {slot: Handshake.NOT_TRIED if slot == NOT_MET else Handshake.SERVED for slot in RENEWED}
    platform.tick("discover_resources")
    assert carrying(platform, new) == RENEWED


@pytest.mark.long
def test_no_private_key_is_kept_or_logged(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    kept = [record.model_dump_json() for p in PRODUCTS for record in platform.world.resources.list(p)]
    told = f"{caplog.text} {kept} {platform.workers()} {platform.cloud.calls}"
    assert platform.job().status is JobStatus.SUCCESS
    assert "PRIVATE KEY" not in told
