"""The actions on layers: a version is made once and never changed. A deleted version's number stays used."""

from __future__ import annotations

import re
from typing import Any

from emulator.api import ApiError, Call, Raw
from emulator.service import Account
from emulator.services.fc.checks import RUNTIMES
from emulator.services.fc.functions import Functions
from emulator.services.fc.model import LayerVersion
from emulator.services.fc.wire import answered, body_of, done, invalid, page

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_MOST_RUNTIMES = 20


class Layers(Functions):
    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self._last: dict[str, int] = {}  #: version, by region and name

    def CreateLayerVersion(self, call: Call) -> Raw:
        name, body = call.params["layerName"], body_of(call)
        if not _NAME.fullmatch(name):
            raise invalid("layerName takes up to 64 letters, digits, _ and -, and begins with no digit")
        runtimes = body.get("compatibleRuntime")
        if (
            not isinstance(runtimes, list)
            or not 1 <= len(runtimes) <= _MOST_RUNTIMES
            or not RUNTIMES.issuperset(map(str, runtimes))
        ):
            raise invalid("compatibleRuntime takes runtimes of Function Compute")
        code = self._code(call, body.get("code"))
        number = self._last.get(f"{call.region}/{name}", 0) + 1
        settings: dict[str, Any] = {"compatibleRuntime": runtimes}
        settings |= {key: body[key] for key in ("description", "license") if body.get(key)}
        made = LayerVersion(name, call.region, self.cloud.account, number, code, settings, self.cloud.clock())
        self._last[f"{call.region}/{name}"] = number
        self.layers[made.arn] = made
        return answered(call, made.told())

    def GetLayerVersion(self, call: Call) -> Raw:
        name, version = call.params["layerName"], str(call.params["version"])
        found = next((row for row in self._of(call, name) if str(row.version) == version), None)
        if found is None:
            raise ApiError(404, "LayerVersionNotFound", f"version {version} of layer '{name}' does not exist")
        return answered(call, found.told())

    def DeleteLayerVersion(self, call: Call) -> Raw:
        """One that is gone is deleted as well; functions that have it keep it, as documented."""
        name, version = call.params["layerName"], str(call.params["version"])
        for row in self._of(call, name):
            if str(row.version) == version:
                row.deleted = True
        return done(call)

    def ListLayerVersions(self, call: Call) -> Raw:
        name, limit = call.params["layerName"], call.params.get("limit", 20)
        start = str(call.params.get("startVersion") or 0)
        if not start.isdecimal() or not 1 <= limit <= 100:
            raise invalid("startVersion takes a version, limit 1 to 100")
        rows = [row for row in self._of(call, name) if not int(start) or row.version <= int(start)]
        answer: dict[str, Any] = {"layers": [row.told() for row in rows[:limit]]}
        return answered(call, answer | ({"nextVersion": rows[limit].version} if len(rows) > limit else {}))

    def ListLayers(self, call: Call) -> Raw:
        """The latest version of each."""
        prefix = call.params.get("prefix", "")
        names = {row.name for row in self.layers.values() if row.region == call.region}
        latest = [(name, self._of(call, name)) for name in names if name.startswith(prefix)]
        return answered(call, page(call, "layers", [(name, rows[0].told()) for name, rows in latest if rows]))

    def _of(self, call: Call, name: str) -> list[LayerVersion]:
        """The versions of a layer, the latest first."""
        rows = [
            row
            for row in self.layers.values()
            if (row.region, row.name) == (call.region, name) and not row.deleted
        ]
        return sorted(rows, key=lambda row: -row.version)
