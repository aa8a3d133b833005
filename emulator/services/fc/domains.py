"""Custom domains of Function Compute. The services of 3.0 and 2.0 share them.

A key is taken and never told. It has to be PKCS#1 or SEC1: PKCS#8 is refused, as clients of 3.0 met it.
Of 2.0 it is not known (`key_form`). A change names the settings that change; the others stay. Should the
real API reset some of them (it is not documented): `forgets` has it so here.
The API shows a change at once, the edge serves it when it has settled.
Codes are documented, which fault has which is guessed. Not emulated: creating and deleting domains.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from emulator.api import ApiError, Call, Raw
from emulator.bundles import Bundle, BundleProblem, a_label, covers, read
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.fc import FcDomain
from emulator.service import Account, EmulatedService
from emulator.services.fc.wire import MOST, answered, body_of, invalid
from emulator.services.kit.settling import Settling

SETTINGS = ("protocol", "routeConfig", "tlsConfig", "wafConfig", "authConfig", "corsConfig")
PROTOCOLS = ("HTTP", "HTTPS", "HTTP,HTTPS")
PAIR = ("certName", "certificate", "privateKey")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
TLS = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]


@dataclass
class CustomDomain:
    name: str
    region: str
    versions: tuple[str, ...]
    settings: dict[str, Any]
    certificate: Settling[Bundle | None]
    cert_name: str = ""
    modified: str = "2025-03-01T00:00:00Z"

    @property
    def on(self) -> bool:
        return "HTTPS" in self.settings["protocol"] and self.certificate.value is not None

    def told(self, account: str, version: str) -> dict[str, Any]:
        """As an API tells it: functions of 3.0 are in no service."""
        settings = deepcopy(self.settings)
        for route in settings.get("routeConfig", {}).get("routes", ()) if version == "3.0" else ():
            route.pop("serviceName", None)
        row = settings | {
            "accountId": account,
            "apiVersion": "2023-03-30" if version == "3.0" else "2016-08-15",
            "createdTime": "2025-03-01T00:00:00Z",
            "domainName": self.name,
            "lastModifiedTime": self.modified,
            "subdomainCount": "1",
        }
        if bundle := self.certificate.value:
            row["certConfig"] = {"certName": self.cert_name, "certificate": bundle.certificate_pem}
        return row


class Domains(EmulatedService):
    version_name: ClassVar[str] = "3.0"  #: which domains this API lists
    unknown: Collection[str] = ()  #: settings that this API neither tells nor takes; tests change it

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._own: list[CustomDomain] = []

    @property
    def domains(self) -> list[CustomDomain]:
        """Those of both versions."""
        return self._own

    def load(self, estate: Estate) -> None:
        if self.version_name != "3.0":
            return
        now = self.cloud.clock()
        for row in estate.of(FcDomain):
            versions = ("3.0", "2.0") if row.version == "both" else (row.version,)
            bundle = estate.bundle(row.certificate, now) if row.certificate else None
            route: dict[str, Any] = {"path": "/*", "functionName": row.function, "methods": ["GET", "POST"]}
            if "2.0" in versions:
                route |= {"serviceName": "shop", "qualifier": "LATEST"}
            settings = {
                "protocol": row.protocols,
                "routeConfig": {"routes": [route]},
                "tlsConfig": {"minVersion": "TLSv1.2", "maxVersion": "TLSv1.3", "cipherSuites": TLS},
                "wafConfig": {"enableWAF": False},
                "authConfig": {"authType": "anonymous", "authInfo": ""},
                "corsConfig": {"allowCredentials": False, "allowOrigins": ["*"], "maxAge": 60},
            }
            name = re.sub(r"[^A-Za-z0-9_-]", "_", f"c_{row.certificate}")
            self._own.append(CustomDomain(row.domain, row.region, versions, settings, Settling(bundle), name))

    def held(self) -> Iterator[Place]:
        """CAS asks, and is there: functions are served without it, too."""
        cas: Any = self.cloud.services["cas"]
        for domain in self._own:
            in_place = cas.of_bundle(domain.certificate.value)
            yield Place("FC", domain.region, domain.name, in_place, partial(self._take, domain))

    def _take(self, domain: CustomDomain, identifier: str) -> None:
        """From CAS itself."""
        cas: Any = self.cloud.services["cas"]
        row, now = cas.given(identifier), self.cloud.clock()
        domain.cert_name = f"cas_{row.id}"
        domain.certificate.set(row.bundle, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot as (address to connect to, server name to ask for)."""
        return [
            (self._address(domain), a_label(domain.name).replace("*", "any"))
            for domain in self._own
            if domain.on
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At the region's address, or at the edge itself, the certificate of the domain asked for."""
        if host and not any(self._address(domain) == host for domain in self._own):
            return None
        for domain in sorted(self._own, key=lambda found: found.name.startswith("*")):
            bundle = domain.certificate.served(self.cloud.clock())
            fits = covers(domain.name, server_name) and host in ("", self._address(domain))
            if fits and domain.on and bundle is not None:
                return (bundle,)
        return () if host else None

    def _address(self, domain: CustomDomain) -> str:
        return f"{self.cloud.account}.{domain.region}.fc.aliyuncs.com:443"

    def ListCustomDomains(self, call: Call) -> Raw:
        limit, prefix = call.params.get("limit", 20), call.params.get("prefix", "")
        start = call.params.get("nextToken") or call.params.get("startKey") or ""
        if not 1 <= limit <= MOST:
            raise invalid(f"limit takes 1 to {MOST}")
        found = [domain for domain in self._visible(call) if domain.name.startswith(prefix)]
        found = sorted((d for d in found if d.name >= start), key=lambda domain: domain.name)
        answer: dict[str, Any] = {"customDomains": [self._told(domain) for domain in found[:limit]]}
        if len(found) > limit:
            answer["nextToken"] = found[limit].name
        return answered(call, answer)

    def GetCustomDomain(self, call: Call) -> Raw:
        return answered(call, self._told(self._domain(call)))

    def UpdateCustomDomain(self, call: Call) -> Raw:
        domain, body = self._domain(call), body_of(call)
        known = [name for name in SETTINGS if name not in self.unknown]
        unknown = set(body) - {*known, "certConfig"}
        if unknown and self.cloud.strict:
            raise invalid(f"{min(unknown)} is not a setting of a custom domain")
        if body.get("protocol", "HTTP") not in PROTOCOLS:
            raise invalid(f"protocol takes {', '.join(PROTOCOLS)}")
        bundle = self._bundle(body["certConfig"], domain.name) if "certConfig" in body else None
        if "HTTPS" in body.get("protocol", "") and (bundle or domain.certificate.value) is None:
            raise invalid("HTTPS needs certConfig")
        self._change(domain.settings, {name: body[name] for name in known if name in body})
        self.forget(domain.settings)
        now = self.cloud.clock()
        if bundle is not None:
            domain.certificate.set(bundle, now=now, until=now + timedelta(seconds=self.cloud.settle_s))
            domain.cert_name = body["certConfig"]["certName"]
        domain.modified = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        return answered(call, self._told(domain))

    def _change(self, settings: dict[str, Any], named: dict[str, Any]) -> None:
        settings.update(named)

    def _bundle(self, pair: Any, domain: str) -> Bundle:
        """Never repeats what was given, which holds a key."""
        if not isinstance(pair, Mapping) or not all(isinstance(pair.get(n), str) and pair[n] for n in PAIR):
            raise invalid("certConfig takes certName, certificate and privateKey")
        if not NAME.fullmatch(pair["certName"]):
            raise invalid("certName begins with a letter or _, then has letters, digits, _ and -")
        traditional = self.behaviour.get("key_form") != "any"
        try:
            bundle = read(pair["certificate"], pair["privateKey"], traditional=traditional)
        except BundleProblem as problem:
            if problem.fault == "key form":  # it is PEM all the same
                raise ApiError(400, "InvalidArgument", "'private key' has to be in PEM format") from None
            raise invalid(str(problem)) from None
        if not bundle.covers(domain):
            raise invalid(f"the certificate does not cover {domain}")
        return bundle

    def _told(self, domain: CustomDomain) -> dict[str, Any]:
        told = domain.told(self.cloud.account, self.version_name)
        return {name: value for name, value in told.items() if name not in self.unknown}

    def _visible(self, call: Call) -> list[CustomDomain]:
        return [d for d in self.domains if d.region == call.region and self.version_name in d.versions]

    def _domain(self, call: Call) -> CustomDomain:
        name = call.params["domainName"]
        for domain in self._visible(call):
            if domain.name == name:
                return domain
        raise ApiError(404, "DomainNameNotFound", f"domain name '{name}' does not exist")
