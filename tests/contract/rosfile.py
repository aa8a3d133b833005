"""A ROS template as data for checks: its resources, its references, ROS's own property table."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from host.errors import TemplateError
from host.intrinsics import PSEUDO, Resolver, UnknownHere

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "template.yml").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = yaml.safe_load(TEXT)
SCHEMA: dict[str, Any] = json.loads((ROOT / "emulator/services/ros/schema.json").read_text())
_TYPES = {"string": str, "number": (int, float), "boolean": bool, "list": list, "map": dict}
_SUB = re.compile(r"\$\{([^!}][^}]*)\}")


def folder(properties: dict[str, Any]) -> str:
    """Of a function, or of what belongs to one: its folder in functions/."""
    return str(properties["FunctionName"]).removeprefix("certdeploy-")


class RosFile:
    def __init__(self, document: dict[str, Any], given: Mapping[str, str] | None = None) -> None:
        self.document = document
        self.parameters: dict[str, Any] = self.document["Parameters"]
        self.resources: dict[str, Any] = self.document["Resources"]
        #: Parameters without a default get a stand-in, so that everything made of them can be checked.
        stand_ins = {name: "x" for name, spec in self.parameters.items() if "Default" not in spec}
        self.resolver = Resolver(self.document, {**stand_ins, **(given or {})})

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties, resolved where they can be, by logical id."""
        return {
            name: self.resolved(resource["Properties"])
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def resolved(self, value: Any) -> Any:
        """What only a real stack knows, and what is wrong, stays as it is written."""
        if isinstance(value, dict) and not _is_call(value):
            return {key: self.resolved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        try:
            return self.resolver.resolve(value)
        except (UnknownHere, TemplateError):
            return value

    def problems(self) -> list[str]:
        return [*self._property_problems(), *self._reference_problems()]

    def _property_problems(self) -> Iterator[str]:
        for name, resource in self.resources.items():
            schema = SCHEMA["types"].get(resource["Type"])
            if schema is None:
                yield f"{name}: type {resource['Type']} is not in the table"
                continue
            value = self.resolved(resource.get("Properties", {}))
            yield from _check_object(name, value, schema["properties"])

    def _reference_problems(self) -> Iterator[str]:
        known = {*self.parameters, *self.resources, *self.document.get("Conditions", {}), *PSEUDO}
        known.add("ALIYUN::NoValue")
        for where, kind, target in references(self.document):
            resource, _, attribute = target.partition(".")
            if resource not in known:
                yield f"{where}: {kind} names {resource}, which is not there"
            elif attribute:
                resource_type = self.resources.get(resource, {}).get("Type", "a parameter")
                known_attributes = SCHEMA["types"].get(resource_type, {}).get("attributes", [])
                if attribute not in known_attributes:
                    yield f"{where}: {resource_type} has no attribute {attribute}"


def references(value: Any, where: str = "template") -> Iterator[tuple[str, str, str]]:
    """(where, kind, `Name` or `Name.Attribute`) of every reference below `value`."""
    if isinstance(value, list):
        for item in value:
            yield from references(item, where)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref":
            yield where, key, item
        elif key == "Fn::GetAtt":
            yield where, key, ".".join(item)
        elif key == "Fn::Sub":
            yield from ((where, key, name) for name in _SUB.findall(item))
        elif key == "Fn::If":
            yield where, key, item[0]
            yield from references(item[1:], where)
        elif key == "DependsOn":
            yield from ((where, key, name) for name in ([item] if isinstance(item, str) else item))
        else:
            yield from references(item, f"{where}.{key}")


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _check_object(where: str, value: Any, properties: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: an object is needed"
        return
    for name in sorted(set(value) - set(properties)):
        yield f"{where}: unknown property {name}"
    for name, spec in properties.items():
        if name in value:
            yield from _check_value(f"{where}.{name}", value[name], spec)
        elif spec.get("required"):
            yield f"{where}: {name} is missing"


def _check_value(where: str, value: Any, spec: dict[str, Any]) -> Iterator[str]:
    if _is_call(value):
        return
    if "object" in spec:
        yield from _check_object(where, value, spec["object"])
    elif "list" in spec:
        for index, item in enumerate(value):
            yield from _check_object(f"{where}[{index}]", item, spec["list"])
    elif "type" in spec and not isinstance(value, _TYPES[spec["type"]]):
        yield f"{where}: {value!r} is no {spec['type']}"
        return
    if "allowed" in spec and value not in spec["allowed"]:
        yield f"{where}: {value!r} is not one of {spec['allowed']}"
    if "pattern" in spec and not re.search(spec["pattern"], value):
        yield f"{where}: {value!r} does not fit {spec['pattern']}"
    for limits, size in ((spec.get("range"), value), (spec.get("length"), _length(value))):
        if limits and not _within(size, *limits):
            yield f"{where}: {size} is not within {limits}"


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, dict)) else 0


def _within(size: Any, low: Any, high: Any) -> bool:
    return (low is None or size >= low) and (high is None or size <= high)
