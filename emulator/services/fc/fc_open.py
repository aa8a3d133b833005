"""Function Compute 2.0 by its newer API (2021-04-06): custom domains, with their settings of TLS and WAF.

`supported` false: a host that has only 2016-08-15. Code and text are documented for a path that is not
supported; that an unknown version is such a path is a guess.
"""

from __future__ import annotations

from typing import Any, ClassVar

from emulator.api import ApiError, Call
from emulator.services.fc import fc
from emulator.services.fc.domains import CustomDomain, Domains

RESETTABLE = {"routeConfig", "tlsConfig", "wafConfig"}


class Service(Domains):
    api = "fc-open"
    version = "2021-04-06"
    style = "ROA"
    ram = "fc"
    version_name = "2.0"
    hosts: ClassVar[tuple[str, ...]] = ("{account}.{region}.fc.aliyuncs.com", "fc.{region}.aliyuncs.com")

    switches: ClassVar = {
        "key_form": ("traditional", "any"),
        "supported": (True, False),
        "unnamed_settings": ("keep", "reset"),  #: what a change does to those that it does not name
    }

    @property
    def domains(self) -> list[CustomDomain]:
        """The service of 3.0 keeps those of all versions."""
        return self.cloud.service(fc.Service).domains

    def _visible(self, call: Call) -> list[CustomDomain]:
        if not self.behaviour["supported"]:
            path = f"/{self.version}/custom-domains"
            raise ApiError(400, "PathNotSupported", f"'{path}' against '{call.action}' is not supported")
        return super()._visible(call)

    def _change(self, settings: dict[str, Any], named: dict[str, Any]) -> None:
        super()._change(settings, named)
        if self.behaviour["unnamed_settings"] == "reset":
            for name in RESETTABLE - named.keys():
                settings.pop(name, None)
