"""The actions on functions: create, read, list, change, delete.

A change names the settings that change, and the code if that does. Defaults of cpu, memory and disk are
[guess]: the vendor's pages name those of its console. Not emulated: versions, aliases, containers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from emulator.api import ApiError, Call, Raw
from emulator.service import Account
from emulator.services.fc.archives import Archives, taken
from emulator.services.fc.checks import DEFAULTS, FUNCTION_NAME, SETTINGS, check_settings
from emulator.services.fc.domains import Domains
from emulator.services.fc.model import Code, Function, LayerVersion
from emulator.services.fc.wire import answered, body_of, done, invalid, page


class Functions(Domains):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.functions: dict[str, Function] = {}  #: by ARN
        self.layers: dict[str, LayerVersion] = {}  #: by ARN
        self.archives = Archives()

    def CreateFunction(self, call: Call) -> Raw:
        body = body_of(call)
        name = body.pop("functionName", None)
        if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
            raise invalid("functionName takes up to 128 letters, digits, _ and -, and begins with no digit")
        if self._arn(call, name) in self.functions:
            raise ApiError(409, "FunctionAlreadyExists", f"function '{name}' already exists")
        code = body.pop("code", None)
        settings = self._settings(call, {**DEFAULTS, **body}, ())
        now = self.cloud.clock()
        made = Function(
            name, call.region, self.cloud.account, settings, self._code(call, code), str(uuid4()), now, now
        )
        self.functions[made.arn] = made
        return answered(call, self.told_of(made))

    def UpdateFunction(self, call: Call) -> Raw:
        found, body = self.function(call), body_of(call)
        code = body.pop("code", None)
        settings = self._settings(call, {**found.settings, **body}, found.settings.get("layers", ()))
        if code is not None:
            found.code = self._code(call, code)
            self._forget_archives()
        found.settings, found.modified = settings, self.cloud.clock()
        return answered(call, self.told_of(found))

    def GetFunction(self, call: Call) -> Raw:
        return answered(call, self.told_of(self.function(call)))

    def DeleteFunction(self, call: Call) -> Raw:
        """Its triggers go with it [guess]."""
        del self.functions[self.function(call).arn]
        self._forget_archives()
        return done(call)

    def ListFunctions(self, call: Call) -> Raw:
        prefix, runtime = call.params.get("prefix", ""), call.params.get("runtime", "")
        rows = [
            (found.name, self.told_of(found))
            for found in self.functions.values()
            if found.region == call.region
            and found.name.startswith(prefix)
            and runtime in ("", found.settings["runtime"])
        ]
        return answered(call, page(call, "functions", rows))

    def function(self, call: Call) -> Function:
        """Raises ApiError 404."""
        name = call.params["functionName"]
        found = self.functions.get(self._arn(call, name))
        if found is None:
            raise ApiError(404, "FunctionNotFound", f"function '{name}' does not exist")
        return found

    def told_of(self, found: Function) -> dict[str, Any]:
        return found.told({arn: layer.code.size for arn, layer in self.layers.items()})

    def _arn(self, call: Call, name: str) -> str:
        return f"acs:fc:{call.region}:{self.cloud.account}:functions/{name}"

    def _settings(self, call: Call, wanted: Mapping[str, Any], has: Collection[str]) -> dict[str, Any]:
        """`has`: layers that the function has already, and may keep. Raises ApiError."""
        unknown = sorted(wanted.keys() - SETTINGS)
        if unknown:
            raise ApiError(501, "NotEmulated", f"{unknown[0]} of a function is not emulated.")
        settings = {name: value for name, value in wanted.items() if value is not None}
        check_settings(settings)
        for arn in settings.get("layers", ()):
            layer = self.layers.get(arn)
            if layer is None or layer.region != call.region or (layer.deleted and arn not in has):
                raise ApiError(404, "LayerVersionNotFound", f"layer version '{arn}' does not exist")
            if settings["runtime"] not in layer.settings["compatibleRuntime"]:
                raise invalid(f"layer version '{arn}' is not compatible with {settings['runtime']}")
        return settings

    def _code(self, call: Call, code: Any) -> Code:
        store: Any = self.cloud.services["oss"]
        return self.archives.add(taken(code, lambda bucket, key: store.content(bucket, key, call.region)))

    def _forget_archives(self) -> None:
        used = {found.code.digest for found in self.functions.values()}
        self.archives.keep_only(used | {layer.code.digest for layer in self.layers.values()})
