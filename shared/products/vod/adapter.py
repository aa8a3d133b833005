"""ApsaraVideo VOD (API 2017-03-21): its acceleration domains, all behind one host.

The host is Shanghai's, which serves the China site; settings name another for the International site.
"""

from typing import ClassVar

from shared.cloud.api import Action, Api
from shared.domain.resources import CloudProduct
from shared.products.kit.cdn_family import FamilyAdapter, Words


class Adapter(FamilyAdapter):
    product = CloudProduct.VOD
    host_of_china_site = True
    api = Api("vod", "2017-03-21", "RPC", ram="vod", hosts="vod.{region}.aliyuncs.com")
    actions: ClassVar = {
        "DescribeVodUserDomains": Action("DescribeVodUserDomains"),
        "DescribeVodDomainCertificateInfo": Action("DescribeVodDomainCertificateInfo"),
        "DescribeVodDomainDetail": Action("DescribeVodDomainDetail", of_looks=True),
        "DescribeVodDomainConfigs": Action("DescribeVodDomainConfigs", of_looks=True),
        "SetVodDomainSSLCertificate": Action("SetVodDomainSSLCertificate", writes=True, per_second=30),
    }
    page_size = 50
    home = "cn-shanghai"
    words = Words(
        domains="DescribeVodUserDomains",
        info="DescribeVodDomainCertificateInfo",
        detail="DescribeVodDomainDetail",
        functions="DescribeVodDomainConfigs",
        change="SetVodDomainSSLCertificate",
        model="DomainDetail",
        switch="SslProtocol",
        info_switch="ServerCertificateStatus",
        info_pem="ServerCertificate",
    )
