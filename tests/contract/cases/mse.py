"""MSE: domains of gateways in two regions."""

from __future__ import annotations

from typing import Any

from emulator.services.kit.gateways import digits
from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case, Hindered

ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": CERTIFICATES,
    "mse": [
        {"name": "empty", "region": "cn-hangzhou"},
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "domains": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "w.example.com", "certificate": "second"},
                {"domain": "ww.example.com"},
                {"domain": "*.example.org", "certificate": "other"},
            ],
        },
        {
            "name": "mail",
            "region": "cn-hangzhou",
            "domains": [{"domain": "*", "certificate": "old"}],
        },
        {
            "name": "far",
            "region": "cn-beijing",
            "domains": [{"domain": "www.example.com", "certificate": "old"}],
        },
    ],
}


def gateway(name: str, region: str = "cn-hangzhou") -> str:
    return f"gw-{digits('mse', region, name)}"


CASES = [
    Case(
        "MSE",
        CloudProduct.MSE,
        ESTATE,
        {
            f"{gateway('shop')}/www.example.com": "old",
            f"{gateway('shop')}/w.example.com": "second",
            f"{gateway('shop')}/ww.example.com": "",
            f"{gateway('shop')}/*.example.org": "other",
            f"{gateway('mail')}/*": "old",
        },
        region="cn-hangzhou",
        slot=f"{gateway('shop')}/www.example.com",
        writes="UpdateSSLCert",
        refuses_greater_pages=False,
        pages="ListGateway",
        reads=("ListGateway", "ListGatewayDomain"),
    ),
]
_PUBLISH = "publish it in the MSE console first"
HINDERED = [
    Hindered(
        CloudProduct.MSE,
        {
            "mse": [
                {
                    "name": "shop",
                    "region": "cn-hangzhou",
                    "domains": [
                        {"domain": "www.example.com", "certificate": "old"},
                        {"domain": "k8s.example.com", "certificate": "old", "ingress": True},
                        {"domain": "down.example.com", "certificate": "old", "status": "unpublished"},
                        {"domain": "sick.example.com", "certificate": "old", "status": "unavailable"},
                    ],
                },
                {
                    "name": "slow",
                    "region": "cn-hangzhou",
                    "status": "changing",
                    "domains": [{"domain": "slow.example.com", "certificate": "old"}],
                },
            ]
        },
        {
            "k8s.example.com": (
                "a Kubernetes Ingress manages the domain; deploy to the Ingress's Secret instead"
            ),
            "down.example.com": f"the domain is not published; {_PUBLISH}",
            "sick.example.com": f"the domain is unavailable; {_PUBLISH}",
            "slow.example.com": (
                "the gateway is not running (changing); wait for it or start it, then discover again"
            ),
        },
    ),
]
HOSTS = {"cn-shanghai": "mse.cn-shanghai.aliyuncs.com"}
SDK = "mse20190531"
OFFICIAL = {
    "QueryGatewayRegion": {},
    "ListGateway": {"PageNumber": 1, "PageSize": 2},
    "ListGatewayDomain": {"GatewayUniqueId": gateway("empty")},
    "UpdateSSLCert": {
        "GatewayUniqueId": gateway("shop"),
        "DomainId": ANY,
        "CertIdentifier": IDENTIFIER["new"],
    },
}
