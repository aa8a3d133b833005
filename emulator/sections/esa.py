"""ESA: sites with their pools of certificates, their records, and SaaS hostnames."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from emulator.bundles import a_label
from emulator.sections import Domain, Part, Section, Use, twice, use


class PoolEntry(Part):
    certificate: str
    type: Literal["cas", "upload", "free", "keyless"] = "cas"


class CustomHostname(Part):
    hostname: Domain
    record: Domain
    certificate: str | None = None  #: none: HTTPS is off
    type: Literal["cas", "upload", "free"] = "cas"
    status: Literal["pending", "active", "conflicted", "offline"] = "active"


class EsaSite(Section):
    key = "esa"

    site: Domain
    status: Literal["pending", "active", "offline", "moved"] = "active"
    quota: int = 10  #: entries of the pool
    certificates: list[PoolEntry] = []
    records: list[Domain] = []  #: proxied ones
    hostnames: list[CustomHostname] = []

    def uses(self, path: str) -> Iterable[Use]:
        for index, entry in enumerate(self.certificates):
            where = f"{path}.certificates[{index}].certificate"
            yield from use(where, entry.certificate, in_cas=entry.type == "cas")
        for index, row in enumerate(self.hostnames):
            where = f"{path}.hostnames[{index}].certificate"
            yield from use(where, row.certificate, in_cas=row.type == "cas")

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "site", a_label(self.site)
        for row in self.hostnames:
            yield "hostname", a_label(row.hostname)

    def problems(self, path: str) -> Iterable[str]:
        yield from twice(path, "certificate", (entry.certificate for entry in self.certificates))
        for index, row in enumerate(self.hostnames):
            if row.record not in self.records:
                yield f'{path}.hostnames[{index}].record: "{row.record}" is not one of the site\'s records'
