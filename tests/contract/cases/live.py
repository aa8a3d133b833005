"""Live: domains for playing and for ingest, one of them without HTTPS."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, Case

CASES = [
    Case(
        "LIVE",
        CloudProduct.LIVE,
        {
            "certificates": CERTIFICATES,
            "live": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "off.example.com"},
                {"domain": ".example.com", "certificate": "second"},
                {"domain": "shop.example.com", "certificate": "old"},
                {"domain": "www.example.org", "certificate": "other", "kind": "liveEdge"},
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
        writes="SetLiveDomainCertificate",
        pages="DescribeLiveUserDomains",
        reads=("DescribeLiveUserDomains", "DescribeLiveDomainCertificateInfo"),
    ),
]
SDK = "live20161101"
#: where the SDK would put the private key into the URL
IN_FORM = ("SetLiveDomainCertificate",)
OFFICIAL = {
    "DescribeLiveUserDomains": {"PageNumber": 1, "PageSize": 2},
    "DescribeLiveDomainCertificateInfo": {"DomainName": "www.example.com"},
    "DescribeLiveDomainDetail": {"DomainName": "www.example.com"},
    "DescribeLiveDomainConfigs": {"DomainName": "www.example.com", "FunctionNames": ANY},
    "SetLiveDomainCertificate": {
        "DomainName": "www.example.com",
        "SSLProtocol": "on",
        "CertType": "upload",
        "CertName": ANY,
        "SSLPub": ANY,
        "SSLPri": ANY,
        "ForceSet": "1",
    },
}
