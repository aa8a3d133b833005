"""Gateways and the domains that they serve, as MSE and API Gateway have them alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field

from emulator.bundles import a_label
from emulator.sections import Domain, Part, Region, Section, Use, twice, use


class GatewayDomain(Part):
    domain: Domain
    certificate: str | None = None


class Gateway(Section):
    name: str = Field(min_length=1)
    region: Region
    domains: Sequence[GatewayDomain] = ()

    def uses(self, path: str) -> Iterable[Use]:
        for i, row in enumerate(self.domains):
            yield from use(f"{path}.domains[{i}].certificate", row.certificate, self.region)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "name", f"{self.name} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        return twice(f"{path}.domains", "domain", (a_label(row.domain) for row in self.domains))
