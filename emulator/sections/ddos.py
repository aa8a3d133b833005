"""Anti-DDoS Pro and Premium: website rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from emulator.bundles import a_label
from emulator.sections import Domain, Section, Use, use


class WebRule(Section):
    key = "ddos"

    anywhere: ClassVar[bool] = True  # the service has two sites, whatever the account's regions

    domain: Domain
    region: Literal["cn-hangzhou", "ap-southeast-1"] = "cn-hangzhou"  #: Pro (mainland), Premium
    certificate: str | None = None
    https_ports: list[int] = Field([443])  #: none: the site is protected for HTTP only
    forwarding: bool = True

    def uses(self, path: str) -> Iterable[Use]:
        return use(f"{path}.certificate", self.certificate)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "domain", f"{a_label(self.domain)} in {self.region}"
