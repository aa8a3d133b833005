"""CDN 2018-05-10: accelerated domains, and the certificate each one serves."""

from __future__ import annotations

from typing import ClassVar

from emulator.sections.cdn import CdnDomain
from emulator.services.kit.cdn_family import INFO, Family


class Service(Family):
    section = CdnDomain
    api = "cdn"
    version = "2018-05-10"
    ram = "cdn"
    busy = ((403, "ServiceBusy"),)
    hosts = ("cdn.aliyuncs.com", "cdn.ap-southeast-1.aliyuncs.com")
    limits: ClassVar[dict[str, int]] = {
        "DescribeUserDomains": 100,
        "DescribeDomainCertificateInfo": 100,
        "DescribeCdnHttpsDomainList": 100,
        "DescribeCdnDomainDetail": 30,
        "DescribeCdnDomainConfigs": 100,
        "SetCdnDomainSSLCertificate": 30,
    }
    zone = "w.kunlunsl.com"
    row = (
        *("DomainName", "DomainId", "DomainStatus", "SslProtocol", "Cname", "CdnType", "Coverage"),
        *("Description", "GmtCreated", "GmtModified", "ResourceGroupId", "Sandbox", "Sources"),
    )
    info = (
        *(*INFO, "CertId", "CertRegion", "CertStartTime", "CertUpdateTime"),
        *("DomainCnameStatus", "ServerCertificate", "ServerCertificateStatus"),
    )
    details = (
        *("DomainName", "DomainStatus", "ServerCertificateStatus", "Cname", "HttpsCname", "CdnType"),
        *("Scope", "Description", "GmtCreated", "GmtModified", "ResourceGroupId", "SourceModels"),
    )
    model = "GetDomainDetailModel"

    DescribeUserDomains = Family.list_domains
    DescribeDomainCertificateInfo = Family.certificate_of
    DescribeCdnDomainDetail = Family.detail
    DescribeCdnDomainConfigs = Family.configs
    DescribeCdnHttpsDomainList = Family.list_https
    SetCdnDomainSSLCertificate = Family.set_certificate
