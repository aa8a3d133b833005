"""MSE 2019-05-31: cloud-native gateways per region, their domains, and the certificate of each.

Refusals come with HTTP 200 and `Success: false` [guess]. A changed domain is `publishing`, and the
edge serves its former certificate, until it has settled. A name is searched for by part [guess].
Not emulated: routes, services, TLS settings of a domain (shown, never changed), AddSSLCert.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from emulator.api import Answer, Call
from emulator.bundles import Bundle, a_label
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.mse import MseDomain, MseGateway
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit import gateways
from emulator.services.kit.paging import fits
from emulator.services.kit.settling import Settling

CREATED = datetime(2025, 3, 1, tzinfo=timezone.utc)
GATEWAY_STATUS = {"running": 2, "changing": 3, "restarting": 10, "suspended": 9}
DOMAIN_STATUS = {"published": 3, "unpublished": 0, "unavailable": 6}
PUBLISHING = 2
SETTINGS = {
    **{"MustHttps": False, "Http2": "globalConfig", "TlsMin": "TLS 1.2", "TlsMax": "TLS 1.3"},
    "TlsCipherSuitesConfig": {"ConfigType": "Default"},
}
STAMP = "%Y-%m-%d %H:%M:%S"


@dataclass
class Domain:
    id: int
    row: MseDomain
    certificate: Settling[str]  #: its identifier, or ""
    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))

    @property
    def name(self) -> str:
        return self.row.domain if self.row.domain == "*" else a_label(self.row.domain)

    def status(self, now: datetime) -> int:
        return DOMAIN_STATUS[self.row.status] if self.certificate.settled(now) else PUBLISHING


@dataclass
class Gateway:
    number: int
    row: MseGateway
    domains: list[Domain]

    @property
    def id(self) -> str:
        return f"gw-{gateways.digits('mse', self.row.region, self.row.name)}"

    @property
    def address(self) -> str:
        return gateways.address("mse", self.row.region, self.row.name)


class Service(EmulatedService):
    api = "mse"
    version = "2019-05-31"
    ram = "mse"
    hosts = ("mse.{region}.aliyuncs.com", "mse-vpc.{region}.aliyuncs.com")

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._gateways: list[Gateway] = []
        self._regions: list[str] = ["cn-hangzhou"]

    def load(self, estate: Estate) -> None:
        self._regions = list(estate.regions)
        number = 1000
        for row in estate.of(MseGateway):
            domains = []
            for domain in row.domains:
                number += 1
                name = domain.certificate
                bound = estate.identifier(name) if name else ""
                domains.append(Domain(number, domain, Settling(bound)))
            self._gateways.append(Gateway(len(self._gateways) + 1, row, domains))

    def uses(self, identifier: str) -> bool:
        return any(domain.certificate.value == identifier for row in self._gateways for domain in row.domains)

    def held(self) -> Iterator[Place]:
        for gateway in self._gateways:
            for domain in gateway.domains:
                if domain.name != "*":
                    yield Place(
                        "MSE",
                        gateway.row.region,
                        domain.name,
                        domain.certificate.value,
                        partial(self._take, domain),
                        gateway.id,
                    )

    def _take(self, domain: Domain, identifier: str) -> None:
        """From CAS itself."""
        self.cloud.service(Cas).given(identifier)
        now = self.cloud.clock()
        domain.certificate.set(identifier, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def slots(self) -> list[tuple[str, str]]:
        return [
            (f"{row.address}:443", domain.name.replace("*.", "any."))
            for row in self._gateways
            for domain in row.domains
            if domain.name != "*"
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a gateway's public address, or at the edge itself; a domain out of service: nothing."""
        rows = [row for row in self._gateways if host in ("", f"{row.address}:443")]
        if not rows:
            return None
        published = [
            (domain.name, domain)
            for row in rows
            for domain in row.domains
            if domain.row.status == "published" and (host or domain.name != "*")
        ]
        domain = gateways.chosen(published, server_name)
        bound = domain.certificate.served(self.cloud.clock()) if domain else ""
        if not bound:
            return () if host else None
        return gateways.bundle(self.cloud, bound)

    def QueryGatewayRegion(self, call: Call) -> Answer:
        return _done(self._regions)

    def ListGateway(self, call: Call) -> Answer:
        size, number = call.params.get("PageSize", 10), call.params.get("PageNumber", 1)
        if not 1 <= size <= 100 or number < 1:  # [guess] the maximum
            return _failed(400, "PageSize takes 1 to 100.")
        try:
            wanted = json.loads(call.params.get("FilterParams") or "{}")
        except ValueError:
            return _failed(400, "FilterParams is not JSON.")
        items = [_gateway(row) for row in self._gateways if row.row.region == call.region]
        rows = [item for item in items if all(item.get(key) == wanted[key] for key in wanted)]
        page = rows[(number - 1) * size : number * size]
        return _done({"PageNumber": number, "PageSize": size, "TotalSize": len(rows), "Result": page})

    def ListGatewayDomain(self, call: Call) -> Answer:
        gateway, part = self._find(call), call.params.get("DomainName") or ""
        if gateway is None:
            return _failed(404, "The gateway does not exist.")
        rows = [self._item(gateway, row) for row in gateway.domains if part in row.name]
        return _done([row for row in rows if fits(call.params, row, "Type")])

    def GetGatewayDomainDetail(self, call: Call) -> Answer:
        gateway = self._find(call)
        rows = [row for row in gateway.domains if str(row.id) == call.params.get("Id")] if gateway else []
        if gateway is None or not rows:
            return _failed(404, "The domain does not exist.")
        item = self._item(gateway, rows[0])
        del item["Status"], item["Type"]
        bound = self.cloud.service(Cas).find(rows[0].certificate.value)
        item.pop("CertBeforeDate", None)
        if bound is not None:
            item |= {
                "CertName": bound.name,
                "CommonName": bound.bundle.common_name,
                "Sans": ",".join(bound.bundle.names),
                "Issuer": bound.bundle.issuer,
                "Algorithm": bound.bundle.algorithm,
                "AfterDate": int(bound.bundle.not_before.timestamp() * 1000),
                "BeforeDate": int(bound.bundle.not_after.timestamp() * 1000),
            }
        return _done({**item, "GatewayUniqueId": gateway.id, "MtlsEnabled": False})

    def UpdateSSLCert(self, call: Call) -> Answer:
        """Only with a running gateway, a domain that has a certificate already, and CAS's identifier."""
        gateway, now = self._find(call), self.cloud.clock()
        if gateway is None:
            return _failed(404, "The gateway does not exist.")
        if gateway.row.status != "running":
            return _failed(400, "The gateway is not running.")
        domain = next((row for row in gateway.domains if row.id == call.params.get("DomainId")), None)
        if domain is None:
            return _failed(404, "The domain does not exist.")
        if domain.row.ingress:
            return _failed(400, "The domain is managed by an Ingress.")
        if not domain.certificate.value:
            return _failed(400, "The domain has no certificate to update.")
        row = gateways.deployable(self.cloud, call.params["CertIdentifier"], call.region)
        if row is None:
            return _failed(404, "The certificate does not exist.")
        if domain.name != "*" and not row.bundle.covers(domain.name):
            return _failed(400, "The certificate does not cover the domain.")
        until = now + timedelta(seconds=self.cloud.settle_s)
        domain.certificate.set(row.identifier, now=now, until=until)
        self.forget(domain.settings)
        return _done(True)

    def _find(self, call: Call) -> Gateway | None:
        wanted = call.params["GatewayUniqueId"], call.region
        return next((row for row in self._gateways if (row.id, row.row.region) == wanted), None)

    def _item(self, gateway: Gateway, domain: Domain) -> Answer:
        bound = self.cloud.service(Cas).find(domain.certificate.value)
        certified: Answer = {}
        if bound is not None:
            certified = {
                "CertIdentifier": bound.identifier,
                "CertBeforeDate": bound.bundle.not_after.strftime(STAMP),
            }
        return {
            "Id": domain.id,
            "GatewayId": gateway.number,
            "Name": domain.name,
            "Protocol": "HTTPS" if certified else "HTTP",
            **certified,
            "Status": domain.status(self.cloud.clock()),
            "Type": "Ingress" if domain.row.ingress else "Op",
            "IsManaged": domain.row.ingress,
            **domain.settings,
            "GmtCreate": CREATED.strftime(STAMP),
            "GmtModified": CREATED.strftime(STAMP),
        }


def _gateway(gateway: Gateway) -> Answer:
    return {
        "Id": gateway.number,
        "GatewayUniqueId": gateway.id,
        "Name": gateway.row.name,
        "Region": gateway.row.region,
        "Status": GATEWAY_STATUS[gateway.row.status],
        "StatusDesc": gateway.row.status,
        "ChargeType": "POSTPAY",
        "Replica": 2,
        "Slb": [{"Type": "PRIVATE_NET", "SlbIp": "10.0.0.9", "SlbPort": "80,443"}],
        "InternetSlb": [{"Type": "PUB_NET", "SlbIp": gateway.address, "SlbPort": "80,443"}],
    }


def _done(data: Any) -> Answer:
    return {"Success": True, "Code": 200, "HttpStatusCode": 200, "Message": "success", "Data": data}


def _failed(code: int, message: str) -> Answer:
    return {"Success": False, "Code": code, "HttpStatusCode": code, "Message": message}
