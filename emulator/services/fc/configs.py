"""The actions on what belongs to a function: how it is invoked asynchronously, and its share of instances."""

from __future__ import annotations

import re
from typing import Any

from emulator.api import ApiError, Call, Raw
from emulator.services.fc.layers import Layers
from emulator.services.fc.model import Function, stamp
from emulator.services.fc.wire import answered, body_of, done, invalid, page

#: What a destination is: a function, or a product that is not emulated and gets nothing.
_DESTINATION = re.compile(r"acs:(fc|mns|mq|eventbridge|oss):[^\s]{1,500}")
ACCOUNT_INSTANCES = 100  #: of one region


class Configs(Layers):
    def PutAsyncInvokeConfig(self, call: Call) -> Raw:
        found, body = self.function(call), body_of(call)
        retries, age = body.get("maxAsyncRetryAttempts", 3), body.get("maxAsyncEventAgeInSeconds", 86400)
        for name, value, least, most in (
            ("maxAsyncRetryAttempts", retries, 0, 8),
            ("maxAsyncEventAgeInSeconds", age, 1, 604800),
        ):
            if not isinstance(value, int) or not least <= value <= most:
                raise invalid(f"{name} takes {least} to {most}")
        now = stamp(self.cloud.clock())
        found.asynchronous = {
            "asyncTask": bool(body.get("asyncTask", False)),
            "createdTime": found.asynchronous.get("createdTime", now),
            "destinationConfig": _destinations(body.get("destinationConfig") or {}),
            "functionArn": found.arn,
            "lastModifiedTime": now,
            "maxAsyncEventAgeInSeconds": age,
            "maxAsyncRetryAttempts": retries,
        }
        return answered(call, found.asynchronous)

    def GetAsyncInvokeConfig(self, call: Call) -> Raw:
        """The code where there is none is [guess]."""
        found = self.function(call)
        if not found.asynchronous:
            raise ApiError(
                404, "AsyncConfigNotExists", f"async config of function '{found.name}' does not exist"
            )
        return answered(call, found.asynchronous)

    def DeleteAsyncInvokeConfig(self, call: Call) -> Raw:
        self.function(call).asynchronous = {}
        return done(call)

    def PutConcurrencyConfig(self, call: Call) -> Raw:
        found = self.function(call)
        wanted = body_of(call).get("reservedConcurrency")
        others = sum(
            one.reserved or 0
            for one in self.functions.values()
            if one.region == found.region and one is not found
        )
        left = ACCOUNT_INSTANCES - others
        if not isinstance(wanted, int) or not 0 <= wanted <= left:
            raise invalid(f"reservedConcurrency takes 0 to {left}")
        found.reserved = wanted
        return answered(call, _reserved(found))

    def GetConcurrencyConfig(self, call: Call) -> Raw:
        """The code where there is none is [guess]."""
        found = self.function(call)
        if found.reserved is None:
            raise ApiError(
                404, "ConcurrencyConfigNotFound", f"function '{found.name}' has no concurrency config"
            )
        return answered(call, _reserved(found))

    def DeleteConcurrencyConfig(self, call: Call) -> Raw:
        self.function(call).reserved = None
        return done(call)

    def ListConcurrencyConfigs(self, call: Call) -> Raw:
        wanted = call.params.get("functionName", "")
        rows = [
            (found.name, _reserved(found))
            for found in self.functions.values()
            if found.region == call.region and found.reserved is not None and wanted in ("", found.name)
        ]
        return answered(call, page(call, "configs", rows))


def _destinations(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or given.keys() - {"onSuccess", "onFailure"}:
        raise invalid("destinationConfig takes onSuccess and onFailure")
    for name, one in given.items():
        if one is not None and not _DESTINATION.fullmatch(str((one or {}).get("destination", ""))):
            raise invalid(f"{name} takes destination, an ARN")
    return {name: {"destination": one["destination"]} for name, one in given.items() if one}


def _reserved(found: Function) -> dict[str, Any]:
    return {"functionArn": found.arn, "reservedConcurrency": found.reserved}
