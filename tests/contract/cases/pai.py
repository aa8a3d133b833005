"""PAI EAS: custom domains of gateways, one domain on both sides of the network."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.bench import Bench
from tests.contract.cases import CERT_ID, CERTIFICATES, Case, Hindered

ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": CERTIFICATES,
    "pai": [
        {
            "name": "models",
            "region": "cn-hangzhou",
            "domains": [
                {"domain": "eas.example.com", "certificate": "old"},
                {"domain": "eas.example.com", "type": "intranet", "certificate": "second"},
                {"domain": "*.example.org", "certificate": "other"},
            ],
        },
        {
            "name": "inner",
            "region": "cn-hangzhou",
            "internet": False,
            "domains": [{"domain": "in.example.com", "type": "intranet", "certificate": "old"}],
        },
        {"name": "plain", "region": "cn-hangzhou", "domains": [{"domain": "http.example.com"}]},
        {"name": "empty", "region": "cn-hangzhou"},
        {
            "name": "past",
            "region": "cn-hangzhou",
            "status": "Deleted",
            "domains": [{"domain": "past.example.com", "certificate": "old"}],
        },
        {
            "name": "far",
            "region": "cn-beijing",
            "domains": [{"domain": "eas.example.com", "certificate": "old"}],
        },
    ],
}


def gateway(name: str) -> str:
    return f"gw-{sha256(f'cn-hangzhou/{name}'.encode()).hexdigest()[:18]}"


def exchange_by_detaching(bench: Bench) -> None:
    bench.cloud.service("eas").replaces = False
    slot = bench.slot(CASES[0].slot)
    bench.adapter_with(seconds=10, accept_outage=True).deploy(slot, bench.certificate("second"))


CASES = [
    Case(
        "PAI",
        CloudProduct.PAI,
        ESTATE,
        {
            f"{gateway('models')}/eas.example.com/internet": "old",
            f"{gateway('models')}/eas.example.com/intranet": "second",
            f"{gateway('models')}/*.example.org/internet": "other",
            f"{gateway('inner')}/in.example.com/intranet": "old",
            f"{gateway('plain')}/http.example.com/internet": "",
        },
        region="cn-hangzhou",
        slot=f"{gateway('models')}/eas.example.com/internet",
        writes="AttachGatewayDomain",
        away=None,  # attaching makes it anew
        pages="ListGateway",
        reads=("ListGateway", "ListGatewayDomains"),
        code_of_denial="AccessDenied",
        also=exchange_by_detaching,
    )
]
HINDERED = [
    Hindered(
        CloudProduct.PAI,
        {
            "pai": [
                {
                    "name": "models",
                    "region": "cn-hangzhou",
                    "domains": [
                        {"domain": "eas.example.com", "certificate": "old"},
                        {"domain": "http.example.com"},
                    ],
                },
                {
                    "name": "stopped",
                    "region": "cn-hangzhou",
                    "status": "Stopped",
                    "domains": [{"domain": "old.example.com", "certificate": "old"}],
                },
            ]
        },
        {
            "http.example.com": "the domain has no certificate; set the first one in the PAI console",
            "old.example.com": "the gateway is Stopped; bring it into service first",
        },
    ),
]
HOSTS = {"cn-shanghai": "pai-eas.cn-shanghai.aliyuncs.com"}
SDK = "eas20210701"
_GATEWAY = {"ClusterId": "cn-hangzhou", "GatewayId": gateway("models")}
_DOMAIN = {"Domain": "eas.example.com", "Type": "internet"}
OFFICIAL = {
    "ListGateway": {"PageNumber": 1, "PageSize": 2},
    "ListGatewayDomains": {**_GATEWAY},
    "AttachGatewayDomain": {**_GATEWAY, "CustomDomain": {"CertificateId": str(CERT_ID["new"]), **_DOMAIN}},
    "DetachGatewayDomain": {**_GATEWAY, "CustomDomain": _DOMAIN},
}
#: What the API has by its documentation, and its Python SDK (7.0.0, April 2025) not yet.
NEWER = {
    "ListGatewayDomains": {
        f"CustomDomains[].Certificate{name}" for name in ("Name", "Status", "StartDate", "EndDate")
    }
}
