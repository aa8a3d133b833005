"""DCDN: domains, one of them without HTTPS, one of an edge program."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID
from tests.contract.cases._family import domains_case, hindered

CASES = [
    domains_case(
        CloudProduct.DCDN,
        pages="DescribeDcdnUserDomains",
        certificate="DescribeDcdnDomainCertificateInfo",
        writes="SetDcdnDomainSSLCertificate",
        kind="computing_routine",
        without_https="off.example.com",
    ),
]
HINDERED = hindered(CloudProduct.DCDN, "offline", "checking", "check_failed", "configure_failed")
HOSTS = {"": "dcdn.aliyuncs.com"}
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
