"""API Gateway, the cloud-native one (APIG 2024-03-27): gateways, domains, and the certificate of each.

UpdateDomain replaces a domain: what it leaves out is lost. An unknown domain is a code in an answer
of HTTP 200. A changed domain is `Publishing`, and the edge serves the former certificate, until it has
settled [guess]. Not emulated: APIs, routes, SSL certificates of the gateway's own list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from emulator.api import ApiError, Call, Raw
from emulator.bundles import Bundle, a_label
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.apigateway import CloudNativeDomain, CloudNativeGateway
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import gateways
from emulator.services.kit.json_body import object_in
from emulator.services.kit.paging import fits
from emulator.services.kit.settling import Settling

CREATED_MS = int(datetime(2025, 3, 1, tzinfo=timezone.utc).timestamp() * 1000)
TAKEN = {
    *("protocol", "forceHttps", "certIdentifier", "caCertIdentifier", "clientCACert", "mTLSEnabled"),
    *("http2Option", "tlsMin", "tlsMax", "tlsCipherSuitesConfig", "domainScope"),
}
LISTED = ("protocol", "forceHttps", "mTLSEnabled", "clientCACert", "tlsMin", "tlsMax", "domainScope")


@dataclass
class Domain:
    name: str
    region: str
    gateway: str
    created_from: str
    certificate: Settling[str]  #: its identifier, or ""
    settings: dict[str, Any]

    @property
    def id(self) -> str:
        return domain_id(self.region, self.name)


class Service(EmulatedService):
    api = "apig"
    version = "2024-03-27"
    style = "ROA"
    ram = "apig"
    hosts = ("apig.{region}.aliyuncs.com", "apig-vpc.{region}.aliyuncs.com")

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._gateways: list[CloudNativeGateway] = []
        self._domains: dict[str, Domain] = {}  #: by id

    def load(self, estate: Estate) -> None:
        for row in estate.of(CloudNativeGateway):
            self._gateways.append(row)
            default = Domain("*", row.region, row.name, "Console", Settling(""), {"protocol": "HTTP"})
            self._domains.setdefault(default.id, default)
            for domain in row.domains:
                name = domain.certificate
                bound = Settling(estate.identifier(name) if name else "")
                made = Domain(
                    a_label(domain.domain),
                    row.region,
                    row.name,
                    domain.created_from,
                    bound,
                    _settings(domain),
                )
                self._domains[made.id] = made

    def uses(self, identifier: str) -> bool:
        return any(row.certificate.value == identifier for row in self._domains.values())

    def held(self) -> Iterator[Place]:
        for row in self._domains.values():
            if row.name != "*":
                in_place, gateway = row.certificate.value, _gateway_id(row.region, row.gateway)
                yield Place("APIGateway", row.region, row.name, in_place, partial(self._take, row), gateway)

    def _take(self, row: Domain, identifier: str) -> None:
        """From CAS itself."""
        self.cloud.service(Cas).given(identifier)
        now = self.cloud.clock()
        row.certificate.set(identifier, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def slots(self) -> list[tuple[str, str]]:
        return [
            (f"{_address(row.region, row.gateway)}:443", row.name.replace("*.", "any."))
            for row in self._domains.values()
            if row.name != "*"
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a gateway's address, or at the edge itself."""
        known = any(host == f"{_address(row.region, row.name)}:443" for row in self._gateways)
        if host and not known:
            return None
        rows = [
            (row.name, row)
            for row in self._domains.values()
            if not host or host == f"{_address(row.region, row.gateway)}:443"
        ]
        domain = gateways.chosen([(name, row) for name, row in rows if name != "*"], server_name)
        bound = domain.certificate.served(self.cloud.clock()) if domain else ""
        if not bound:
            return () if host else None
        return gateways.bundle(self.cloud, bound)

    def ListGateways(self, call: Call) -> Raw:
        rows = [
            {
                "gatewayId": _gateway_id(row.region, row.name),
                "name": row.name,
                "status": "Running",
                "gatewayType": "API",
                "createFrom": "Console",
                "loadBalancers": [
                    {"address": f"10-0-0-9.{row.region}.internal", "addressType": "Intranet"},
                    {"address": _address(row.region, row.name), "addressType": "Internet"},
                ],
            }
            for row in self._gateways
            if row.region == call.region
        ]
        keyword = call.params.get("keyword") or ""
        rows = [
            row
            for row in rows
            if fits(call.params, row, "gatewayId", "name") and keyword in (row["name"], row["gatewayId"], "")
        ]
        return _page(call, rows)

    def ListDomains(self, call: Call) -> Raw:
        part, gateway = call.params.get("nameLike") or "", call.params.get("gatewayId") or ""
        rows = [
            {
                "domainId": row.id,
                "name": row.name,
                "status": "Published" if row.certificate.settled(self.cloud.clock()) else "Publishing",
                "createFrom": row.created_from,
                "resourceGroupId": "rg-default",
                **{key: row.settings[key] for key in LISTED if key in row.settings},
                **({"certIdentifier": row.certificate.value} if row.certificate.value else {}),
            }
            for row in self._domains.values()
            if row.region == call.region
            and part in row.name
            and gateway in ("", _gateway_id(row.region, row.gateway))
        ]
        rows = [row for row in rows if fits(call.params, row, "resourceGroupId")]
        return _page(call, rows)

    def GetDomain(self, call: Call) -> Raw:
        row = self._find(call)
        if row is None:
            return _not_found(call)
        data = {
            "domainId": row.id,
            "name": row.name,
            "default": row.name == "*",
            "createFrom": row.created_from,
            "resourceGroupId": "rg-default",
            "createTimestamp": CREATED_MS,
            **row.settings,
        }
        if found := self.cloud.service(Cas).find(row.certificate.value):
            data |= {
                "certIdentifier": found.identifier,
                "certName": found.name,
                "issuer": found.bundle.issuer,
                "sans": ",".join(found.bundle.names),
                "algorithm": found.bundle.algorithm,
                "notBeforeTimestamp": int(found.bundle.not_before.timestamp() * 1000),
                "notAfterTimstamp": int(found.bundle.not_after.timestamp() * 1000),
            }
        return _enveloped(call, data)

    def UpdateDomain(self, call: Call) -> Raw:
        """Codes of refusals are guessed, but for the unknown domain's."""
        row, now = self._find(call), self.cloud.clock()
        if row is None:
            return _not_found(call)
        wanted = _body(call, strict=self.cloud.strict)
        identifier = wanted.pop("certIdentifier", "")
        if wanted.get("protocol") == "HTTPS":
            if not isinstance(wanted.get("forceHttps"), bool):
                raise ApiError(400, "InvalidParameter.forceHttps", "forceHttps is required with HTTPS.")
            found = gateways.deployable(self.cloud, identifier, call.region)
            if found is None:
                raise ApiError(404, "NotFound.Certificate", "The certificate does not exist.")
            if row.name != "*" and not found.bundle.covers(row.name):
                raise ApiError(400, "InvalidParameter.certIdentifier", "It does not cover the domain.")
        until = now + timedelta(seconds=self.cloud.settle_s)
        row.certificate.set(identifier, now=now, until=until)
        row.settings = {"protocol": "HTTP", "mTLSEnabled": False, **wanted}
        self.forget(row.settings)
        return _enveloped(call, {"deployRevisionId": f"dr-{gateways.digits(row.id, until)}"})

    def _find(self, call: Call) -> Domain | None:
        row = self._domains.get(call.params["domainId"])
        return row if row is not None and row.region == call.region else None


