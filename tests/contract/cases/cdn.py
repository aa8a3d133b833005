"""CDN: domains, one of them without HTTPS."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID
from tests.contract.cases._family import domains_case, hindered

CASES = [
    domains_case(
        CloudProduct.CDN,
        pages="DescribeUserDomains",
        certificate="DescribeDomainCertificateInfo",
        writes="SetCdnDomainSSLCertificate",
        without_https="off.example.com",
    ),
]
HINDERED = hindered(CloudProduct.CDN, "offline", "checking", "check_failed", "configure_failed")
HOSTS = {"": "cdn.aliyuncs.com"}
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
