"""ApsaraVideo VOD 2017-03-21: its acceleration domains. Some refusals are HTTP 500, and final."""

from __future__ import annotations

from typing import ClassVar

from emulator.api import ApiError
from emulator.sections.vod import VodDomain
from emulator.services.kit.cdn_domains import Domain
from emulator.services.kit.cdn_family import INFO, Family


class Service(Family):
    section = VodDomain
    api = "vod"
    version = "2017-03-21"
    ram = "vod"
    busy = ((400, "3"), (400, "2001"))
    hosts = ("vod.cn-shanghai.aliyuncs.com", "vod.ap-southeast-1.aliyuncs.com")
    limits: ClassVar[dict[str, int]] = {"SetVodDomainSSLCertificate": 30}
    zone = "w.alikunlun.com"
    row = (
        *("DomainName", "DomainStatus", "SslProtocol", "Cname", "Description"),
        *("GmtCreated", "GmtModified", "Sandbox"),
    )
    info = (
        *(*INFO, "CertId", "CertRegion", "CertStartTime", "CertUpdateTime"),
        *("DomainCnameStatus", "ServerCertificate", "ServerCertificateStatus"),
    )
    details = (
        *("DomainName", "DomainStatus", "SSLProtocol", "SSLPub", "CertName", "Cname", "Scope"),
        *("Description", "GmtCreated", "GmtModified"),
    )
    most = 50
    search = "fuzzy_match"
    functions = ("http_force", "https_force", "set_req_host_header")  # as documented; others: [guess]
    bad_pair = (500, "PrivateKeyError")

    def ready(self, domain: Domain) -> None:
        if domain.status == "configure_failed":
            raise ApiError(500, "InvalidDomain.Configure_failed", "Failed to configure the domain.")
        super().ready(domain)

    DescribeVodUserDomains = Family.list_domains
    DescribeVodDomainCertificateInfo = Family.certificate_of
    DescribeVodDomainDetail = Family.detail
    DescribeVodDomainConfigs = Family.configs
    SetVodDomainSSLCertificate = Family.set_certificate
