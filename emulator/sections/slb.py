"""SLB: classic load balancers (CLB) and their listeners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from emulator.bundles import a_label
from emulator.sections import Domain, Part, Region, Section, Use, twice, use

#: Additional certificates of one HTTPS listener.
MOST_EXTENSIONS = 3


class Extension(Part):
    domain: Domain
    certificate: str
    rule: bool = True  #: a forwarding rule names the domain; without one the extension has no effect


class Listener(Part):
    port: int = Field(ge=1, le=65535)
    protocol: Literal["http", "https"] = "https"
    certificate: str | None = None
    extensions: list[Extension] = Field(default=[], max_length=MOST_EXTENSIONS)
    status: Literal["running", "stopped"] = "running"
    description: str = ""  #: a cluster's say whose they are: `k8s/443/shop/default/c0123`
    managed_by: Literal["ccm"] | None = None  #: a cluster's controller writes its certificates back

    @model_validator(mode="after")
    def _speaks_tls(self) -> Listener:
        if self.protocol == "http" and (self.certificate or self.extensions):
            raise ValueError("an http listener has no certificates")
        if self.extensions and not self.certificate:
            raise ValueError("extensions need a certificate of the listener beside them")
        if found := twice("extensions", "domain", (a_label(row.domain) for row in self.extensions)):
            raise ValueError(found[0])
        return self


class LoadBalancer(Section):
    key = "slb"

    name: str = Field(min_length=1)
    region: Region
    spec: str = "slb.s2.small"  #: "": shared performance, which has no extensions
    address_type: Literal["internet", "intranet"] = "internet"
    status: Literal["active", "inactive", "locked"] = "active"
    managed: bool = False  #: owned by an ACK cluster
    listeners: list[Listener] = []

    def uses(self, path: str) -> Iterable[Use]:
        """The store of a region takes a PEM as well, so a certificate need not be in CAS."""
        for i, listener in enumerate(self.listeners):
            place = f"{path}.listeners[{i}]"
            yield from use(f"{place}.certificate", listener.certificate, in_cas=False)
            for j, row in enumerate(listener.extensions):
                yield from use(f"{place}.extensions[{j}].certificate", row.certificate, in_cas=False)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        yield from twice(f"{path}.listeners", "port", (listener.port for listener in self.listeners))
        if not self.spec and any(listener.extensions for listener in self.listeners):
            yield f"{path}.spec: a load balancer of shared performance has no extensions"
