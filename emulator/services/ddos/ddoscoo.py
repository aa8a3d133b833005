"""Anti-DDoS Pro and Premium, ddoscoo 2020-01-01: website rules, and the certificate of each.

A rule names its certificate by a file that is called for its id in CAS, and by the name that a person gave
it (`cert_names` "name": by that alone). No change has a state: the API tells
the new name at once, the edge serves it when it has settled. All codes are guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, ClassVar

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle, BundleProblem, a_label, covers, read
from emulator.certificates import CERT_REGIONS
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.ddos import WebRule
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit.settling import Settling

MOST = 10  #: rows of a page


@dataclass(frozen=True)
class Bound:
    name: str
    store: str
    bundle: Bundle
    cert_id: int = 0


@dataclass
class Rule:
    domain: str
    region: str
    ports: tuple[int, ...]  #: of HTTPS
    forwarding: bool
    certificate: Settling[Bound | None]

    @property
    def cname(self) -> str:
        label = sha256(f"{self.region}/{a_label(self.domain)}".encode()).hexdigest()[:16]
        return f"{label}.aliyunddos{'1015' if self.region == 'cn-hangzhou' else '0001'}.com"


class Service(EmulatedService):
    api = "ddoscoo"
    version = "2020-01-01"
    ram = "yundun-ddoscoo"
    hosts = ("ddoscoo.{region}.aliyuncs.com",)
    limits: ClassVar[dict[str, int]] = {"DescribeWebRules": 50}

    switches: ClassVar = {"cert_names": ("id", "name")}  #: what CertName says

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._rules: list[Rule] = []

    def load(self, estate: Estate) -> None:
        now = self.cloud.clock()
        for row in estate.of(WebRule):
            bound = None
            if name := row.certificate:
                store = estate.certificates[name].store
                bound = Bound(estate.cas_name(name), store, estate.bundle(name, now), estate.id_of(name))
            ports = tuple(row.https_ports)
            self._rules.append(Rule(row.domain, row.region, ports, row.forwarding, Settling(bound)))

    def uses(self, identifier: str) -> bool:
        bound = [rule.certificate.value for rule in self._rules]
        return any(found and f"{found.cert_id}-{found.store}" == identifier for found in bound)

    def held(self) -> Iterator[Place]:
        for rule in self._rules:
            bound = rule.certificate.value if rule.ports else None
            in_place = f"{bound.cert_id}-{bound.store}" if bound and bound.cert_id else ""
            yield Place("DDOS", rule.region, rule.domain, in_place, partial(self._take, rule))

    def _take(self, rule: Rule, identifier: str) -> None:
        """From CAS itself."""
        row, now = self.cloud.service(Cas).given(identifier), self.cloud.clock()
        bound = Bound(row.name, row.store, row.bundle, row.id)
        rule.certificate.set(bound, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot as (address to connect to, server name to ask for)."""
        return [
            (f"{rule.cname}:{port}", a_label(rule.domain).replace("*", "any"))
            for rule in self._rules
            for port in rule.ports
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a rule's CNAME, or at the edge itself, the certificate of the rule for the name asked for."""
        address, _, port = host.partition(":")
        rules = [rule for rule in self._rules if not host or rule.cname == address]
        rules = [rule for rule in rules if not host or int(port or 0) in rule.ports]
        if host and not rules:
            return None
        for rule in sorted(rules, key=lambda rule: rule.domain.startswith("*")):
            bound = rule.certificate.served(self.cloud.clock())
            if bound and rule.ports and rule.forwarding and covers(rule.domain, server_name):
                return (bound.bundle,)
        return () if host else None

    def DescribeDomains(self, call: Call) -> Answer:
        return {"Domains": [rule.domain for rule in self._rules if rule.region == call.region]}

    def DescribeWebRules(self, call: Call) -> Answer:
        params = call.params
        page, size = params.get("PageNumber", 1), params.get("PageSize", MOST)
        pattern, text = params.get("QueryDomainPattern", "fuzzy"), params.get("Domain", "")
        if pattern not in ("fuzzy", "exact") or not 1 <= size <= MOST or page < 1:
            raise ApiError(400, "InvalidParams", f"PageSize takes 1 to {MOST}, the pattern fuzzy or exact.")
        rows = [
            self._row(rule)
            for rule in self._rules
            if rule.region == call.region
            and (not text or (rule.domain == text if pattern == "exact" else text in rule.domain))
            and params.get("Cname") in (None, "", rule.cname)
        ]
        return {"WebRules": rows[(page - 1) * size : page * size], "TotalCount": len(rows)}

    def AssociateWebCert(self, call: Call) -> Answer:
        params, now = call.params, self.cloud.clock()
        given = [name for name in ("CertId", "CertIdentifier", "CertName") if params.get(name)]
        if len(given) != 1:
            raise ApiError(400, "InvalidParams", "One of CertId, CertIdentifier and CertName is expected.")
        rule = next(
            (rule for rule in self._rules if (rule.domain, rule.region) == (params["Domain"], call.region)),
            None,
        )
        if rule is None:
            raise ApiError(400, "DomainNotExist", "The domain name does not exist.")
        if not rule.ports:
            raise ApiError(400, "InvalidParams", "The rule has no HTTPS port.")
        bound = self._uploaded(params) if given == ["CertName"] else self._of_cas(params)
        if not bound.bundle.covers(rule.domain):
            raise ApiError(400, "InvalidParams", f"The certificate does not cover {rule.domain}.")
        rule.certificate.set(bound, now=now, until=now + timedelta(seconds=self.cloud.settle_s))
        return {}

    def _of_cas(self, params: Any) -> Bound:
        region = params.get("CertRegion", "cn-hangzhou")
        head, _, store = (params.get("CertIdentifier") or f"{params['CertId']}-{region}").partition("-")
        known = head.isdigit() and store in CERT_REGIONS
        row = self.cloud.service(Cas).by_id(int(head), store) if known else None
        if row is None or not row.deployable:
            raise ApiError(400, "CertNotExist", "The certificate does not exist.")
        return Bound(row.name, row.store, row.bundle, row.id)

    def _uploaded(self, params: Any) -> Bound:
        try:
            bundle = read(params.get("Cert", ""), params.get("Key", ""))
        except BundleProblem as problem:
            raise ApiError(400, "InvalidParams", f"Refused: {problem}.") from None
        row = self.cloud.service(Cas).add(params["CertName"], params.get("CertRegion", "cn-hangzhou"), bundle)
        return Bound(row.name, row.store, bundle, row.id)

    def _row(self, rule: Rule) -> dict[str, Any]:
        proxies = [{"ProxyType": "http", "ProxyPorts": ["80"]}]
        if rule.ports:
            proxies.append({"ProxyType": "https", "ProxyPorts": [str(port) for port in rule.ports]})
        row: dict[str, Any] = {
            "Domain": rule.domain,
            "Cname": rule.cname,
            "ProxyTypes": proxies,
            "ProxyEnabled": rule.forwarding,
            "SslProtocols": "tls1.2",
            "SslCiphers": "default",
            "Ssl13Enabled": True,
            "Http2Enable": True,
            "PunishStatus": False,
            "RealServers": [{"RealServer": "192.0.2.1", "RsType": 0}],
            "GmCert": {"CertId": "", "GmEnable": 0, "GmOnly": 0},
        }
        if (bound := rule.certificate.value) is not None:
            file = f"{bound.cert_id}.pem" if self.behaviour["cert_names"] == "id" else bound.name
            row |= {"CertName": file, "UserCertName": bound.name, "CertRegion": bound.store}
        return row
