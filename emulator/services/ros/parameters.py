"""The parameters of a stack: what was given and the defaults, held against their declarations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from emulator.services.ros import errors
from emulator.services.ros.intrinsics import as_text

_TYPES = ("String", "Number", "Boolean", "CommaDelimitedList", "Json")
HIDDEN = "******"  #: in place of a value that is declared with NoEcho


def complete(declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, str]:
    """The text of each parameter's value. Raises ApiError for one that is unknown, missing or wrong."""
    for name in given:
        if name not in declared:
            raise errors.unknown_parameter(name)
    texts = {}
    for name, spec in declared.items():
        if name not in given and "Default" not in spec:
            raise errors.missing_parameter(name)
        texts[name] = given[name] if name in given else as_text(spec["Default"])
        _check(name, spec, texts[name])
    return texts


def values(declared: Mapping[str, Mapping[str, Any]], texts: Mapping[str, str]) -> dict[str, Any]:
    """The values in the types that are declared. Raises ApiError."""
    return {name: _typed(name, declared[name], text) for name, text in texts.items() if name in declared}


def shown(declared: Mapping[str, Mapping[str, Any]], texts: Mapping[str, str]) -> list[dict[str, str]]:
    """As answers tell them; `texts` may have pseudo parameters too."""
    return [
        {
            "ParameterKey": name,
            "ParameterValue": HIDDEN if _is_true(declared.get(name, {}).get("NoEcho")) else text,
        }
        for name, text in texts.items()
    ]


def _check(name: str, spec: Mapping[str, Any], text: str) -> None:
    value = _typed(name, spec, text)
    wrong = errors.bad_value(name, HIDDEN if _is_true(spec.get("NoEcho")) else text)
    if "AllowedValues" in spec and text not in map(as_text, spec["AllowedValues"]):
        raise wrong
    if "AllowedPattern" in spec and not re.fullmatch(str(spec["AllowedPattern"]), text):
        raise wrong
    for least, most, size in (("MinLength", "MaxLength", len(text)), ("MinValue", "MaxValue", value)):
        if not isinstance(size, (int, float)) or isinstance(size, bool):
            continue
        if size < spec.get(least, size) or size > spec.get(most, size):
            raise wrong


def _typed(name: str, spec: Mapping[str, Any], text: str) -> Any:
    kind = spec.get("Type", "String")
    wrong = errors.bad_value(name, HIDDEN if _is_true(spec.get("NoEcho")) else text)
    try:
        match kind:
            case "String":
                return text
            case "Number":
                return float(text) if "." in text else int(text)
            case "CommaDelimitedList":
                return text.split(",") if text else []
            case "Json":
                return json.loads(text)
            case "Boolean":
                if text.lower() not in ("true", "false"):
                    raise wrong
                return text.lower() == "true"
    except ValueError:
        raise wrong from None
    raise errors.bad_form(f"Parameters.{name} has none of the types {', '.join(_TYPES)}")


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
