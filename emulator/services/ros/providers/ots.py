"""Tablestore: instances and their tables."""

from __future__ import annotations

from typing import Any

from emulator.api import ApiError
from emulator.services.ros.world import Made, Properties, World
from emulator.services.tablestore import messages

_TYPES = {"INTEGER": 1, "STRING": 2, "BINARY": 3}
_NO_CAPACITY = {"capacity_unit": {"read": 0, "write": 0}}


class Instance:
    def create(self, world: World, given: Properties) -> Made:
        name = given["InstanceName"]
        _control(
            world,
            "CreateInstance",
            given,
            _of_instance(given) | {"ClusterType": given.get("ClusterType", "SSD")},
        )
        end = f"{name}.{world.region}"
        endpoints = {
            "PublicEndpoint": f"https://{end}.ots.aliyuncs.com",
            "PrivateEndpoint": f"https://{end}.ots-internal.aliyuncs.com",
            "VpcEndpoint": f"https://{end}.vpc.tablestore.aliyuncs.com",
        }
        return Made(name, {"InstanceName": name, **endpoints})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        _control(world, "UpdateInstance", given, _of_instance(given))
        return made

    def delete(self, world: World, made: Made, given: Properties) -> None:
        body = {"InstanceName": made.physical_id}
        world.call_if_there("ots_control", "DeleteInstance", {}, body)


def _of_instance(given: Properties) -> dict[str, Any]:
    return {"Network": given.get("Network", "NORMAL"), "InstanceDescription": given.get("Description", "")}


def _control(world: World, action: str, given: Properties, wanted: dict[str, Any]) -> None:
    world.call("ots_control", action, {}, {"InstanceName": given["InstanceName"], **wanted})


class Table:
    def create(self, world: World, given: Properties) -> Made:
        name = given["TableName"]
        key = [{"name": one["Name"], "type": _TYPES[one["Type"]]} for one in given["PrimaryKey"]]
        wanted = {
            "table_meta": {"table_name": name, "primary_key": key},
            "reserved_throughput": _NO_CAPACITY,
            "table_options": _options(given),
        }
        _call(world, "CreateTable", given, wanted)
        return Made(name, {"TableName": name})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        wanted = {"table_name": made.physical_id, "table_options": _options(given)}
        _call(world, "UpdateTable", given, wanted)
        return made

    def delete(self, world: World, made: Made, given: Properties) -> None:
        try:
            _call(world, "DeleteTable", given, {"table_name": made.physical_id})
        except ApiError as refused:
            if refused.code not in ("OTSObjectNotExist", "OTSAuthFailed"):
                raise


def _options(given: Properties) -> dict[str, Any]:
    names = {"time_to_live": "TimeToLive", "max_versions": "MaxVersions"}
    names["deviation_cell_version_in_sec"] = "DeviationCellVersionInSec"
    return {name: given[key] for name, key in names.items() if key in given}


def _call(world: World, action: str, given: Properties, wanted: dict[str, Any]) -> None:
    params = {"instance": given["InstanceName"], "table_name": given["TableName"]}
    host = f"{given['InstanceName']}.{world.region}.vpc.tablestore.aliyuncs.com"
    world.call("tablestore", action, params, messages.REQUESTS[action].write(wanted), host=host)
