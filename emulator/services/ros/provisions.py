"""What ROS tells before there is a stack: of the services that a template uses, and of its parameters.

Names of services are [guess], but for `FC`. Each is in use unless the switch `services` has it otherwise.
"""

from __future__ import annotations

from typing import Any

from emulator.api import Answer, Call
from emulator.services.ros import errors, sources
from emulator.services.ros.reads import Reads
from emulator.services.ros.template import read

#: By the second word of a resource's type. RAM has nothing to activate.
_SERVICES = {"FC3": "FC", "OTS": "OTS", "SLS": "SLS"}
_ROLES = {"FC": "AliyunServiceRoleForFC"}
_CONSOLE = "https://common-buy.aliyun.com/?commodityCode="


class Provisions(Reads):
    def GetServiceProvisions(self, call: Call) -> Answer:
        named = [one["ServiceName"] for one in call.params.get("Services") or []]
        if bool(named) == bool(call.params.get("TemplateBody") or call.params.get("TemplateURL")):
            raise errors.one_of("TemplateBody", "TemplateURL", "TemplateId", "Services")
        if strangers := [one for one in named if one not in _SERVICES.values()]:
            raise errors.bad_value("ServiceName", strangers[0])
        if not named:
            declared = read(sources.body(self.cloud, call)).resources.values()
            words = {one.kind.split("::")[1] for one in declared}
            named = sorted(_SERVICES[word] for word in words & _SERVICES.keys())
        return {"ServiceProvisions": [self._provision(name) for name in named]}

    def GetTemplateParameterConstraints(self, call: Call) -> Answer:
        """What the template itself says; nothing is asked of the products [guess]."""
        declared = read(sources.body(self.cloud, call)).parameters
        wanted = call.params.get("ParametersKeyFilter") or list(declared)
        if strangers := [name for name in wanted if name not in declared]:
            raise errors.unknown_parameter(strangers[0])
        rows = []
        for name in wanted:
            spec = declared[name]
            row: dict[str, Any] = {"ParameterKey": name, "Type": spec.get("Type", "String")}
            if values := spec.get("AllowedValues"):
                row |= {"AllowedValues": values, "IllegalValueByParameterConstraints": []}
            else:
                row |= {"Behavior": "NoLimit", "BehaviorReason": "No constraint is known."}
            rows.append(row)
        return {"ParameterConstraints": rows}

    def _provision(self, name: str) -> dict[str, Any]:
        how, role = self.behaviour["services"], _ROLES.get(name)
        row: dict[str, Any] = {"ServiceName": name, "Status": "Enabled", "AutoEnableService": False}
        if how == "not activated":
            url = f"{_CONSOLE}{name.lower()}"
            row |= {"Status": "Disabled", "StatusReason": "The service is not activated.", "EnableURL": url}
        if role:
            made = how == "activated"
            there = {"RoleName": role, "Created": made, "Function": "Default"}
            missing = {} if made else {"AuthorizationURL": "https://ram.console.aliyun.com/authorize"}
            row["RoleProvision"] = {"Roles": [there], **missing}
        return row
