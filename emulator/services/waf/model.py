"""A WAF instance, its protected domains, and the words of the API for them.

The settings are those of the official SDK's response models; their values are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from emulator.bundles import a_label
from emulator.services.cas.store import CasCertificate, ms
from emulator.services.kit.settling import Settling

STATUS = {"normal": 1, "expired": 2, "released": 3}
NORMAL, MODIFYING, NOT_FORWARDED = 1, 3, 5
SUITES = ("1", "2", "99")  #: all, strong ones, those that are named
VERSIONS = ("tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3")
CIPHERS = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256")
#: [guess] what TLS settings become that a change does not name
LEFT_OUT = {"TLSVersion": "tlsv1", "EnableTLSv3": False, "CipherSuite": 1, "CustomCiphers": []}

TLS: dict[str, Any] = {
    "TLSVersion": "tlsv1.2",
    "EnableTLSv3": True,
    "CipherSuite": 99,
    "CustomCiphers": list(CIPHERS),
}
_LISTEN: dict[str, Any] = {
    **TLS,
    "Http2Enabled": True,
    "FocusHttps": True,
    "IPv6Enabled": False,
    "ExclusiveIp": False,
    "ProtectionResource": "share",
    "XffHeaderMode": 2,
    "XffHeaders": ["X-Client-Ip"],
    "HstsMaxAge": 31536000,
    "HstsIncludeSubDomain": True,
    "HstsPreload": False,
    "SM2Enabled": False,
    "SM2CertId": "",
    "SM2AccessOnly": False,
}
_REDIRECT: dict[str, Any] = {
    "Loadbalance": "roundRobin",
    "Backends": [{"Backend": "192.0.2.1"}],
    "BackendList": ["192.0.2.1"],
    "BackUpBackendList": ["192.0.2.2"],
    "BackendPorts": [{"ListenPort": 443, "BackendPort": 8443, "Protocol": "https"}],
    "RequestHeaders": [{"Key": "X-From-Waf", "Value": "1"}],
    "ConnectTimeout": 5,
    "ReadTimeout": 120,
    "WriteTimeout": 120,
    "Keepalive": True,
    "KeepaliveRequests": 1000,
    "KeepaliveTimeout": 15,
    "Retry": True,
    "SniEnabled": True,
    "SniHost": "origin.example.com",
    "FocusHttpBackend": False,
    "XffProto": True,
    "MaxBodySize": 2,
    "ProxyProtocol": False,
    "Http2Origin": False,
}


@dataclass
class Protected:
    """A domain in CNAME access. `listen` and `redirect` are its settings but for ports and CertId."""

    name: str
    region: str
    ports: tuple[int, ...]  #: of HTTPS
    forwarding: bool
    certificate: Settling[CasCertificate | None]
    listen: dict[str, Any] = field(default_factory=lambda: dict(_LISTEN))
    redirect: dict[str, Any] = field(default_factory=lambda: dict(_REDIRECT))
    http_ports: tuple[int, ...] = (80,)

    @property
    def digest(self) -> str:
        return sha256(f"{self.region}/{a_label(self.name)}".encode()).hexdigest()[:24]

    @property
    def cname(self) -> str:
        return f"{self.digest}.{'yundunwaf' if self.region == 'cn-hangzhou' else 'aliyunwaf'}3.com"

    def status(self, now: datetime) -> int:
        if not self.certificate.settled(now):
            return MODIFYING
        return NORMAL if self.forwarding else NOT_FORWARDED

    def row(self, now: datetime) -> dict[str, Any]:
        """Of DescribeDomains: tells of no certificate. `Backeds` is the API's own spelling."""
        backend = [{"Backend": "192.0.2.1"}]
        return {
            "Domain": self.name,
            "DomainId": f"{self.name}-waf",
            "Cname": self.cname,
            "Status": self.status(now),
            "ListenPorts": {"Http": list(self.http_ports), "Https": list(self.ports)},
            "Backeds": {"Http": backend, "Https": backend if self.ports else []},
            "ResourceManagerResourceGroupId": "rg-default",
        }

    def detail(self, now: datetime) -> dict[str, Any]:
        listen = {**self.listen, "HttpPorts": list(self.http_ports), "HttpsPorts": list(self.ports)}
        answer = {
            "Domain": self.name,
            "DomainId": f"{self.name}-waf",
            "Cname": self.cname,
            "Status": self.status(now),
            "Listen": listen,
            "Redirect": dict(self.redirect),
            "SM2CertDetail": {},
            "ResourceManagerResourceGroupId": "rg-default",
        }
        if row := self.certificate.value:
            listen["CertId"] = row.identifier
            answer["CertDetail"] = cert_detail(self.certificate.served(now) or row)
        return answer


@dataclass
class Instance:
    region: str
    status: str
    default: Settling[CasCertificate | None]
    default_tls: dict[str, Any] = field(default_factory=lambda: dict(TLS))
    domains: list[Protected] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"waf_v2_public_{'cn' if self.region == 'cn-hangzhou' else 'intl'}-0pp1n1t3e1a"

    def default_https(self, separator: str) -> dict[str, Any]:
        """Numbers and lists are texts here; `separator` stands between the names of ciphers."""
        row = self.default.value
        if row is None:
            return {}
        told = dict(self.default_tls)
        texts: dict[str, Any] = {"CipherSuite": str, "CustomCiphers": separator.join}
        told |= {name: text(told[name]) for name, text in texts.items() if name in told}
        return {"CertId": row.identifier, **told}


def cert_detail(row: CasCertificate) -> dict[str, Any]:
    bundle = row.bundle
    return {
        "Id": row.identifier,
        "Name": row.name,
        "CommonName": bundle.common_name,
        "Sans": list(bundle.names),
        "StartTime": ms(bundle.not_before),
        "EndTime": ms(bundle.not_after),
    }
