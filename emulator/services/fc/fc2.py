"""Function Compute 2.0 (2016-08-15), as `aliyun-fc2` calls it: functions within services, custom domains.

This API knows neither `tlsConfig` nor `wafConfig`; 2021-04-06 does (`fc_open.py`). Whether its changes
reset them is not known: they stay, unless `forgets` has it otherwise.

Whatever runs the functions knows flat names: `{service}-{function}` is tried first, then `{function}`.
"""

from __future__ import annotations

from typing import ClassVar

from emulator.api import Call, Raw
from emulator.services.fc import fc
from emulator.services.fc.domains import CustomDomain, Domains
from emulator.services.fc.invoking import Invoking


class Service(Domains, Invoking):
    api = "FC2"
    version = "2016-08-15"
    style = "ROA"
    ram = "fc"
    version_name = "2.0"
    unknown = ("tlsConfig", "wafConfig")
    switches: ClassVar = {"key_form": ("traditional", "any")}
    lengthy = frozenset({"InvokeFunction"})
    hosts: ClassVar[tuple[str, ...]] = ("{account}.{region}.fc.aliyuncs.com", "{region}.fc.aliyuncs.com")

    @property
    def domains(self) -> list[CustomDomain]:
        """The service of 3.0 keeps those of both versions."""
        return self.cloud.service(fc.Service).domains

    def InvokeFunction(self, call: Call) -> Raw:
        service = call.params["serviceName"].partition(".")[0]  # "name.qualifier"
        function = call.params["functionName"]
        return self._invoke(
            call,
            (f"{service}-{function}", function),
            call.params.get("x-fc-invocation-type", "Sync"),
            call.params.get("x-fc-stateful-async-invocation-id"),
        )
