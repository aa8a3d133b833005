"""Simple Log Service: projects, their stores, and the index that makes a store searchable."""

from __future__ import annotations

from typing import Any

from emulator.services.ros.world import Made, Properties, World

#: Properties as the API names them.
_STORE = {
    "TTL": "ttl",
    "ShardCount": "shardCount",
    "AutoSplit": "autoSplit",
    "MaxSplitShard": "maxSplitShard",
}
_STORE |= {"AppendMeta": "appendMeta", "EnableTracking": "enable_tracking", "Mode": "mode"}
_KEY = {"Type": "type", "Alias": "alias", "EnableAnalytics": "doc_value"}


class Project:
    def create(self, world: World, given: Properties) -> Made:
        name = given["Name"]
        body = {"projectName": name, "description": given.get("Description", "")}
        world.call("sls", "CreateProject", {"project": name}, body)
        return Made(name, {"Name": name})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        """Of what may change, the products of this cloud have nothing."""
        return made

    def delete(self, world: World, made: Made, given: Properties) -> None:
        world.call_if_there("sls", "DeleteProject", {"project": made.physical_id})


class Logstore:
    def create(self, world: World, given: Properties) -> Made:
        return self._put(world, "CreateLogStore", given)

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return self._put(world, "UpdateLogStore", given)

    def delete(self, world: World, made: Made, given: Properties) -> None:
        world.call_if_there("sls", "DeleteLogStore", _where(given))

    @staticmethod
    def _put(world: World, action: str, given: Properties) -> Made:
        project, name = given["ProjectName"], given["LogstoreName"]
        body = {key: given[own] for own, key in _STORE.items() if own in given}
        defaults = {"logstoreName": name, "ttl": 30, "shardCount": 2}
        world.call("sls", action, _where(given), defaults | body)
        return Made(name, {"ProjectName": project, "LogstoreName": name})


class Index:
    def create(self, world: World, given: Properties) -> Made:
        return self._put(world, "CreateIndex", given)

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return self._put(world, "UpdateIndex", given)

    def delete(self, world: World, made: Made, given: Properties) -> None:
        world.call_if_there("sls", "DeleteIndex", _where(given))

    @staticmethod
    def _put(world: World, action: str, given: Properties) -> Made:
        keys = {
            one["Name"]: _tokens(one) | {key: one[own] for own, key in _KEY.items() if own in one}
            for one in given.get("KeyIndices", [])
        }
        body: dict[str, Any] = {"keys": keys} if keys else {}
        if given["FullTextIndex"]["Enable"]:
            body["line"] = _tokens(given["FullTextIndex"])
        world.call("sls", action, _where(given), body)
        return Made(f"{given['ProjectName']}:{given['LogstoreName']}")


def _tokens(given: Properties) -> dict[str, Any]:
    """How a text is taken apart: the API has each delimiter by itself."""
    case, chinese = given.get("CaseSensitive", False), given.get("IncludeChinese", False)
    return {"token": list(given.get("Delimiter", "")), "caseSensitive": case, "chn": chinese}


def _where(given: Properties) -> dict[str, Any]:
    return {"project": given["ProjectName"], "logstore": given["LogstoreName"]}
