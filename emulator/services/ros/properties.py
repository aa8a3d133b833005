"""A resource's properties held against those that ROS knows of its kind, as its validators do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emulator.services.ros import errors
from emulator.services.ros.intrinsics import Later
from emulator.services.ros.kinds import Kind


def checked(kind: Kind, name: str, given: Any) -> dict[str, Any]:
    """In the types that are asked for; what is known later only is let by. Raises ApiError."""
    found = _object(f"Resources.{name}.Properties", given, kind.properties)
    return dict(found)


def _object(where: str, given: Any, known: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise errors.invalid(f"{where}: an object is needed")
    for name in given:
        if name not in known:
            raise errors.invalid(f"Unknown Property {name} of {where}")
    for name, spec in known.items():
        if spec.get("required") and given.get(name) is None:
            raise errors.invalid(f"Property {name} of {where} is not assigned")
    return {name: _value(f"{where}.{name}", value, known[name]) for name, value in given.items()}


def _value(where: str, value: Any, spec: Mapping[str, Any]) -> Any:
    if isinstance(value, Later) or value is None:
        return value
    if "object" in spec:
        return _object(where, value, spec["object"])
    if "list" in spec:
        rows = _kind(where, value, "list")
        rows = [_object(f"{where}[{index}]", row, spec["list"]) for index, row in enumerate(rows)]
        _within(where, spec, rows)
        return rows
    value = _kind(where, value, spec.get("type", ""))
    if "allowed" in spec and value not in spec["allowed"]:
        raise errors.invalid(f"{where}: {value!r} is not an allowed value {spec['allowed']}")
    if "pattern" in spec and not re.search(spec["pattern"], value):
        raise errors.invalid(f"{where}: {value!r} does not match pattern {spec['pattern']}")
    _within(where, spec, value)
    return value


def _kind(where: str, value: Any, kind: str) -> Any:
    match kind, value:
        case ("", _) | ("string", str()) | ("list", list()) | ("map", dict()) | ("boolean", bool()):
            return value
        case "string", int() | float():
            return str(value)
        case "number", int() | float() if not isinstance(value, bool):
            return value
        case "number", str() if re.fullmatch(r"-?\d+(\.\d+)?", value):
            return float(value) if "." in value else int(value)
        case "boolean", str() if value.lower() in ("true", "false"):
            return value.lower() == "true"
    raise errors.invalid(f"{where}: {value!r} is not a {kind}")


def _within(where: str, spec: Mapping[str, Any], value: Any) -> None:
    length = len(value) if isinstance(value, (str, list, dict)) else None
    for limits, size in ((spec.get("range"), value), (spec.get("length"), length)):
        if limits is None or size is None:
            continue
        low, high = limits
        if (low is not None and size < low) or (high is not None and size > high):
            raise errors.invalid(f"{where}: {size} is out of range (min: {low}, max: {high})")
