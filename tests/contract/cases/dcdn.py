"""DCDN: domains, one of them without HTTPS, one of an edge program."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID, CERTIFICATES, Case

CASES = [
    Case(
        "DCDN",
        CloudProduct.DCDN,
        {
            "certificates": CERTIFICATES,
            "dcdn": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "off.example.com"},
                {"domain": ".example.com", "certificate": "second"},
                {"domain": "shop.example.com", "certificate": "old"},
                {"domain": "www.example.org", "certificate": "other", "kind": "computing_routine"},
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
        writes="SetDcdnDomainSSLCertificate",
        pages="DescribeDcdnUserDomains",
        reads=("DescribeDcdnUserDomains", "DescribeDcdnDomainCertificateInfo"),
        without_https="off.example.com",
    ),
]
SDK = "dcdn20180115"
OFFICIAL = {
    "DescribeDcdnUserDomains": {
        "WebSiteType": "dynamic,computing_routine,computing_image",
        "PageNumber": 1,
        "PageSize": 2,
    },
    "DescribeDcdnDomainCertificateInfo": {"DomainName": "www.example.com"},
    "DescribeDcdnDomainDetail": {"DomainName": "www.example.com"},
    "DescribeDcdnDomainConfigs": {"DomainName": "www.example.com", "FunctionNames": ANY},
    "SetDcdnDomainSSLCertificate": {
        "DomainName": "www.example.com",
        "SSLProtocol": "on",
        "CertType": "cas",
        "CertId": CERT_ID["new"],
        "CertRegion": "cn-hangzhou",
    },
}
