"""On which resource a call needs its RAM action (`EmulatedService.right`): the one table of it.

Source: the vendor's page of each product on RAM. Where that names none, or the call names none, it is all of
the product in the region.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from emulator.api import Call

#: Calls that anyone with a key may make.
FREE = frozenset({"sts:GetCallerIdentity"})


def resources_of(ram: str, call: Call) -> list[str]:
    """All that have to be granted."""
    names = _NAMES[ram](call) if ram in _NAMES else ["*"]
    region = "*" if ram in _EVERYWHERE else call.region or "*"
    if ram == "sts":
        return names
    return [f"acs:{ram}:{'' if ram == 'ram' else region}:{call.account}:{name}" for name in names]


def _domains(call: Call) -> list[str]:
    return [f"domain/{call.params.get('DomainName') or '*'}"]


def _of_function_compute(call: Call) -> list[str]:
    params, action = call.params, call.action
    if "CustomDomain" in action:
        return [f"custom-domains/{params.get('domainName', '*')}"]
    if "Layer" in action:
        layer = f"layers/{params.get('layerName', '*')}"
        return [f"{layer}/versions/{params.get('version', '*')}" if "Version" in action else layer]
    function = f"functions/{params.get('functionName', '*')}"
    if action == "InvokeFunction" and params.get("qualifier"):
        function += f"/{params['qualifier']}"
    if "Trigger" in action:
        function += f"/triggers/{params.get('triggerName', '*')}"
    return [function]


def _of_tablestore(call: Call) -> list[str]:
    if call.action.endswith(("Instance", "Instances")):
        return [f"instance/{call.params.get('InstanceName') or _in_body(call, 'InstanceName')}"]
    instance = f"instance/{call.params.get('instance') or '*'}"
    tables = [name for name in str(call.params.get("table_name", "")).split(",") if name]
    return [f"{instance}/table/{name}" for name in tables] or [f"{instance}/table/*"]


def _in_body(call: Call, name: str) -> str:
    """A text of a JSON body; "*" where there is none."""
    try:
        return str(json.loads(call.raw_body)[name])
    except (ValueError, LookupError, TypeError):
        return "*"


def _of_oss(call: Call) -> list[str]:
    bucket, key = call.params.get("bucket", "*"), call.params.get("key")
    return [f"{bucket}/{key}" if key else bucket]


def _of_logs(call: Call) -> list[str]:
    project, store = call.params.get("project", "*"), call.params.get("logstore")
    return [f"project/{project}" + (f"/logstore/{store}" if store else "")]


def _of_ram(call: Call) -> list[str]:
    kind = "role" if "Role" in call.action else "policy"
    return [f"{kind}/{call.params.get('RoleName' if kind == 'role' else 'PolicyName') or '*'}"]


_EVERYWHERE = frozenset({"cdn", "oss", "dcdn", "live", "vod"})
_NAMES: Mapping[str, Callable[[Call], list[str]]] = {
    "cdn": _domains,
    "fc": _of_function_compute,
    "kms": lambda call: [f"secret/{call.params.get('SecretName') or '*'}"],
    "log": _of_logs,
    "oss": _of_oss,
    "ots": _of_tablestore,
    "ram": _of_ram,
    "sts": lambda call: [str(call.params.get("RoleArn", "*"))],
}
