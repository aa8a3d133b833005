"""A renewal on DCDN, VOD, Live and Anti-DDoS, by what each of them tells of its certificates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform, discovered

_PRODUCTS = (CloudProduct.DCDN, CloudProduct.VOD, CloudProduct.LIVE, CloudProduct.DDOS)
_QUICK = {"key": "ecdsa-p256", "days": 40}
ESTATE: dict[str, Any] = {
    "certificates": {
        "old": {"names": list(NAMES), **_QUICK},
        "hand-made": {"names": ["*.example.com"], "in_cas": False, **_QUICK},
    },
    "dcdn": [{"domain": "app.example.com", "certificate": "old"}, {"domain": "off.example.com"}],
    "vod": [{"domain": "vod.example.com", "certificate": "old"}],
    "live": [
        {"domain": "live.example.com", "certificate": "old"},
        {"domain": ".example.com", "certificate": "old"},
        {"domain": "own.example.com", "certificate": "hand-made"},
        {"domain": "push.example.com", "kind": "liveEdge"},
    ],
    "ddos": [
        {"domain": "pay.example.com", "certificate": "old", "https_ports": [8443]},
        {"domain": "pay.example.com", "certificate": "old", "region": "ap-southeast-1"},
        {"domain": "plain.example.com", "https_ports": []},
    ],
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, _PRODUCTS) as installed:
        yield installed


@pytest.mark.long
def test_a_renewed_certificate_is_served_by_each_of_them(platform: Platform) -> None:
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    workers = platform.workers()
    assert set(workers) == {
        "DCDN/-/app.example.com",
        "VOD/-/vod.example.com",
        "LIVE/-/live.example.com",
        "LIVE/-/.example.com",
        "DDOS/cn-hangzhou/pay.example.com",
        "DDOS/ap-southeast-1/pay.example.com",
    }
    assert {w.verification and w.verification.handshake for w in workers.values()} == {Handshake.SERVED}
    platform.tick("discover_resources")
    shown = [record.resource for product in _PRODUCTS for record in platform.world.resources.list(product)]
    assert {slot.slot for slot in shown if slot.cert_identifier == new} == set(workers)


@pytest.mark.long
def test_a_certificate_that_cas_does_not_hold_is_left_alone(platform: Platform) -> None:
    """There would be no way back to it."""
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    (domain,) = [d for d in platform.cloud.service("live")._domains.values() if d.name == "own.example.com"]
    assert domain.certificate.value.name == "hand-made"
