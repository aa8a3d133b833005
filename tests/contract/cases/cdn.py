"""CDN: domains, one of them without HTTPS."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID, CERTIFICATES, Case

CASES = [
    Case(
        "CDN",
        CloudProduct.CDN,
        {
            "certificates": CERTIFICATES,
            "cdn": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "off.example.com"},
                {"domain": ".example.com", "certificate": "second"},
                {"domain": "shop.example.com", "certificate": "old"},
                {"domain": "www.example.org", "certificate": "other"},
            ],
        },
        {
            "www.example.com": "old",
            "off.example.com": "",
            ".example.com": "second",
            "shop.example.com": "old",
            "www.example.org": "other",
        },
        slot="www.example.com",
        writes="SetCdnDomainSSLCertificate",
        pages="DescribeUserDomains",
        reads=("DescribeUserDomains", "DescribeDomainCertificateInfo"),
        without_https="off.example.com",
    ),
]
SDK = "cdn20180510"
OFFICIAL = {
    "DescribeUserDomains": {"PageNumber": 1, "PageSize": 2},
    "DescribeDomainCertificateInfo": {"DomainName": "www.example.com"},
    "DescribeCdnDomainDetail": {"DomainName": "www.example.com"},
    "DescribeCdnDomainConfigs": {"DomainName": "www.example.com", "FunctionNames": ANY},
    "SetCdnDomainSSLCertificate": {
        "DomainName": "www.example.com",
        "SSLProtocol": "on",
        "CertType": "cas",
        "CertId": CERT_ID["new"],
        "CertRegion": "cn-hangzhou",
    },
}
