"""WAF: domains of both sides, one of them without HTTPS port, and the default certificate beside them."""

from __future__ import annotations

from typing import Any

from emulator.services.waf.model import CIPHERS
from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case, Hindered, _waf_ports

ESTATE: dict[str, Any] = {
    "certificates": CERTIFICATES,
    "waf": [
        {
            "default": "old",
            "domains": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "plain.example.com"},
                {"domain": "*.example.com", "certificate": "second", "https_ports": [8443, 443]},
                {"domain": "shop.example.com", "certificate": "old"},
                {"domain": "www.example.org", "certificate": "other"},
            ],
        },
        {
            "region": "ap-southeast-1",
            "domains": [{"domain": "www.example.com", "certificate": "old"}],
        },
    ],
}
CARRIED = {
    "www.example.com": "old",
    "plain.example.com": "",
    "*.example.com": "second",
    "shop.example.com": "old",
    "www.example.org": "other",
    "WAF:443/default": "old",
}
_READS = ("DescribeInstance", "DescribeDomains", "DescribeDomainDetail", "DescribeDefaultHttps")
CASES = [
    Case(
        "WAF",
        CloudProduct.WAF,
        ESTATE,
        CARRIED,
        region="cn-hangzhou",
        slot="www.example.com",
        writes="ModifyDomainCert",
        refuses_greater_pages=False,
        pages="DescribeDomains",
        reads=_READS,
    ),
    Case(
        "WAF-default",
        CloudProduct.WAF,
        ESTATE,
        CARRIED,
        region="cn-hangzhou",
        slot="WAF:443/default",
        writes="ModifyDefaultHttps",
        away=None,
        settles=False,
        met=False,
        pages="DescribeDomains",
        reads=(),
    ),
    *_waf_ports.CASES,
]
HINDERED = [
    Hindered(
        CloudProduct.WAF,
        {
            "waf": [
                {
                    "domains": [
                        {"domain": "www.example.com", "certificate": "old"},
                        {"domain": "plain.example.com", "certificate": "old", "https_ports": []},
                        {"domain": "off.example.com", "certificate": "old", "forwarding": False},
                    ]
                },
                {
                    "region": "ap-southeast-1",
                    "status": "expired",
                    "domains": [{"domain": "www.example.com", "certificate": "old"}],
                },
            ]
        },
        {
            "plain.example.com": "the domain has no HTTPS port; add one in the WAF console",
            "off.example.com": ("forwarding of the domain is switched off; switch it on in the WAF console"),
            "WAF:443": "the instance has no default certificate; set one in the WAF console",
        },
    ),
    Hindered(
        CloudProduct.WAF,
        {"waf": [{"region": "ap-southeast-1", "status": "expired", "default": "old"}]},
        {"WAF:443": "the WAF instance has expired; renew it first"},
        region="ap-southeast-1",
        name="-expired",
    ),
    _waf_ports.HINDERED,
]
HOSTS = {
    "cn-hangzhou": "wafopenapi.cn-hangzhou.aliyuncs.com",
    "ap-southeast-1": "wafopenapi.ap-southeast-1.aliyuncs.com",
}
SDK = "waf_openapi20211001"
_WHERE = {"InstanceId": ANY, "RegionId": "cn-hangzhou"}
_CHANGE = {
    **_WHERE,
    "CertId": IDENTIFIER["new"],
    "TLSVersion": "tlsv1.2",
    "EnableTLSv3": True,
    "CustomCiphers": list(CIPHERS),
}
OFFICIAL = {
    "DescribeInstance": {"RegionId": "cn-hangzhou"},
    "DescribeDomains": {**_WHERE, "PageNumber": 1, "PageSize": 2},
    "DescribeDomainDetail": {**_WHERE, "Domain": "www.example.com"},
    "ModifyDomainCert": {**_CHANGE, "Domain": "www.example.com", "CipherSuite": "99"},
    "DescribeDefaultHttps": _WHERE,
    "ModifyDefaultHttps": {**_CHANGE, "CipherSuite": 99},
    **_waf_ports.OFFICIAL,
}
