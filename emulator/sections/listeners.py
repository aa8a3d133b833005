"""Load balancers and their listeners, as ALB and NLB have them alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from emulator.sections import Part, Region, Section, Use, twice, use


class Listener(Part):
    tls: ClassVar[frozenset[str]]  #: the protocols with certificates

    port: int = Field(ge=1, le=65535)
    protocol: str
    default: str | None = None
    additional: list[str] = []
    ca_enabled: bool = False
    status: Literal["Running", "Stopped"] = "Running"
    description: str = ""  #: a cluster's say whose they are: `k8s.443.TCPSSL.shop.default.c0123`
    managed_by: Literal["ccm"] | None = None  #: a cluster's controller writes its certificates back

    @model_validator(mode="after")
    def _speaks_tls(self) -> Listener:
        if self.protocol not in self.tls and (self.default or self.additional):
            article = "an" if self.protocol == "HTTP" else "a"
            raise ValueError(f"{article} {self.protocol} listener has no certificates")
        if self.additional and not self.default:
            raise ValueError("additional certificates need a default certificate beside them")
        if len({self.default, *self.additional}) != 1 + len(self.additional):
            raise ValueError("a certificate stands on a listener once")
        return self


class LoadBalancer(Section):
    name: str = Field(min_length=1)
    region: Region
    address_type: Literal["Internet", "Intranet"] = "Internet"
    managed: bool = False  #: owned by an ACK cluster: the API refuses changes
    tags: dict[str, str] = {}
    listeners: Sequence[Listener] = ()

    def uses(self, path: str) -> Iterable[Use]:
        for i, listener in enumerate(self.listeners):
            place = f"{path}.listeners[{i}]"
            yield from use(f"{place}.default", listener.default, self.region)
            for j, name in enumerate(listener.additional):
                yield from use(f"{place}.additional[{j}]", name, self.region)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        return twice(f"{path}.listeners", "port", (listener.port for listener in self.listeners))
