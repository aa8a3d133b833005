"""Function Compute: custom domains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from emulator.bundles import a_label
from emulator.sections import Domain, Region, Section, Use, use


class FcDomain(Section):
    key = "fc"

    domain: Domain
    region: Region
    certificate: str | None = None
    protocol: Literal["HTTP", "HTTPS", "HTTP,HTTPS"] | None = None  #: default: HTTPS too with a certificate
    version: Literal["3.0", "2.0", "both"] = "3.0"  #: which API lists it
    function: str = "web"

    @property
    def protocols(self) -> str:
        return self.protocol or ("HTTP,HTTPS" if self.certificate else "HTTP")

    def uses(self, path: str) -> Iterable[Use]:
        return use(f"{path}.certificate", self.certificate, in_cas=False)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "domain", f"{a_label(self.domain)} in {self.region}"

    def problems(self, path: str) -> Iterable[str]:
        if "HTTPS" in self.protocols and self.certificate is None:
            yield f"{path}.certificate: HTTPS needs one"
