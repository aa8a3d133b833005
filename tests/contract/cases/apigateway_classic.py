"""API Gateway, traditional: custom domains of groups in two regions."""

from __future__ import annotations

from typing import Any

from emulator.services.kit.gateways import digits
from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, Case, Hindered

ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": {**CERTIFICATES, "by-hand": {**CERTIFICATES["old"], "in_cas": False}},
    "apigateway": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "domains": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "api.example.com", "certificate": "second"},
                {"domain": "plain.example.com"},
            ],
        },
        {"name": "empty", "region": "cn-hangzhou"},
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


def group(name: str, region: str = "cn-hangzhou") -> str:
    return digits("group", region, name)


KIND = "classic"
CASES = [
    Case(
        "APIGateway-classic",
        CloudProduct.API_GATEWAY,
        ESTATE,
        {
            f"{group('shop')}/www.example.com": "old",
            f"{group('shop')}/api.example.com": "second",
            f"{group('shop')}/plain.example.com": "",
            f"{group('mail')}/*.example.org": "other",
        },
        region="cn-hangzhou",
        slot=f"{group('shop')}/www.example.com",
        writes="SetDomainCertificate",
        settles=False,
        by_leaf=True,
        pages="DescribeApiGroups",
        reads=("DescribeRegions", "DescribeApiGroups", "DescribeApiGroup", "DescribeDomain"),
        busy="RepeatedCommit",
    ),
]
HINDERED = [
    Hindered(
        CloudProduct.API_GATEWAY,
        {
            "apigateway": [
                {
                    "name": "shop",
                    "region": "cn-hangzhou",
                    "domains": [
                        {"domain": "www.example.com", "certificate": "old"},
                        {"domain": "mutual.example.com", "certificate": "old", "mutual_tls": True},
                    ],
                }
            ],
            "apig": [
                {
                    "name": "shop",
                    "region": "cn-hangzhou",
                    "domains": [
                        {
                            "domain": f"{owner.lower()}.example.com",
                            "certificate": "old",
                            "created_from": owner,
                        }
                        for owner in ("Console", "API", "OpenAPI", "K8sIngress")
                    ],
                }
            ],
        },
        {
            "mutual.example.com": (
                "the domain uses mutual TLS, whose CA cannot be read back; replace it in the console"
            ),
            "k8singress.example.com": (
                "the domain was made by K8sIngress, which would undo a change; change it there"
            ),
        },
    ),
]
HOSTS = {"cn-shanghai": "apigateway.cn-shanghai.aliyuncs.com"}
SDK = "cloudapi20160714"
IN_FORM = {"SetDomainCertificate"}
_DOMAIN = {"GroupId": group("shop"), "DomainName": "www.example.com"}
OFFICIAL = {
    "DescribeRegions": {},
    "DescribeApiGroups": {"PageNumber": 1, "PageSize": 2},
    "DescribeApiGroup": {"GroupId": ANY},
    "DescribeDomain": _DOMAIN,
    "SetDomainCertificate": {
        **_DOMAIN,
        "CertificateName": ANY,
        "CertificateBody": ANY,
        "CertificatePrivateKey": ANY,
    },
}
