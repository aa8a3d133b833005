"""Function Compute 2.0 by its newer API (2021-04-06): custom domains, with their settings of TLS and WAF."""

from __future__ import annotations

from typing import ClassVar

from emulator.services.fc import fc
from emulator.services.fc.domains import CustomDomain, Domains


class Service(Domains):
    api = "fc-open"
    version = "2021-04-06"
    style = "ROA"
    ram = "fc"
    version_name = "2.0"
    hosts: ClassVar[tuple[str, ...]] = ("{account}.{region}.fc.aliyuncs.com", "fc.{region}.aliyuncs.com")

    @property
    def domains(self) -> list[CustomDomain]:
        """The service of 3.0 keeps those of all versions."""
        return self.cloud.service(fc.Service).domains
