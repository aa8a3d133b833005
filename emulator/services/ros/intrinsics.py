"""Values of a template: its functions, conditions and references, resolved for one stack."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from emulator.services.ros import errors
from emulator.services.ros.references import PLACEHOLDER, attribute_of, parts_of_sub, text
from emulator.services.ros.template import Template


class Later(str):
    """Stands for a value that is known once a resource has been made, as `${Resource.Attribute}`."""


_NOTHING: Final = object()  #: ALIYUN::NoValue: what has it is left out


class Scope:
    """`values`: of parameters and pseudo parameters. `attribute`: of a resource, "" for its reference."""

    def __init__(
        self,
        template: Template,
        values: Mapping[str, Any],
        attribute: Callable[[str, str], Any] = lambda resource, name: later(resource, name),
    ) -> None:
        self._template, self._values, self._attribute = template, values, attribute

    def resolve(self, value: Any) -> Any:
        """Raises ApiError."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, operand)] = value.items()
            if name == "Ref":
                return self._reference(text(name, operand))
            if name.startswith("Fn::"):
                return self._function(name, operand)
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NOTHING}

    def holds(self, condition: Any) -> bool:
        """Whether a condition does: its name, or a function of it."""
        if isinstance(condition, str):
            if condition not in self._template.conditions:
                raise errors.bad_reference(condition, "Conditions")
            return self.holds(self._template.conditions[condition])
        if isinstance(condition, bool):
            return condition
        if isinstance(condition, dict) and len(condition) == 1:
            [(name, operand)] = condition.items()
            match name, operand:
                case "Condition", str():
                    return self.holds(operand)
                case "Fn::Equals", [one, other]:
                    return bool(self.resolve(one) == self.resolve(other))
                case "Fn::Not", str() | dict():
                    return not self.holds(operand)
                case "Fn::And", [*parts]:
                    return all(map(self.holds, parts))
                case "Fn::Or", [*parts]:
                    return any(map(self.holds, parts))
        raise errors.bad_form("A condition takes Fn::Equals, Fn::Not, Fn::And, Fn::Or or a condition's name")

    def _reference(self, name: str) -> Any:
        if name == "ALIYUN::NoValue":
            return _NOTHING
        return self._values[name] if name in self._values else self._attribute(name, "")

    def _function(self, name: str, operand: Any) -> Any:
        if name == "Fn::GetAtt":
            return self._attribute(*attribute_of(operand))
        if name == "Fn::Sub":
            return self._substituted(operand)
        if name == "Fn::If":
            match operand:
                case [condition, then, otherwise]:
                    return self.resolve(then if self.holds(condition) else otherwise)
            raise errors.bad_form("Fn::If takes a condition and two values")
        if name not in _FUNCTIONS:
            raise errors.not_emulated(f"The function {name}")
        operand = self.resolve(operand)
        if isinstance(operand, Later):
            return operand
        try:
            return _FUNCTIONS[name](self._template.mappings, operand)
        except (LookupError, TypeError, ValueError):
            raise errors.bad_form(f"{name} has wrong operands") from None

    def _substituted(self, operand: Any) -> str:
        pattern, own = parts_of_sub(operand)
        known = self.resolve(own)
        unknown = False

        def replace(match: re.Match[str]) -> str:
            nonlocal unknown
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            resource, dot, attribute = name.partition(".")
            if name in known:
                value = known[name]
            else:
                value = self._attribute(resource, attribute) if dot else self._reference(name)
            unknown = unknown or isinstance(value, Later)
            return str(as_text(value))

        result = PLACEHOLDER.sub(replace, pattern)
        return Later(result) if unknown else result


def later(resource: str, name: str) -> Later:
    return Later(f"${{{resource}.{name}}}" if name else f"${{{resource}}}")


def as_text(value: Any) -> str:
    """As ROS puts a value into a text."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (bool, list, dict)) else str(value)


def _join(_: Any, operand: Any) -> str:
    separator, parts = operand
    joined = separator.join(map(as_text, parts))
    return Later(joined) if any(isinstance(part, Later) for part in parts) else joined


def _select(_: Any, operand: Any) -> Any:
    index, rows = operand
    return rows[index] if isinstance(rows, dict) else rows[int(index)]


_FUNCTIONS: Final[Mapping[str, Callable[[Mapping[str, Any], Any], Any]]] = {
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": lambda _, operand: operand[1].split(operand[0]),
    "Fn::FindInMap": lambda maps, operand: maps[operand[0]][operand[1]][operand[2]],
    "Fn::Str": lambda _, operand: as_text(operand),
    "Fn::Base64Encode": lambda _, operand: base64.b64encode(operand.encode()).decode(),
    "Fn::Base64Decode": lambda _, operand: base64.b64decode(operand, validate=True).decode(),
}
