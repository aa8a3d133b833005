"""OSS: buckets and their custom domains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from emulator.bundles import a_label
from emulator.sections import Domain, Part, Region, Section, Use, use


class BucketCname(Part):
    domain: Domain
    certificate: str | None = None
    status: Literal["Enabled", "Disabled"] = "Enabled"


class Bucket(Section):
    key = "oss"

    anywhere: ClassVar[bool] = True

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")
    region: Region
    cnames: list[BucketCname] = []

    def uses(self, path: str) -> Iterable[Use]:
        for i, cname in enumerate(self.cnames):
            yield from use(f"{path}.cnames[{i}].certificate", cname.certificate)

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "bucket", self.bucket
        for cname in self.cnames:
            yield "domain of a bucket", a_label(cname.domain)
