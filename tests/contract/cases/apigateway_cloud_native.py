"""API Gateway, cloud-native: domains of gateways in two regions, with settings that must stay."""

from __future__ import annotations

from typing import Any

from emulator.services.apigateway.apig import domain_id
from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case, beside

ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": CERTIFICATES,
    "apig": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "domains": [
                {
                    "domain": "www.example.com",
                    "certificate": "old",
                    "mutual_tls": True,
                    "force_https": True,
                    "tls_min": "TLS 1.1",
                },
                {"domain": "w.example.com", "certificate": "second"},
                {"domain": "plain.example.com"},
            ],
        },
        {
            "name": "mail",
            "region": "cn-hangzhou",
            "domains": [{"domain": "*.example.org", "certificate": "other"}],
        },
        {
            "name": "far",
            "region": "cn-beijing",
            "domains": [{"domain": "www.example.com", "certificate": "old"}],
        },
    ],
}


def domain(name: str, region: str = "cn-hangzhou") -> str:
    return domain_id(region, name)


KIND = "cloud-native"
CASES = [
    Case(
        "APIGateway-cloud-native",
        CloudProduct.API_GATEWAY,
        ESTATE,
        {
            domain("www.example.com"): "old",
            domain("w.example.com"): "second",
            domain("plain.example.com"): "",
            domain("*.example.org"): "other",
        },
        region="cn-hangzhou",
        slot=domain("www.example.com"),
        writes="UpdateDomain",
        away=lambda slot: beside(slot, resource_id="d-0", instance_id="d-0"),
        pages="ListDomains",
        reads=("ListGateways", "ListDomains"),
        code_of_denial="AccessDenied",
    ),
]
HOSTS = {"cn-shanghai": "apig.cn-shanghai.aliyuncs.com"}
SDK = "apig20240327"
_ID = {"domainId": domain("www.example.com")}
OFFICIAL = {
    "ListGateways": {"pageNumber": 1, "pageSize": 2},
    "ListDomains": {"pageNumber": 1, "pageSize": 2, "gatewayId": ANY},
    "GetDomain": _ID,
    "UpdateDomain": {
        **_ID,
        "protocol": "HTTPS",
        "forceHttps": True,
        "certIdentifier": IDENTIFIER["new"],
        "caCertIdentifier": ANY,
        "clientCACert": ANY,
        "mTLSEnabled": True,
        "http2Option": ANY,
        "tlsMin": "TLS 1.1",
        "tlsMax": ANY,
        "tlsCipherSuitesConfig": ANY,
        "domainScope": ANY,
    },
}
