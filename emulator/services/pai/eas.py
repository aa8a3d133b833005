"""PAI EAS 2021-07-01: dedicated gateways, their custom domains and the certificate of each.

A domain names its certificate by the bare CAS id. There is no call that changes a domain: attaching
it again exchanges the certificate (presumed); set `replaces` to False and it is refused. The API shows
the new certificate at once, `Processing` until it is served. Codes and that word are guessed.
Not emulated: everything else of EAS.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from emulator.api import Answer, ApiError, Call
from emulator.bundles import Bundle, a_label, covers
from emulator.certificates import STORES
from emulator.estate import Estate
from emulator.sections.pai import Gateway as GatewayRow
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.kit.settling import Settling

MOST = 100
#: parameters of ListGateway that are compared with the field of the same name
FILTERS = ("GatewayId", "GatewayName", "Status", "InternetEnabled", "ChargeType")
CREATED = "2025-03-01T00:00:00Z"


@dataclass(frozen=True)
class Bound:
    cert_id: int
    store: str
    name: str
    bundle: Bundle = field(repr=False)


@dataclass
class Domain:
    name: str
    type: str
    certificate: Settling[Bound | None]


@dataclass
class Gateway:
    name: str
    region: str
    status: str
    internet: bool
    account: str
    domains: list[Domain]

    @property
    def id(self) -> str:
        return f"gw-{sha256(f'{self.region}/{self.name}'.encode()).hexdigest()[:18]}"

    def host(self, kind: str) -> str:
        vpc = "" if kind == "internet" else "vpc."
        return f"{self.id}.{self.account}.{vpc}{self.region}.pai-eas.aliyuncs.com"

    def domain(self, name: str, kind: str) -> Domain | None:
        return next((d for d in self.domains if (a_label(d.name), d.type) == (a_label(name), kind)), None)


class Service(EmulatedService):
    api = "eas"
    version = "2021-07-01"
    style = "ROA"
    ram = "eas"
    hosts = ("pai-eas.{region}.aliyuncs.com",)

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._gateways: list[Gateway] = []
        self.replaces = True  #: whether attaching a domain again exchanges its certificate

    def load(self, estate: Estate) -> None:
        now = self.cloud.clock()
        for row in estate.of(GatewayRow):
            domains = []
            for item in row.domains:
                bound = None
                if name := item.certificate:
                    store = estate.certificates[name].store
                    bound = Bound(estate.id_of(name), store, estate.cas_name(name), estate.bundle(name, now))
                domains.append(Domain(item.domain, item.type, Settling(bound)))
            self._gateways.append(
                Gateway(row.name, row.region, row.status, row.internet, self.cloud.account, domains)
            )

    def uses(self, identifier: str) -> bool:
        bound = [d.certificate.value for gateway in self._gateways for d in gateway.domains]
        return any(found and f"{found.cert_id}-{found.store}" == identifier for found in bound)

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot that the Internet reaches, as (address, server name to ask for)."""
        return [
            (f"{gateway.host('internet')}:443", a_label(domain.name).replace("*", "any"))
            for gateway in self._gateways
            for domain in gateway.domains
            if domain.type == "internet" and domain.certificate.value is not None
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a gateway's Internet address, or at the edge itself, the certificate of the domain asked for."""
        gateways = [g for g in self._gateways if g.internet and host in ("", f"{g.host('internet')}:443")]
        if host and not gateways:
            return None
        running = [gateway for gateway in gateways if gateway.status == "Running"]
        domains = [d for gateway in running for d in gateway.domains if d.type == "internet"]
        for domain in sorted(domains, key=lambda found: found.name.startswith("*")):
            bound = domain.certificate.served(self.cloud.clock())
            if bound is not None and covers(domain.name, server_name):
                return (bound.bundle,)
        return () if host else None

    def ListGateway(self, call: Call) -> Answer:
        params = call.params
        page, size = params.get("PageNumber", 1), params.get("PageSize", MOST)
        if page < 1 or not 1 <= size <= MOST:
            raise _invalid(f"PageSize takes 1 to {MOST}")
        rows = [_row(gateway) for gateway in self._gateways if gateway.region == call.region]
        rows = [row for row in rows if all(params.get(n) in (None, "", row[n]) for n in FILTERS)]
        return {
            "Gateways": rows[(page - 1) * size : page * size],
            "PageNumber": page,
            "PageSize": size,
            "TotalCount": len(rows),
        }

    def ListGatewayDomains(self, call: Call) -> Answer:
        now = self.cloud.clock()
        return {"CustomDomains": [_told(domain, now) for domain in self._gateway(call).domains]}

    def AttachGatewayDomain(self, call: Call) -> Answer:
        gateway, now = self._gateway(call), self.cloud.clock()
        wanted = _custom_domain(call, ("Domain", "Type", "CertificateId"))
        if gateway.status != "Running":
            raise ApiError(400, "InvalidGatewayStatus", f"The gateway is {gateway.status}.")
        if wanted["Type"] == "internet" and not gateway.internet:
            raise _invalid("Internet access is not enabled on the gateway")
        bound = self._of_cas(wanted)
        domain = gateway.domain(wanted["Domain"], wanted["Type"])
        if domain is None:
            domain = Domain(wanted["Domain"], wanted["Type"], Settling(None))
            gateway.domains.append(domain)
        elif not self.replaces:
            raise ApiError(409, "DomainAlreadyExists", f"The domain {domain.name} is attached already.")
        domain.certificate.set(bound, now=now, until=now + timedelta(seconds=self.cloud.settle_s))
        return {"GatewayId": gateway.id, "Message": f"Gateway [{gateway.id}] custom endpoint is updating."}

    def DetachGatewayDomain(self, call: Call) -> Answer:
        gateway, wanted = self._gateway(call), _custom_domain(call, ("Domain", "Type"))
        domain = gateway.domain(wanted["Domain"], wanted["Type"])
        if domain is None:
            raise ApiError(404, "DomainNotFound", f"The domain {wanted['Domain']} is not attached.")
        gateway.domains.remove(domain)
        return {"GatewayId": gateway.id, "Message": f"Gateway [{gateway.id}] custom endpoint is updating."}

    def _gateway(self, call: Call) -> Gateway:
        gateway_id, region = call.params["GatewayId"], call.params["ClusterId"]
        for gateway in self._gateways:
            if (gateway.id, gateway.region) == (gateway_id, region) and region == call.region:
                return gateway
        raise ApiError(404, "GatewayNotFound", f"The gateway {gateway_id} does not exist.")

    def _of_cas(self, wanted: dict[str, Any]) -> Bound | None:
        """The bare id does not say in which store: either is looked at. None: plain HTTP."""
        given = wanted.get("CertificateId") or ""
        if not given:
            return None
        if not isinstance(given, str) or not given.isdigit():
            raise _invalid("CertificateId takes the number that CAS gives a certificate, as text")
        for store in STORES:
            row = self.cloud.service(Cas).by_id(int(given), store)
            if row is not None and row.deployable:
                if not row.bundle.covers(wanted["Domain"]):
                    raise _invalid(f"the certificate does not cover {wanted['Domain']}")
                return Bound(row.id, store, row.name, row.bundle)
        raise ApiError(404, "CertificateNotFound", f"The certificate {given} does not exist.")


def _row(gateway: Gateway) -> dict[str, Any]:
    return {
        "GatewayId": gateway.id,
        "GatewayName": gateway.name,
        "Status": gateway.status,
        "InternetEnabled": gateway.internet,
        "InternetDomain": gateway.host("internet") if gateway.internet else "",
        "IntranetDomain": gateway.host("intranet"),
        "SSLRedirectionEnabled": False,
        "IsDefault": False,
        "ChargeType": "PostPaid",
        "InstanceType": "2c4g",
        "Replicas": 2,
        "CreateTime": CREATED,
        "UpdateTime": CREATED,
    }


def _told(domain: Domain, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"Domain": domain.name, "Type": domain.type}
    if (bound := domain.certificate.value) is not None:
        row |= {
            "CertificateId": str(bound.cert_id),
            "CertificateName": bound.name,
            "CertificateStatus": "Succeeded" if domain.certificate.settled(now) else "Processing",
            "CertificateStartDate": f"{bound.bundle.not_before:%Y-%m-%dT%H:%M:%SZ}",
            "CertificateEndDate": f"{bound.bundle.not_after:%Y-%m-%dT%H:%M:%SZ}",
        }
    return row


def _custom_domain(call: Call, names: tuple[str, ...]) -> dict[str, Any]:
    try:
        given = json.loads(call.params["CustomDomain"])
    except ValueError:
        given = None
    if not isinstance(given, dict) or not set(given) <= set(names):
        raise _invalid(f"CustomDomain takes JSON with {', '.join(names)}")
    if not given.get("Domain") or given.get("Type") not in ("internet", "intranet"):
        raise _invalid("CustomDomain takes a Domain, and as Type internet or intranet")
    return given


def _invalid(why: str) -> ApiError:
    return ApiError(400, "InvalidParameter", f"{why}.")
