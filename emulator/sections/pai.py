"""PAI EAS: dedicated gateways and their custom domains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from emulator.bundles import a_label
from emulator.sections import Domain, Part, Region, Section, Use, twice, use


class GatewayDomain(Part):
    domain: Domain
    type: Literal["internet", "intranet"] = "internet"
    certificate: str | None = None  #: none: plain HTTP


class Gateway(Section):
    key = "pai"

    name: str
    region: Region
    status: Literal["Creating", "Stopped", "Failed", "Running", "Deleted", "Deleting", "Waiting"] = "Running"
    internet: bool = True  #: whether it can be reached from the Internet
    domains: list[GatewayDomain] = []

    def uses(self, path: str) -> Iterable[Use]:
        for index, row in enumerate(self.domains):
            yield from use(f"{path}.domains[{index}].certificate", row.certificate)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        keys = [f"{a_label(row.domain)} of type {row.type}" for row in self.domains]
        yield from twice(f"{path}.domains", "domain", keys)
        for index, row in enumerate(self.domains):
            if row.type == "internet" and not self.internet:
                yield f"{path}.domains[{index}].type: the gateway is not on the Internet"
