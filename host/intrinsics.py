"""Functions and references of a ROS template, as far as their values are known on one machine."""

import re
from collections.abc import Mapping
from typing import Any

from host.errors import TemplateError

#: Pseudo parameters without a stack. The account is the emulator's.
PSEUDO = {
    "ALIYUN::Region": "cn-hangzhou",
    "ALIYUN::TenantId": "1000000000000001",
    "ALIYUN::AccountId": "1000000000000001",
    "ALIYUN::StackName": "local",
}
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class UnknownHere(Exception):
    """The value exists only in a real stack."""


class Resolver:
    """`parameters` may also set pseudo parameters, such as the region or the account."""

    def __init__(self, document: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._resources: Mapping[str, Any] = document["Resources"]
        self._conditions: Mapping[str, Any] = document.get("Conditions") or {}
        declared: Mapping[str, Any] = document.get("Parameters") or {}
        for name in parameters:
            if name not in declared and name not in PSEUDO:
                raise TemplateError(f"the template has no parameter {name!r}")
        defaults = {name: spec["Default"] for name, spec in declared.items() if "Default" in spec}
        self._declared = {*declared, *PSEUDO}
        self._values: dict[str, Any] = {**PSEUDO, **defaults, **parameters}

    def resolve(self, value: Any) -> Any:
        """The value, resolved. Raises UnknownHere, TemplateError."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, operand)] = value.items()
            if name == "Ref":
                return self._reference(operand)
            if name == "Fn::Sub":
                return self._substitute(operand)
            if name == "Fn::GetAtt":
                return self._attribute(*operand)
            if name == "Fn::Join":
                separator, parts = operand
                return separator.join(str(self.resolve(part)) for part in parts)
            if name == "Fn::Split":
                separator, text = operand
                return str(self.resolve(text)).split(separator)
            if name == "Fn::If":
                condition, then, otherwise = operand
                return self.resolve(then if self.holds(condition) else otherwise)
            if name.startswith("Fn::"):
                raise TemplateError(f"{name} is not supported by the host")
        return {key: self.resolve(item) for key, item in value.items()}

    def _reference(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        if name in self._declared or name in self._resources or name.startswith("ALIYUN::"):
            raise UnknownHere(f"{name} has no value outside a stack")
        raise TemplateError(f"{name!r} is neither a parameter nor a resource")

    def holds(self, name: str) -> bool:
        """Whether a condition of the template holds: one that compares two values. Raises TemplateError."""
        if not isinstance(condition := self._conditions.get(name), dict):
            raise TemplateError(f"there is no condition {name!r}")
        if condition.keys() != {"Fn::Equals"}:
            raise TemplateError(f"the condition {name} is not Fn::Equals, which the host supports")
        one, other = map(self.resolve, condition["Fn::Equals"])
        return bool(one == other)

    def _substitute(self, text: Any) -> str:
        if not isinstance(text, str):
            raise TemplateError("Fn::Sub with its own map is not supported by the host")

        def replace(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            resource, dot, attribute = name.partition(".")
            return str(self._attribute(resource, attribute) if dot else self._reference(name))

        return _PLACEHOLDER.sub(replace, text)

    def _attribute(self, resource: str, attribute: str) -> Any:
        """An attribute with a property's name is that property; a function's ARN is known too."""
        if resource not in self._resources:
            raise TemplateError(f"there is no resource {resource!r}")
        properties = self._resources[resource].get("Properties", {})
        if attribute in properties:
            return self.resolve(properties[attribute])
        if attribute == "ARN" and "FunctionName" in properties:
            name = self.resolve(properties["FunctionName"])
            region, account = self._values["ALIYUN::Region"], self._values["ALIYUN::TenantId"]
            return f"acs:fc:{region}:{account}:functions/{name}"
        raise UnknownHere(f"{resource}.{attribute} has no value outside a stack")
