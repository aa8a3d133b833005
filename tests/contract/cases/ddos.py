"""Anti-DDoS: website rules, one of them without HTTPS port, of both sites."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import CERT_ID, CERTIFICATES, Case, Hindered

CASES = [
    Case(
        "DDOS",
        CloudProduct.DDOS,
        {
            "certificates": CERTIFICATES,
            "ddos": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "plain.example.com", "https_ports": []},
                {"domain": "*.example.com", "certificate": "second", "https_ports": [8443, 443]},
                {"domain": "bare.example.com"},
                {"domain": "www.example.org", "certificate": "other"},
                {"domain": "www.example.com", "certificate": "old", "region": "ap-southeast-1"},
            ],
        },
        {
            "www.example.com": "old",
            "plain.example.com": "",
            "*.example.com": "second",
            "bare.example.com": "",
            "www.example.org": "other",
        },
        region="cn-hangzhou",
        slot="www.example.com",
        writes="AssociateWebCert",
        settles=False,
        pages="DescribeWebRules",
        reads=("DescribeWebRules",),
    ),
]
HINDERED = [
    Hindered(
        CloudProduct.DDOS,
        {
            "ddos": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "plain.example.com", "certificate": "old", "https_ports": []},
                {"domain": "off.example.com", "certificate": "old", "forwarding": False},
            ]
        },
        {
            "plain.example.com": "the rule has no HTTPS port; add one in the Anti-DDoS console",
            "off.example.com": "forwarding of the website is switched off; switch it on first",
        },
    ),
]
HOSTS = {
    "cn-hangzhou": "ddoscoo.cn-hangzhou.aliyuncs.com",
    "ap-southeast-1": "ddoscoo.ap-southeast-1.aliyuncs.com",
}
SDK = "ddoscoo20200101"
OFFICIAL = {
    "DescribeWebRules": {"PageNumber": 1, "PageSize": 2},
    "AssociateWebCert": {
        "Domain": "www.example.com",
        "CertId": CERT_ID["new"],
        "CertRegion": "cn-hangzhou",
    },
}
