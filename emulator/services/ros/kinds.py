"""The kinds of resources that stacks may have: properties and attributes of each, and who provides it.

`schema.json` holds what ROS's own validators say of them; it names where it is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from emulator.services.ros.providers import fc3, ots, ram, sls
from emulator.services.ros.world import Provider

_SCHEMA: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parent / "schema.json").read_text(encoding="utf-8")
)["types"]


@dataclass(frozen=True)
class Kind:
    """`fixed`: properties that cannot change while the resource stays the same one."""

    name: str
    provider: Provider
    fixed: frozenset[str]
    properties: Mapping[str, Any] = field(repr=False)
    attributes: frozenset[str] = frozenset()


#: Kinds of which a change makes another resource: who refers to one changes as well.
MADE_ANEW: Final = frozenset({"ALIYUN::FC3::LayerVersion"})
_PROVIDERS: Final[Mapping[str, tuple[Provider, tuple[str, ...]]]] = {
    "ALIYUN::FC3::AsyncInvokeConfig": (fc3.AsyncInvokeConfig(), ("FunctionName",)),
    "ALIYUN::FC3::ConcurrencyConfig": (fc3.ConcurrencyConfig(), ("FunctionName",)),
    "ALIYUN::FC3::Function": (fc3.Function(), ("FunctionName",)),
    "ALIYUN::FC3::LayerVersion": (fc3.LayerVersion(), ("LayerName",)),
    "ALIYUN::FC3::Trigger": (fc3.Trigger(), ("FunctionName", "TriggerName", "TriggerType")),
    "ALIYUN::OTS::Instance": (ots.Instance(), ("InstanceName", "ClusterType")),
    "ALIYUN::OTS::Table": (ots.Table(), ("InstanceName", "TableName", "PrimaryKey")),
    "ALIYUN::RAM::Role": (ram.Role(), ("RoleName",)),
    "ALIYUN::SLS::Index": (sls.Index(), ("ProjectName", "LogstoreName")),
    "ALIYUN::SLS::Logstore": (sls.Logstore(), ("ProjectName", "LogstoreName")),
    "ALIYUN::SLS::Project": (sls.Project(), ("Name",)),
}
KINDS: Final[Mapping[str, Kind]] = {
    name: Kind(
        name, provider, frozenset(fixed), _SCHEMA[name]["properties"], frozenset(_SCHEMA[name]["attributes"])
    )
    for name, (provider, fixed) in _PROVIDERS.items()
}
