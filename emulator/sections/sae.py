"""SAE: gateway routing rules (ingresses)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from emulator.sections import Region, Section, Use, use


class Ingress(Section):
    name: str = Field(min_length=1)
    region: Region
    namespace: str = ""  #: short name; "": the region's default namespace
    balancer: Literal["alb", "clb", "mse"] = "alb"
    port: int = Field(default=443, ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS"] = "HTTPS"
    certificates: list[str] = []

    @model_validator(mode="after")
    def _fits(self) -> Ingress:
        if self.certificates and (self.protocol == "HTTP" or self.balancer == "mse"):
            raise ValueError("only HTTPS on alb and clb has certificates")
        if self.balancer == "clb" and len(self.certificates) > 1:
            raise ValueError("on clb it has one certificate")
        if len(set(self.certificates)) != len(self.certificates):
            raise ValueError("a certificate stands in the list once")
        return self

    def uses(self, path: str) -> Iterable[Use]:
        alb = self.balancer == "alb"
        for index, name in enumerate(self.certificates):
            yield from use(f"{path}.certificates[{index}]", name, self.region if alb else "", in_cas=alb)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"
