"""Tablestore: instances. Their tables are made by requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from emulator.sections import Region, Section


class Instance(Section):
    key = "tablestore"

    instance: str = Field(pattern=r"^[a-zA-Z][-a-zA-Z0-9]{1,14}[a-zA-Z0-9]$")
    region: Region
    #: "vpc": only its hosts inside a VPC and the classic network reach it, as the access list says.
    network: Literal["open", "vpc"] = "open"
    file: str = ""  #: where its tables and rows are kept between starts

    def identities(self) -> Iterable[tuple[str, str]]:
        yield "instance", self.instance
        if self.file:
            yield "file", self.file
