"""ESA's sites, the certificates of their pools, SaaS hostnames, and the words of the API for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from emulator.bundles import Bundle, a_label, covers
from emulator.services.kit.settling import Settling

EXPIRING = timedelta(days=30)
CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Bound:
    """A certificate; `cas_id` and `store` where it is one of CAS."""

    kind: str  #: cas, upload, free, keyless
    name: str
    bundle: Bundle = field(repr=False)
    cas_id: int = 0
    store: str = ""


@dataclass
class Entry:
    id: str
    certificate: Settling[Bound]
    changed: datetime = CREATED

    def row(self, now: datetime) -> dict[str, Any]:
        """Of ListCertificates. `CasId` is a text here, and times are UTC without saying so."""
        bound, bundle = self.certificate.value, self.certificate.value.bundle
        row = {
            "Id": self.id,
            "Name": bound.name,
            "Type": bound.kind,
            "CommonName": bundle.common_name,
            "SAN": ",".join(bundle.names),
            "Status": _status(bundle, now),
            "NotBefore": f"{bundle.not_before:%Y-%m-%d %H:%M:%S}",
            "NotAfter": f"{bundle.not_after:%Y-%m-%d %H:%M:%S}",
            "FingerprintSha256": bundle.sha256.lower(),
            "CreateTime": f"{CREATED:%Y-%m-%d %H:%M:%S}",
            "UpdateTime": f"{self.changed:%Y-%m-%d %H:%M:%S}",
            "SerialNumber": bundle.serial,
            "PubAlg": bundle.algorithm,
            "Issuer": bundle.issuer,
            "IssuerCN": bundle.issuer,
            "DCV": [],
        }
        return row | ({"CasId": str(bound.cas_id), "Region": bound.store} if bound.cas_id else {})


@dataclass
class Hostname:
    id: int
    name: str
    record: str
    record_id: int
    site: Site
    status: str
    certificate: Settling[Bound | None]

    def status_at(self, now: datetime) -> str:
        return self.status if self.certificate.settled(now) else "configuring"

    def row(self, now: datetime) -> dict[str, Any]:
        """Of ListCustomHostnames: tells neither the certificate nor its id."""
        bound = self.certificate.value
        row: dict[str, Any] = {
            "HostnameId": self.id,
            "Hostname": self.name,
            "SiteId": self.site.id,
            "SiteName": self.site.name,
            "RecordId": self.record_id,
            "RecordName": self.record,
            "Status": self.status_at(now),
            "SslFlag": "on" if bound else "off",
        }
        if bound:
            end = f"{bound.bundle.not_after:%Y-%m-%dT%H:%M:%SZ}"
            row |= {
                "CertType": bound.kind,
                "CertNotAfter": end,
                "CertStatus": _status(bound.bundle, now),
            }
        return row

    def detail(self, now: datetime) -> dict[str, Any]:
        """Of GetCustomHostname: with the private key, unasked."""
        row, bound = self.row(now), self.certificate.value
        if bound:
            row |= {"Certificate": bound.bundle.certificate_pem, "PrivateKey": bound.bundle.key_pem}
            row |= {"CasId": bound.cas_id} if bound.cas_id else {}
        return row


@dataclass
class Site:
    name: str
    status: str
    quota: int
    pool: list[Entry] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    hostnames: list[Hostname] = field(default_factory=list)

    @property
    def id(self) -> int:
        return number("site", self.name)

    def row(self) -> dict[str, Any]:
        return {
            "SiteId": self.id,
            "SiteName": self.name,
            "Status": self.status,
            "AccessType": "NS",
            "Coverage": "global",
            "InstanceId": f"esa-site-{self.id:x}",
            "PlanName": "basic",
        }

    def record_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "RecordId": number("record", name),
                "RecordName": name,
                "RecordType": "CNAME",
                "RecordCname": cname(name),
                "Proxied": True,
                "SiteId": self.id,
                "SiteName": self.name,
            }
            for name in self.records
        ]

    def best(self, server_name: str, now: datetime) -> tuple[Bundle, ...]:
        """What the pool has for a server name: [guess] an exact name first, then the end that is last."""
        fit = [
            bound.bundle
            for entry in self.pool
            if (bound := entry.certificate.served(now)).bundle.covers(server_name)
        ]
        exact = a_label(server_name)
        return tuple(sorted(fit, key=lambda b: (exact in b.names, b.not_after), reverse=True))

    def answers_to(self, server_name: str) -> bool:
        return any(covers(record, server_name) for record in self.records)


def cname(record: str) -> str:
    return f"{a_label(record).replace('*', 'any')}.{sha256(record.encode()).hexdigest()[:6]}.atrustdns.com"


def number(*words: str) -> int:
    """A number that is the same at each start."""
    return int(sha256("/".join(words).encode()).hexdigest()[:12], 16)


def text(*words: str) -> str:
    return sha256("/".join(words).encode()).hexdigest()[:32]


def _status(bundle: Bundle, now: datetime) -> str:
    if bundle.not_after <= now:
        return "Expired"
    return "Expiring" if bundle.not_after - now <= EXPIRING else "OK"
