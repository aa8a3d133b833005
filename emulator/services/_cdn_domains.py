"""An accelerated domain and the certificate on it, and how each of CDN's calls words them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from emulator.bundles import Bundle, a_label, covers
from emulator.services._settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Binding:
    """A certificate on a domain: one of CAS's (`cert_id` and `region` say which), or an upload."""

    cert_type: str  #: cas, upload
    name: str
    bundle: Bundle = field(repr=False)
    updated: datetime
    cert_id: int = 0
    region: str = ""


@dataclass
class Domain:
    name: str  #: as its owner wrote it; a wildcard domain is `.example.com`
    status: str
    certificate: Settling[Binding | None]  #: none: HTTPS is off
    modified: datetime = CREATED

    @property
    def label(self) -> str:
        return a_label(self.name)

    @property
    def cname(self) -> str:
        return f"{'all' * self.label.startswith('.')}{self.label}.w.kunlunsl.com"

    def status_at(self, now: datetime) -> str:
        return self.status if self.certificate.settled(now) else "configuring"

    def answers_to(self, host: str) -> bool:
        own = f"*{self.label}" if self.label.startswith(".") else self.label
        return covers(own, host)


def page_item(domain: Domain, now: datetime) -> dict[str, Any]:
    """A domain in DescribeUserDomains."""
    return {
        "DomainName": domain.name,
        "DomainId": int(sha256(domain.label.encode()).hexdigest()[:10], 16),
        "DomainStatus": domain.status_at(now),
        "SslProtocol": _switch(domain),
        "Cname": domain.cname,
        "CdnType": "web",
        "Coverage": "global",
        "Description": "",
        "GmtCreated": iso(CREATED),
        "GmtModified": iso(domain.modified),
        "ResourceGroupId": "rg-default",
        "Sandbox": "normal",
        "Sources": {"Source": [_origin(domain)]},
    }


def detail(domain: Domain, now: datetime) -> dict[str, Any]:
    """DescribeCdnDomainDetail."""
    return {
        "DomainName": domain.name,
        "DomainStatus": domain.status_at(now),
        "ServerCertificateStatus": _switch(domain),
        "Cname": domain.cname,
        "HttpsCname": domain.cname if domain.certificate.value else "",
        "CdnType": "web",
        "Scope": "global",
        "Description": "",
        "GmtCreated": iso(CREATED),
        "GmtModified": iso(domain.modified),
        "ResourceGroupId": "rg-default",
        "SourceModels": {"SourceModel": [_origin(domain) | {"Enabled": "online"}]},
    }


def certificate_info(domain: Domain, now: datetime) -> dict[str, Any]:
    """DescribeDomainCertificateInfo: `CertId` is text, and only a certificate of CAS has one."""
    info = {
        "DomainName": domain.name,
        "DomainCnameStatus": "ok",
        "ServerCertificateStatus": _switch(domain),
    }
    bound = domain.certificate.value
    if bound is None:
        return info
    bundle = bound.bundle
    info |= {
        "CertName": bound.name,
        "CertType": bound.cert_type,
        "CertDomainName": bundle.common_name,
        "CertOrg": bundle.issuer,
        "CertLife": "months",
        "CertStartTime": iso(bundle.not_before),
        "CertExpireTime": iso(bundle.not_after),
        "CertUpdateTime": iso(bound.updated),
        "ServerCertificate": bundle.certificate_pem,
        "Status": "success",
    }
    if bound.cert_id:
        info |= {"CertId": str(bound.cert_id), "CertRegion": bound.region}
    return info


def https_item(domain: Domain, bound: Binding, now: datetime) -> dict[str, Any]:
    """A domain in DescribeCdnHttpsDomainList."""
    bundle = bound.bundle
    left = (bundle.not_after - now).days
    return {
        "DomainName": domain.name,
        "CertName": bound.name,
        "CertCommonName": bundle.common_name,
        "CertType": bound.cert_type,
        "CertStatus": _health(bundle.covers(domain.name), left),
        "CertStartTime": iso(bundle.not_before),
        "CertExpireTime": iso(bundle.not_after),
        "CertUpdateTime": iso(bound.updated),
    }


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _health(covered: bool, days_left: int) -> str:
    if not covered:
        return "mismatch"
    if days_left < 0:
        return "expired"
    return "expire_soon" if days_left < 30 else "ok"


def _switch(domain: Domain) -> str:
    return "off" if domain.certificate.value is None else "on"


def _origin(domain: Domain) -> dict[str, Any]:
    return {
        "Content": f"origin.{domain.label.lstrip('.')}",
        "Port": 443,
        "Priority": "20",
        "Type": "domain",
        "Weight": "10",
    }
