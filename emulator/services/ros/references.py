"""What a template refers to: names of parameters and of resources, and attributes of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from emulator.services.ros import errors

#: `${Name}`, `${Resource.Attribute}`; `${!Name}` stands for the text `${Name}`.
PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


def references(value: Any) -> Iterator[tuple[str, str]]:
    """(name, attribute or "") of every reference below `value`. Raises ApiError for a wrong form."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref":
            yield text(key, item), ""
        elif key == "Fn::GetAtt":
            yield attribute_of(item)
        elif key == "Fn::Sub":
            yield from _substituted(item)
        else:
            yield from references(item)


def attribute_of(operand: Any) -> tuple[str, str]:
    """Resource and attribute that Fn::GetAtt names."""
    if not isinstance(operand, list) or len(operand) != 2 or not all(isinstance(one, str) for one in operand):
        raise errors.bad_form("Fn::GetAtt takes a resource and an attribute")
    return operand[0], operand[1]


def text(function: str, operand: Any) -> str:
    if not isinstance(operand, str):
        raise errors.bad_form(f"{function} takes a text")
    return operand


def parts_of_sub(operand: Any) -> tuple[str, dict[str, Any]]:
    """The text of Fn::Sub, and the values that it brings along."""
    if isinstance(operand, str):
        return operand, {}
    if (
        isinstance(operand, list)
        and len(operand) == 2
        and isinstance(operand[0], str)
        and isinstance(operand[1], dict)
    ):
        return operand[0], operand[1]
    raise errors.bad_form("Fn::Sub takes a text, or a text and an object")


def _substituted(operand: Any) -> Iterator[tuple[str, str]]:
    pattern, own = parts_of_sub(operand)
    yield from references(list(own.values()))
    for literal, name in PLACEHOLDER.findall(pattern):
        if not literal and name not in own:
            resource, _, attribute = name.partition(".")
            yield resource, attribute
