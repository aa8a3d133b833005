"""CDN (API 2018-05-10)."""

from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.resources import CloudProduct
from shared.products.kit.cdn_family import FamilyAdapter, Words


class Adapter(FamilyAdapter):
    product = CloudProduct.CDN
    api = Api("cdn", "2018-05-10", "RPC", ram="cdn", hosts="cdn.aliyuncs.com", scope="domain/*")
    actions: ClassVar = {
        "DescribeUserDomains": Action("DescribeUserDomains", per_second=100),
        "DescribeDomainCertificateInfo": Action("DescribeDomainCertificateInfo", per_second=100),
        "DescribeCdnDomainDetail": Action("DescribeCdnDomainDetail", of_looks=True, per_second=30),
        "DescribeCdnDomainConfigs": Action("DescribeCdnDomainConfigs", of_looks=True, per_second=100),
        "SetCdnDomainSSLCertificate": Action("SetCdnDomainSSLCertificate", writes=True, per_second=30),
    }
    page_size = 500
    first_deployment = True
    words = Words(
        domains="DescribeUserDomains",
        info="DescribeDomainCertificateInfo",
        detail="DescribeCdnDomainDetail",
        functions="DescribeCdnDomainConfigs",
        change="SetCdnDomainSSLCertificate",
        model="GetDomainDetailModel",
        switch="SslProtocol",
        info_switch="ServerCertificateStatus",
        info_pem="ServerCertificate",
    )
