"""Label and field selectors, as an API server reads them: what it cannot read or select by is a 400."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from emulator.api import ApiError
from emulator.services.ack.cluster_kinds import NAMESPACES, SECRETS, Kind

Test = Callable[[Mapping[str, str]], bool]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"(?:[a-z0-9][a-z0-9.-]{{0,252}}/)?{_NAME}")
_VALUE = re.compile(rf"(?:{_NAME})?")
_REQUIREMENT = re.compile(
    r"""\s*(?:
        !\s*(?P<absent>[^\s!=<>(),]+)
      | (?P<key>[^\s!=<>(),]+)
        (?: \s*(?P<operator>==|=|!=|<|>)\s*(?P<value>[^\s!=<>(),]*)
          | \s+(?P<set>in|notin)\s*\((?P<values>[^()]*)\) )?
    )\s*""",
    re.VERBOSE,
)


def label_tests(selector: str) -> list[Test]:
    """One test of an object's labels for each requirement. Raises ApiError 400."""
    if not selector.strip():
        return []
    return [_requirement(part) for part in re.split(r",(?![^(]*\))", selector)]


def selects_fields(selector: str, kind: Kind) -> Callable[[dict[str, Any]], bool]:
    """Whether an object of `kind` has the fields asked for. Raises ApiError 400."""
    terms = [_term(text, kind) for text in selector.split(",") if text]

    def test(item: dict[str, Any]) -> bool:
        return all((_field(item, name) == value) is wanted for name, wanted, value in terms)

    return test


def _requirement(text: str) -> Test:
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        raise ApiError(400, "BadRequest", f"unable to parse requirement: {text.strip()!r} is not one")
    key = found["absent"] or found["key"]
    _matches(_KEY, key, "a valid label key")
    if found["absent"]:
        return lambda labels: key not in labels
    if found["set"]:
        values = {value.strip() for value in found["values"].split(",")}
        for value in values:
            _matches(_VALUE, value, "a valid label value")
        if found["set"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    operator, value = found["operator"], found["value"] or ""
    if operator is None:
        return lambda labels: key in labels
    _matches(_VALUE, value, "a valid label value")
    if operator in ("<", ">"):
        return _compared(key, operator, value)
    if operator == "!=":
        return lambda labels: labels.get(key) != value
    return lambda labels: labels.get(key) == value


def _compared(key: str, operator: str, value: str) -> Test:
    if not value.isdecimal():
        raise ApiError(
            400,
            "BadRequest",
            f"unable to parse requirement: values[0][{key}]: Invalid value: {value!r}: "
            "for 'Gt', 'Lt' operators, the value must be an integer",
        )
    bound = int(value)

    def test(labels: Mapping[str, str]) -> bool:
        found = labels.get(key, "")
        return found.isdecimal() and (int(found) < bound if operator == "<" else int(found) > bound)

    return test


def _matches(pattern: re.Pattern[str], text: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise ApiError(400, "BadRequest", f"unable to parse requirement: {text!r} is not {what}")


def _term(text: str, kind: Kind) -> tuple[str, bool, str]:
    """`a=b`, `a==b` or `a!=b`: the field, whether it is to be so, and the value."""
    found = re.fullmatch(r"\s*([^\s=!]+)\s*(==|=|!=)\s*(.*?)\s*", text)
    if found is None:
        raise ApiError(400, "BadRequest", f"invalid selector: '{text}'; can't understand '{text}'")
    name, operator, value = found.groups()
    if name not in _fields_of(kind):
        raise ApiError(400, "BadRequest", f"field label not supported: {name}")
    return name, operator != "!=", value


def _fields_of(kind: Kind) -> tuple[str, ...]:
    own = {SECRETS: ("type",), NAMESPACES: ("status.phase",)}
    return ("metadata.name", "metadata.namespace", *own.get(kind, ()))


def _field(item: dict[str, Any], name: str) -> str:
    found: Any = item
    for part in name.split("."):
        found = (found or {}).get(part)
    return str(found or "")
