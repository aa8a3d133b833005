"""A right that is refused by order, whatever a role grants."""

from __future__ import annotations

from dataclasses import field
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from emulator.api import Call
from emulator.faults import Region


@dataclass(config=ConfigDict(strict=True, extra="forbid"))
class Denial:
    """A RAM policy's refusal: `ram_action` as "cdn:SetCdnDomainSSLCertificate", `*` for any part."""

    ram_action: Annotated[str, Field(pattern=r"^[a-z*?-]+:[A-Za-z0-9*?]+$|^\*$")]
    resource: Annotated[str, Field(min_length=1)] = "*"
    region: Region | None = None
    id: str = field(default="", init=False)

    def meets(self, ram_action: str, call: Call) -> bool:
        return (
            fnmatchcase(ram_action, self.ram_action)
            and self.region in (None, call.region)
            and (
                self.resource == "*"
                or any(
                    fnmatchcase(value, self.resource)
                    for value in call.params.values()
                    if isinstance(value, str)
                )
            )
        )
