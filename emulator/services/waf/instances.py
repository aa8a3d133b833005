"""What a WAF holds: an instance for each side, with its domains and resources; and what its edge serves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import ClassVar

from emulator.api import ApiError, Call
from emulator.bundles import Bundle, a_label, covers
from emulator.estate import Estate
from emulator.places import Place
from emulator.sections.waf import WafInstance
from emulator.service import Account, EmulatedService
from emulator.services.cas.cas import Service as Cas
from emulator.services.cas.store import CasCertificate
from emulator.services.kit.listener_model import PREFERS
from emulator.services.kit.settling import Settling
from emulator.services.waf.model import Instance, Protected
from emulator.services.waf.resources import Port, Resource, build

SIDES = ("cn-hangzhou", "ap-southeast-1")


class Held(EmulatedService):
    switches: ClassVar = {
        "cipher_separator": (":", ","),  #: in the default certificate's settings
        "prefers": PREFERS,  #: of a resource's port
        "certificate_twice": (True, False),  #: whether a port takes its default as an extension too
    }

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.instances: dict[str, Instance] = {}  #: by side
        self.resources: dict[str, list[Resource]] = {}  #: likewise

    def load(self, estate: Estate) -> None:
        cas = self.cloud.service(Cas)

        def settled(name: str | None) -> Settling[CasCertificate | None]:
            return Settling(cas.find(estate.identifier(name)) if name else None)

        for row in estate.of(WafInstance):
            instance = Instance(row.region, row.status, settled(row.default))
            self.instances[row.region] = instance
            self.resources[row.region] = [
                build(one, lambda name: cas.find(estate.identifier(name))) for one in row.resources
            ]
            for of in row.domains:
                certificate = settled(of.certificate)
                instance.domains.append(
                    Protected(of.domain, row.region, of.ports, of.forwarding, certificate)
                )

    def uses(self, identifier: str) -> bool:
        bound = [instance.default.value for instance in self.instances.values()]
        bound += [domain.certificate.value for domain in self.all_domains()]
        bound += [row for port in self.ports() for row in port.certificates.value]
        return any(row is not None and row.identifier == identifier for row in bound)

    def held(self) -> Iterator[Place]:
        """Domains in CNAME access."""
        for domain in self.all_domains():
            row = domain.certificate.value
            in_place = row.identifier if row else ""
            yield Place("WAF", domain.region, domain.name, in_place, partial(self._take, domain))

    def _take(self, domain: Protected, identifier: str) -> None:
        """From CAS itself."""
        row, now = self.cloud.service(Cas).given(identifier), self.cloud.clock()
        domain.certificate.set(row, now=now, until=now + timedelta(seconds=self.cloud.settle_s))

    def slots(self) -> list[tuple[str, str]]:
        """Every HTTPS slot as (address to connect to, server name to ask for)."""
        found = [
            (f"{domain.cname}:{port}", a_label(domain.name).replace("*", "any"))
            for domain in self.all_domains()
            for port in domain.ports
        ]
        return found + [
            (f"{row.address}:{port.number}", name.replace("*", "any", 1))
            for row in self.all_resources()
            for port in row.ports
            if port.protocol == "https"
            for name in dict.fromkeys(n for held in port.certificates.value for n in held.bundle.names)
        ]

    def served(self, host: str, server_name: str) -> tuple[Bundle, ...] | None:
        """At a domain's CNAME, or at the edge itself, the certificate of the domain asked for.

        A client that names no server gets the default certificate of the side that it came to.
        """
        address, _, port = host.partition(":")
        for resource in self.all_resources():
            if host and resource.address == address:
                prefers = str(self.behaviour["prefers"])
                return resource.served(int(port or 0), server_name, self.cloud.clock(), prefers)
        domains = [domain for domain in self.all_domains() if domain.forwarding and domain.ports]
        met = [d for d in domains if not host or (d.cname == address and int(port or 0) in d.ports)]
        if host and not met:
            return None
        for domain in sorted(met, key=lambda found: found.name.startswith("*")):
            row = domain.certificate.served(self.cloud.clock())
            if row and server_name and covers(domain.name, server_name):
                return (row.bundle,)
        if host and not server_name:
            default = self.instances[met[0].region].default.served(self.cloud.clock())
            return (default.bundle,) if default else ()
        return () if host else None

    def all_resources(self) -> list[Resource]:
        return [row for rows in self.resources.values() for row in rows]

    def ports(self) -> list[Port]:
        return [port for row in self.all_resources() for port in row.ports]

    def all_domains(self) -> list[Protected]:
        return [domain for instance in self.instances.values() for domain in instance.domains]

    def side(self, call: Call) -> str:
        side = str(call.params.get("RegionId") or call.region)
        if side not in SIDES or side != call.region:
            raise ApiError(400, "InvalidRegionId", f"RegionId {side} is not that of this endpoint.")
        return side

    def instance(self, call: Call) -> Instance:
        instance = self.instances.get(self.side(call))
        if instance is None or call.params["InstanceId"] != instance.id:
            raise ApiError(400, "InstanceNotExist", "The WAF instance does not exist.")
        return instance

    def running(self, call: Call) -> None:
        if self.instance(call).status != "normal":
            raise ApiError(400, "InstanceExpired", "The WAF instance has expired.")

    def of_cas(self, cert_id: str) -> CasCertificate:
        """By its identifier; a bare number is taken for one of either store."""
        cas = self.cloud.service(Cas)
        names = [f"{cert_id}-{store}" for store in SIDES] if cert_id.isdigit() else [cert_id]
        row: CasCertificate | None = next((found for name in names if (found := cas.find(name))), None)
        if row is None or not row.deployable:
            raise ApiError(400, "CertNotExist", "The certificate does not exist.")
        return row
