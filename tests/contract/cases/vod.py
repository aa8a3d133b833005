"""VOD: domains, one of them without HTTPS."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERT_ID
from tests.contract.cases._family import domains_case, hindered

CASES = [
    domains_case(
        CloudProduct.VOD,
        pages="DescribeVodUserDomains",
        certificate="DescribeVodDomainCertificateInfo",
        writes="SetVodDomainSSLCertificate",
    ),
]
HINDERED = hindered(CloudProduct.VOD, "offline")
HOSTS = {"cn-shanghai": "vod.cn-shanghai.aliyuncs.com"}
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
