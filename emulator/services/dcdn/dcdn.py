"""DCDN 2018-01-15: as CDN, and domains of edge programs, which the list shows only when asked for."""

from __future__ import annotations

from typing import ClassVar

from emulator.api import Call
from emulator.sections.dcdn import DcdnDomain
from emulator.services.kit.cdn_domains import Domain
from emulator.services.kit.cdn_family import INFO, Family


class Service(Family):
    section = DcdnDomain
    api = "dcdn"
    version = "2018-01-15"
    ram = "dcdn"
    busy = ((403, "ServiceBusy"),)
    hosts = ("dcdn.aliyuncs.com",)
    limits: ClassVar[dict[str, int]] = {
        "DescribeDcdnUserDomains": 80,
        "DescribeDcdnDomainCertificateInfo": 100,
        "DescribeDcdnDomainDetail": 30,
    }
    zone = "w.kunlunaq.com"
    row = (
        *("DomainName", "DomainId", "DomainStatus", "SSLProtocol", "Cname", "Description"),
        *("GmtCreated", "GmtModified", "ResourceGroupId", "Sandbox"),
    )
    info = (*INFO, "CertId", "CertRegion", "SSLProtocol", "SSLPub")
    details = (
        *("DomainName", "DomainStatus", "SSLProtocol", "SSLPub", "Cname", "Scope", "Description"),
        *("GmtCreated", "GmtModified", "ResourceGroupId"),
    )
    bad_switch = "Abs.sslProtocol.ValueNotSupported"

    def listed(self, domain: Domain, call: Call) -> bool:
        return domain.kind in call.params.get("WebSiteType", "dynamic").split(",")

    DescribeDcdnUserDomains = Family.list_domains
    DescribeDcdnDomainCertificateInfo = Family.certificate_of
    DescribeDcdnDomainDetail = Family.detail
    DescribeDcdnDomainConfigs = Family.configs
    DescribeDcdnHttpsDomainList = Family.list_https
    SetDcdnDomainSSLCertificate = Family.set_certificate
