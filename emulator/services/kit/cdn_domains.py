"""An accelerated domain and the certificate on it, and the words of CDN, DCDN, VOD and Live for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from emulator.bundles import Bundle, a_label, covers
from emulator.services.kit.settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)
#: What every domain has set, by function: those that are about HTTPS, and one that is not.
FUNCTIONS = {
    "https_option": {"http2": "on", "ocsp_stapling": "off"},
    "https_force": {"enable": "on", "https_rewrite": "301"},
    "https_tls_version": {"tls10": "off", "tls11": "off", "tls12": "on", "tls13": "on"},
    "set_req_host_header": {"domain_name": "origin.example.com"},
}


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
    zone: str  #: of its CNAME
    kind: str = ""  #: the product's own sort of domain, where it has several
    #: those of FUNCTIONS that the product knows
    functions: dict[str, dict[str, str]] = field(default_factory=dict)
    modified: datetime = CREATED

    @property
    def label(self) -> str:
        return a_label(self.name)

    @property
    def cname(self) -> str:
        return f"{'all' * self.label.startswith('.')}{self.label}.{self.zone}"

    def status_at(self, now: datetime) -> str:
        return self.status if self.certificate.settled(now) else "configuring"

    def answers_to(self, host: str) -> bool:
        own = f"*{self.label}" if self.label.startswith(".") else self.label
        return covers(own, host)


def told(names: Iterable[str], domain: Domain, now: datetime) -> dict[str, Any]:
    """What an answer with the fields `names` says of a domain. A fact that is not there is left out."""
    known = _facts(domain, now) | _of_certificate(domain, now)
    return {name: known[name] for name in names if name in known}


def configs(domain: Domain, names: Collection[str]) -> list[dict[str, Any]]:
    """The domain's functions of these names. `ConfigId` is text."""
    return [
        {
            "FunctionName": name,
            "ConfigId": str(int(sha256(f"{domain.label} {name}".encode()).hexdigest()[:10], 16)),
            "Status": "success",
            "FunctionArgs": {
                "FunctionArg": [{"ArgName": key, "ArgValue": value} for key, value in arguments.items()]
            },
        }
        for name, arguments in domain.functions.items()
        if name in names
    ]


def _facts(domain: Domain, now: datetime) -> dict[str, Any]:
    """By every word that any of the calls has for it."""
    status = domain.status_at(now)
    switch = "off" if domain.certificate.value is None else "on"
    origin = {
        "Content": f"origin.{domain.label.lstrip('.')}",
        "Port": 443,
        "Priority": "20",
        "Type": "domain",
        "Weight": "10",
    }
    return {
        "DomainName": domain.name,
        "DomainId": int(sha256(domain.label.encode()).hexdigest()[:10], 16),
        "DomainStatus": status,
        "LiveDomainStatus": status,
        "DomainCnameStatus": "ok",
        "SslProtocol": switch,
        "SSLProtocol": switch,
        "ServerCertificateStatus": switch,
        "Cname": domain.cname,
        "HttpsCname": domain.cname if domain.certificate.value else "",
        "CdnType": "web",
        "LiveDomainType": domain.kind,
        "Region": "cn-shanghai",
        "RegionName": "cn-shanghai",
        "Coverage": "global",
        "Scope": "global",
        "Description": "",
        "GmtCreated": iso(CREATED),
        "GmtModified": iso(domain.modified),
        "ResourceGroupId": "rg-default",
        "Sandbox": "normal",
        "Sources": {"Source": [origin]},
        "SourceModels": {"SourceModel": [origin | {"Enabled": "online"}]},
    }


def _of_certificate(domain: Domain, now: datetime) -> dict[str, Any]:
    """`CertId` is text, and only a certificate of CAS has one."""
    bound = domain.certificate.value
    if bound is None:
        return {}
    bundle = bound.bundle
    facts = {
        "CertName": bound.name,
        "CertType": bound.cert_type,
        "CertDomainName": bundle.common_name,
        "CertCommonName": bundle.common_name,
        "CertOrg": bundle.issuer,
        "CertLife": "months",
        "CertStartTime": iso(bundle.not_before),
        "CertExpireTime": iso(bundle.not_after),
        "CertUpdateTime": iso(bound.updated),
        "CertStatus": _health(bundle.covers(domain.name), (bundle.not_after - now).days),
        "ServerCertificate": bundle.certificate_pem,
        "SSLPub": bundle.certificate_pem,
        "Status": "success",
    }
    if bound.cert_id:
        facts |= {"CertId": str(bound.cert_id), "CertRegion": bound.region}
    return facts


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _health(covered: bool, days_left: int) -> str:
    if not covered:
        return "mismatch"
    if days_left < 0:
        return "expired"
    return "expire_soon" if days_left < 30 else "ok"
