"""VOD: domains, one of them without HTTPS."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID, CERTIFICATES, Case

CASES = [
    Case(
        "VOD",
        CloudProduct.VOD,
        {
            "certificates": CERTIFICATES,
            "vod": [
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
        writes="SetVodDomainSSLCertificate",
        pages="DescribeVodUserDomains",
        reads=("DescribeVodUserDomains", "DescribeVodDomainCertificateInfo"),
    ),
]
SDK = "vod20170321"
OFFICIAL = {
    "DescribeVodUserDomains": {"PageNumber": 1, "PageSize": 2},
    "DescribeVodDomainCertificateInfo": {"DomainName": "www.example.com"},
    "DescribeVodDomainDetail": {"DomainName": "www.example.com"},
    "DescribeVodDomainConfigs": {"DomainName": "www.example.com", "FunctionNames": ANY},
    "SetVodDomainSSLCertificate": {
        "DomainName": "www.example.com",
        "SSLProtocol": "on",
        "CertType": "cas",
        "CertId": CERT_ID["new"],
        "CertRegion": "cn-hangzhou",
    },
}
