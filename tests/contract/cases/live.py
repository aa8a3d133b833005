"""Live: domains for playing and for ingest, one of them without HTTPS."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY
from tests.contract.cases._family import domains_case, hindered

CASES = [
    domains_case(
        CloudProduct.LIVE,
        pages="DescribeLiveUserDomains",
        certificate="DescribeLiveDomainCertificateInfo",
        writes="SetLiveDomainCertificate",
        kind="liveEdge",
        by_leaf=True,
    ),
]
HINDERED = hindered(CloudProduct.LIVE, "offline")
HOSTS = {"": "live.aliyuncs.com"}
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
