"""Function Compute 3.0: functions, layer versions, triggers, and the settings of a function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from emulator.services.ros.world import Made, Properties, World

_AS_GIVEN = frozenset({"EnvironmentVariables"})  #: whose keys are the user's


def lower(value: Any) -> Any:
    """Properties as the API of FC names them: `OssBucketName` as `ossBucketName`."""
    if isinstance(value, list):
        return [lower(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key[:1].lower() + key[1:]: {name: str(text) for name, text in item.items()}
        if key in _AS_GIVEN
        else lower(item)
        for key, item in value.items()
    }


class Function:
    def create(self, world: World, given: Properties) -> Made:
        return self._made(world.call("fc", "CreateFunction", {}, lower(given)))

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        body, params = lower(given), {"functionName": given["FunctionName"]}
        del body["functionName"]
        return self._made(world.call("fc", "UpdateFunction", params, body))

    def delete(self, world: World, made: Made, given: Properties) -> None:
        world.call_if_there("fc", "DeleteFunction", {"functionName": made.physical_id})

    @staticmethod
    def _made(answer: Mapping[str, Any]) -> Made:
        name, arn = answer["functionName"], answer["functionArn"]
        return Made(name, {"FunctionName": name, "FunctionId": answer["functionId"], "ARN": arn})


class LayerVersion:
    def create(self, world: World, given: Properties) -> Made:
        name, body = given["LayerName"], lower(given)
        del body["layerName"]
        answer = world.call("fc", "CreateLayerVersion", {"layerName": name}, body)
        arn, version = answer["layerVersionArn"], answer["version"]
        attributes = {"LayerName": name, "Version": version, "LayerVersionArn": arn}
        for attribute in ("Description", "CompatibleRuntime", "License"):
            attributes[attribute] = given.get(attribute)
        return Made(arn, attributes | {"CodeSize": answer["codeSize"], "CreateTime": answer["createTime"]})

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        """A version never changes: the next one is made, and functions that have the last one keep it."""
        new = self.create(world, given)
        self.delete(world, made, before)
        return new

    def delete(self, world: World, made: Made, given: Properties) -> None:
        params = {"layerName": given["LayerName"], "version": str(made.attributes["Version"])}
        world.call_if_there("fc", "DeleteLayerVersion", params)


class Trigger:
    def create(self, world: World, given: Properties) -> Made:
        body = self._body(given)
        body |= {"triggerName": given["TriggerName"], "triggerType": given["TriggerType"]}
        params = {"functionName": given["FunctionName"]}
        return self._made(world.call("fc", "CreateTrigger", params, body), given)

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return self._made(world.call("fc", "UpdateTrigger", self._where(given), self._body(given)), given)

    def delete(self, world: World, made: Made, given: Properties) -> None:
        world.call_if_there("fc", "DeleteTrigger", self._where(given))

    @staticmethod
    def _made(answer: Mapping[str, Any], given: Properties) -> Made:
        attributes = {"FunctionName": given["FunctionName"], "TriggerName": given["TriggerName"]}
        return Made(given["TriggerName"], attributes | {"TriggerId": answer["triggerId"]})

    @staticmethod
    def _where(given: Properties) -> dict[str, Any]:
        return {"functionName": given["FunctionName"], "triggerName": given["TriggerName"]}

    @staticmethod
    def _body(given: Properties) -> dict[str, Any]:
        """The API has the configuration as text."""
        names = ("Description", "InvocationRole", "Qualifier", "SourceArn")
        body = lower({name: given[name] for name in names if name in given})
        return {**body, "triggerConfig": json.dumps(given["TriggerConfig"])}


class AsyncInvokeConfig:
    action: ClassVar[str] = "PutAsyncInvokeConfig"
    off: ClassVar[str] = "DeleteAsyncInvokeConfig"

    def create(self, world: World, given: Properties) -> Made:
        name, body = given["FunctionName"], lower(given)
        del body["functionName"]
        world.call("fc", self.action, {"functionName": name}, body)
        return Made(name)

    def update(self, world: World, made: Made, given: Properties, before: Properties) -> Made:
        return self.create(world, given)

    def delete(self, world: World, made: Made, given: Properties) -> None:
        world.call_if_there("fc", self.off, {"functionName": given["FunctionName"]})


class ConcurrencyConfig(AsyncInvokeConfig):
    action = "PutConcurrencyConfig"
    off = "DeleteConcurrencyConfig"
