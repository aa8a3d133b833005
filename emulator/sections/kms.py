"""KMS: secrets of Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from emulator.sections import Region, Section


class Secret(Section):
    key = "kms"

    secret: str = Field(pattern=r"^[\w/+=.@-]{1,64}$")
    value: str
    region: Region = "cn-hangzhou"

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "secret", f"{self.region}/{self.secret}"
