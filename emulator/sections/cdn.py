"""CDN: accelerated domains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from emulator.bundles import a_label
from emulator.sections import Domain, Section, Use, use


class CdnDomain(Section):
    key = "cdn"

    domain: Domain
    certificate: str | None = None  #: none: HTTPS is off
    status: Literal["online", "offline", "configuring", "configure_failed", "checking", "check_failed"] = (
        "online"
    )

    def uses(self, path: str) -> Iterable[Use]:
        return use(f"{path}.certificate", self.certificate, in_cas=False)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "domain", a_label(self.domain)
