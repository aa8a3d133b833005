"""Simple Log Service: projects, their stores, and the index that makes a store searchable."""

from __future__ import annotations

from typing import Any

from emulator.services.ros.world import Made, Properties, World


class Project:
    def create(self, world: World, given: Properties) -> Made:
        name = given["Name"]
        if world.offers("sls", "CreateProject"):
            body = {"projectName": name, "description": given.get("Description", "")}
            world.call("sls", "CreateProject", {"project": name}, body)
        return Made(name, {"Name": name})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return made

    def delete(self, world: World, made: Made, given: Properties) -> None:
        if world.offers("sls", "DeleteProject"):
            world.call_if_there("sls", "DeleteProject", {"project": made.physical_id})


class Logstore:
    def create(self, world: World, given: Properties) -> Made:
        return self._put(world, "CreateLogStore", given)

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return self._put(world, "UpdateLogStore", given)

    def delete(self, world: World, made: Made, given: Properties) -> None:
        if world.offers("sls", "DeleteLogStore"):
            world.call_if_there("sls", "DeleteLogStore", _where(given))

    @staticmethod
    def _put(world: World, action: str, given: Properties) -> Made:
        project, name = given["ProjectName"], given["LogstoreName"]
        if world.offers("sls", action):
            body = {
                "logstoreName": name,
                "ttl": given.get("TTL", 30),
                "shardCount": given.get("ShardCount", 2),
            }
            world.call("sls", action, _where(given), body)
        return Made(name, {"ProjectName": project, "LogstoreName": name})


class Index:
    def create(self, world: World, given: Properties) -> Made:
        return self._put(world, "CreateIndex", given)

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return self._put(world, "UpdateIndex", given)

    def delete(self, world: World, made: Made, given: Properties) -> None:
        if world.offers("sls", "DeleteIndex"):
            world.call_if_there("sls", "DeleteIndex", _where(given))

    @staticmethod
    def _put(world: World, action: str, given: Properties) -> Made:
        if world.offers("sls", action):
            world.call("sls", action, _where(given), {"line": given["FullTextIndex"]})
        return Made(f"{given['ProjectName']}:{given['LogstoreName']}")


def _where(given: Properties) -> dict[str, Any]:
    return {"project": given["ProjectName"], "logstore": given["LogstoreName"]}
