"""WAF 3.0: one instance for the mainland, one for the rest of the world."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from emulator.bundles import a_label
from emulator.sections import Domain, Part, Region, Section, Use, twice, use


class WafDomain(Part):
    domain: Domain
    certificate: str | None = None
    https_ports: list[int] = Field([443])  #: none: the site is protected for HTTP only
    forwarding: bool = True

    @property
    def ports(self) -> tuple[int, ...]:
        """A certificate is what an HTTPS port takes."""
        return tuple(self.https_ports) if self.certificate else ()


class WafPort(Part):
    port: int = 443
    protocol: Literal["http", "https"] = "https"
    certificate: str | None = None  #: the default one
    extensions: list[str] = []  #: further certificates, for other names


class WafResource(Part):
    """An instance of another product whose ports WAF protects. Its id is the file's own."""

    instance: str
    product: Literal["alb", "clb4", "clb7", "nlb", "ecs"]
    region: Region
    ports: list[WafPort] = [WafPort()]


class WafInstance(Section):
    key = "waf"

    anywhere: ClassVar[bool] = True  # the service has two sides, whatever the account's regions

    region: Literal["cn-hangzhou", "ap-southeast-1"] = "cn-hangzhou"
    status: Literal["normal", "expired", "released"] = "normal"
    default: str | None = None  #: for clients that name no server
    domains: list[WafDomain] = []
    resources: list[WafResource] = []

    def uses(self, path: str) -> Iterable[Use]:
        yield from use(f"{path}.default", self.default)
        for index, row in enumerate(self.domains):
            yield from use(f"{path}.domains[{index}].certificate", row.certificate)
        for index, resource in enumerate(self.resources):
            for number, port in enumerate(resource.ports):
                place = f"{path}.resources[{index}].ports[{number}]"
                yield from use(f"{place}.certificate", port.certificate)
                for i, name in enumerate(port.extensions):
                    yield from use(f"{place}.extensions[{i}]", name)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "instance", self.region

    def problems(self, path: str) -> Iterable[str]:
        yield from twice(path, "domain", (a_label(row.domain) for row in self.domains))
        ports = [(row.instance, port.port, row.product) for row in self.resources for port in row.ports]
        yield from twice(f"{path}.resources", "port", ports)
