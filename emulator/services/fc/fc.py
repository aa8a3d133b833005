"""Function Compute 3.0 (2023-03-30): custom domains; functions, layers, triggers; invoking.

Functions are those that requests have made, and those of a host (`Cloud.functions`), which has its own.
Not emulated: logs in the answer (`x-fc-log-type: Tail` is taken and no log returned), versions and
aliases (any `qualifier` is taken). Source of codes: the vendor's page "Error codes" of Function
Compute; AsyncTaskAlreadyExists is a guess.
"""

from __future__ import annotations

from typing import ClassVar

from emulator.api import Call, Raw
from emulator.services.fc.invoking import Invoking
from emulator.services.fc.running import Running


class Service(Running, Invoking):
    api = "FC"
    version = "2023-03-30"
    style = "ROA"
    ram = "fc"
    hosts: ClassVar[tuple[str, ...]] = (
        "fcv3.{region}.aliyuncs.com",
        "{region}.fc.aliyuncs.com",
        "{account}.{region}.fc.aliyuncs.com",
    )
    limits: ClassVar[dict[str, int]] = {}
    lengthy = frozenset({"InvokeFunction"})
    switches: ClassVar[dict[str, tuple[str | bool, ...]]] = {
        # With whose rights a function's output is written, where it has a role of its own: the vendor's page
        # "Use function roles to grant Function Compute access" can be read either way.
        "logs_by": ("role", "service"),
    }

    def InvokeFunction(self, call: Call) -> Raw:
        return self._invoke(
            call,
            (call.params["functionName"],),
            call.params.get("x-fc-invocation-type", "Sync"),
            call.params.get("x-fc-async-task-id"),
        )

    def _carried_out(
        self, call: Call, names: tuple[str, ...], asynchronous: bool, task_id: str | None, limit: int
    ) -> Raw:
        found = self.functions.get(self._arn(call, names[0]))
        if found is None:
            return super()._carried_out(call, names, asynchronous, task_id, limit)
        return self.invoke(found, call, asynchronous=asynchronous, task_id=task_id)