def domain_id(region: str, name: str) -> str:
    return f"d-{gateways.digits('apig', region, name)[:20]}"


def _gateway_id(region: str, name: str) -> str:
    return f"gw-{gateways.digits('apig', region, name)[:20]}"


def _address(region: str, gateway: str) -> str:
    return f"nlb-{gateways.digits('apig', region, gateway)[:18]}.{region}.nlb.aliyuncsslb.com"


def _settings(row: CloudNativeDomain) -> dict[str, Any]:
    settings: dict[str, Any] = {"protocol": "HTTPS" if row.certificate else "HTTP"}
    if row.certificate:
        suite = {"name": "ECDHE-ECDSA-AES256-GCM-SHA384", "supportVersions": ["TLS 1.2"]}
        settings |= {
            "forceHttps": row.force_https,
            "http2Option": "Open",
            "tlsMin": row.tls_min,
            "tlsMax": "TLS 1.3",
            "tlsCipherSuitesConfig": {"configType": "Custom", "tlsCipherSuite": [suite]},
        }
    settings |= {"mTLSEnabled": row.mutual_tls, "domainScope": "Public"}
    if row.mutual_tls:
        settings |= {"caCertIdentifier": "1-cn-hangzhou", "clientCACert": "-----BEGIN CERTIFICATE-----"}
    return settings


def _body(call: Call, *, strict: bool) -> dict[str, Any]:
    body = object_in(call)
    if strict and (strangers := set(body) - TAKEN):
        raise ApiError(400, "InvalidParameter", f"{min(strangers)} is not a parameter of UpdateDomain.")
    return {name: value for name, value in body.items() if name in TAKEN}


def _page(call: Call, rows: list[dict[str, Any]]) -> Raw:
    number, size = call.params.get("pageNumber", 1), call.params.get("pageSize", 10)
    if number < 1 or not 1 <= size <= 100:  # [guess] the maximum
        raise ApiError(400, "InvalidParameter", "pageNumber from 1, pageSize 1 to 100.")
    page = {"pageNumber": number, "pageSize": size, "totalSize": len(rows)}
    return _enveloped(call, {**page, "items": rows[(number - 1) * size : number * size]})


def _not_found(call: Call) -> Raw:
    return _enveloped(call, None, "DatabaseError.RecordNotFound", "The domain does not exist.")


def _enveloped(call: Call, data: Any, code: str = "Ok", message: str = "success") -> Raw:
    body = {"requestId": call.request_id, "code": code, "message": message}
    if data is not None:
        body["data"] = data
    return Raw(200, json.dumps(body).encode(), {}, "application/json;charset=utf-8")
