"""A listener with several certificates for a name serves the one that it prefers: no job waits in vain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs import Handshake, WorkerResource
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import asked_for, uploaded

WWW = "www.example.com"
_BALANCER = {"name": "shop", "region": "cn-hangzhou"}
_BY_SNI = {"port": 443, "default": "default", "additional": ["beside"]}
#: By the service that serves it: a listener with a default certificate and another, both for one name.
SECTIONS: dict[str, tuple[CloudProduct, dict[str, Any]]] = {
    "alb": (CloudProduct.ALB, {"alb": [{**_BALANCER, "listeners": [_BY_SNI]}]}),
    "nlb": (CloudProduct.NLB, {"nlb": [{**_BALANCER, "listeners": [{**_BY_SNI, "protocol": "TCPSSL"}]}]}),
    "ga": (
        CloudProduct.GA,
        {"ga": [{"name": "shop", "listeners": [{**_BY_SNI, "additional": {WWW: "beside"}}]}]},
    ),
    "slb": (
        CloudProduct.SLB,
        {
            "slb": [
                {
                    **_BALANCER,
                    "listeners": [
                        {
                            "port": 443,
                            "certificate": "default",
                            "extensions": [{"domain": WWW, "certificate": "beside"}],
                        }
                    ],
                }
            ]
        },
    ),
    "waf_openapi": (
        CloudProduct.WAF,
        {
            "waf": [
                {
                    "resources": [
                        {
                            "instance": "i-shop",
                            "product": "ecs",
                            "region": "cn-hangzhou",
                            "ports": [{"certificate": "default", "extensions": ["beside"]}],
                        }
                    ]
                }
            ]
        },
    ),
}


@contextmanager
def a_listener(service: str, folder: Path, *, days: dict[str, float], prefers: str) -> Iterator[Platform]:
    """`days`: of the two certificates, from now on."""
    product, sections = SECTIONS[service]
    certificates = {name: {"names": [WWW], "key": "ecdsa-p256", "days": days[name]} for name in days}
    estate = {"regions": ["cn-hangzhou"], "certificates": certificates, **sections}
    with discovered(estate, folder, (product,)) as platform:
        platform.cloud.service(service).choose(prefers=prefers)
        yield platform


def deployed(platform: Platform, *, to_default: bool, days: float = 200) -> WorkerResource:
    """A new certificate, by hand, on one of the two slots."""
    new = uploaded(platform, WWW, days=days)
    (slot,) = of_role(platform, default=to_default)
    asked_for(platform, new, slot.slot)
    platform.drain()
    return platform.workers()[slot.slot]


def of_role(platform: Platform, *, default: bool) -> list[CloudResource]:
    """The listener's slots of this kind, as the table shows them."""
    (product,) = platform.world.policy.products
    rows = [record.resource for record in platform.world.resources.list(product)]
    return [row for row in rows if row.listener_id and (row.role is SlotRole.DEFAULT) is default]


def took(worker: WorkerResource) -> timedelta:
    assert worker.started_at is not None
    assert worker.finished_at is not None
    return worker.finished_at - worker.started_at


@pytest.mark.parametrize("service", SECTIONS)
@pytest.mark.parametrize("prefers", ["additional", "default"])
@pytest.mark.parametrize("to_default", [True, False], ids=["default", "additional"])
def test_whichever_certificate_a_listener_serves_the_deployment_ends_within_seconds_and_tells(
    tmp_path: Path, service: str, prefers: str, to_default: bool
) -> None:
    """The other one is valid for longer, and stays."""
    days = {"default": 40.0, "beside": 390.0} if to_default else {"default": 390.0, "beside": 40.0}
    with a_listener(service, tmp_path, days=days, prefers=prefers) as platform:
        worker = deployed(platform, to_default=to_default)

        proof = worker.verification
        assert (worker.status, worker.reason, worker.attempts) == (WorkerStatus.SUCCESS, "", 1)
        assert took(worker) < timedelta(seconds=20)
        assert proof is not None
        if (prefers == "default") is to_default:
            assert proof.handshake is Handshake.SERVED
        else:
            (other,) = of_role(platform, default=not to_default)
            told = f"{WWW}: clients are served {other.cert_identifier} of {other.slot}, valid until "
            assert proof.handshake is Handshake.BESIDE
            assert proof.detail.startswith(told)


@pytest.mark.parametrize("service", SECTIONS)
def test_clients_that_are_served_one_that_ends_sooner_are_told_as_an_error_within_seconds(
    tmp_path: Path, service: str
) -> None:
    with a_listener(service, tmp_path, days={"default": 40, "beside": 50}, prefers="additional") as platform:
        worker = deployed(platform, to_default=True)

        assert (worker.status, worker.attempts) == (WorkerStatus.ERROR, 1)
        assert took(worker) < timedelta(seconds=40)
        assert "AnotherCertificate: www.example.com at " in worker.reason
        assert "it is in place, but clients are served " in worker.reason
        assert "it ends sooner: replace that one too" in worker.reason


#: Listeners of an ALB that other products put certificates on: SAE's serve as ALB's do, of the cluster's one
#: way is emulated.
_FOR_OTHERS: dict[str, tuple[CloudProduct, dict[str, Any]]] = {
    "sae": (CloudProduct.SAE, {"sae": [{**_BALANCER, "certificates": ["default", "beside"]}]}),
    "cs": (
        CloudProduct.ACK,
        {"ack": [{**_BALANCER, "albconfigs": [{"name": "front", "listeners": [_BY_SNI]}]}]},
    ),
}


@pytest.mark.parametrize("service", _FOR_OTHERS)
def test_a_listener_that_another_product_puts_certificates_on_tells_too(tmp_path: Path, service: str) -> None:
    product, sections = _FOR_OTHERS[service]
    days = {"default": 40, "beside": 390}
    certificates = {name: {"names": [WWW], "key": "ecdsa-p256", "days": days[name]} for name in days}
    estate = {"regions": ["cn-hangzhou"], "certificates": certificates, **sections}
    with discovered(estate, tmp_path, (product,)) as platform:
        worker = deployed(platform, to_default=True)
        (other,) = of_role(platform, default=False)

        assert worker.status is WorkerStatus.SUCCESS
        assert worker.verification is not None
        assert worker.verification.handshake is Handshake.BESIDE
        assert f"are served {other.cert_identifier} of {other.slot}, " in worker.verification.detail
