"""The declared actions of each service, and the gateway's judgement of a request's parameters.

Source of the declarations: the vendor's API metadata and SDK models, by `tools/declare.py`. An
action's answer to a missing parameter is `Missing<Name>`, to a malformed one `InvalidParameter`. The
real gateway overlooks unknown parameters; a strict emulator refuses them, as mistakes of the caller.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from emulator.api import ApiError, Param
from emulator.strangers import is_stranger, without

_FOLDER = Path(__file__).parent / "declarations"
#: What every RPC request may carry beside its own parameters.
COMMON = frozenset(
    [
        "Action",
        "Version",
        "Format",
        "Timestamp",
        "SignatureNonce",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureType",
        "AccessKeyId",
        "SecurityToken",
        "Signature",
        "RegionId",
    ]
)
_INTEGERS = {"Integer": 31, "Long": 63}


@dataclass(frozen=True)
class Action:
    name: str
    methods: tuple[str, ...]
    path: str  #: "/" for RPC, else with "{name}" for a path parameter
    params: tuple[Param, ...]
    source: str = ""  #: where it is known from, if not from the vendor's metadata

    @property
    def looked_at(self) -> frozenset[str]:
        """The parameters that come with a call: of a ROA body the service reads for itself."""
        return frozenset(p.name for p in self.params if self.path == "/" or p.place != "body")

    def match(self, path: str) -> dict[str, str] | None:
        """The path parameters, if `path` (decoded) is one of this action."""
        parts = re.split(r"\{(\w+)\}", self.path)
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if odd else re.escape(part)
            for part, odd in zip(parts, [False, True] * len(parts), strict=False)
        )
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None

    def parse(
        self,
        named: Mapping[str, str],
        *,
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        strict: bool = False,
    ) -> dict[str, Any]:
        """The typed parameters, complete and without strangers, which `strict` refuses.

        What answers made up may come back, and is never refused.

        Raises:
            ApiError: 400, as the gateway refuses. Never repeats a value, which may be a key.
        """
        named = {name: text for name, text in named.items() if not is_stranger(name)}
        declared = {param.name for param in self.params}
        strangers = sorted(name for name in named if name.partition(".")[0] not in declared | COMMON)
        own = {name: text for name, text in named.items() if name.partition(".")[0] in declared - COMMON}
        tree = _tree(own)
        for param in self.params:
            if param.name in COMMON and param.name in named:
                tree[param.name] = named[param.name]
        typed: dict[str, Any] = {}
        for param in self.params:
            if param.place == "path":
                value = (path or {}).get(param.name)
            elif param.place == "header":
                value = (headers or {}).get(param.name.lower())
            elif self.path != "/" and param.place == "body":
                continue  # ROA bodies are the service's to read
            else:
                value = tree.pop(param.name, None)
            if value is None or value == "":
                if param.required:
                    raise ApiError(400, f"Missing{param.name}", f"{param.name} is mandatory for this action.")
                if value is None or param.type != "String":
                    continue
            typed[param.name] = _typed(param, value, param.name, strangers)
        if strict and strangers:
            raise _invalid(strangers[0], f"is not a parameter of {self.name}")
        return typed


@dataclass(frozen=True)
class Declaration:
    api: str
    version: str
    style: str
    actions: Mapping[str, Action]


@cache
def declarations() -> Mapping[str, Declaration]:
    """All declared services, by the name of their module in `emulator/services`."""
    return {path.stem.replace("-", "_"): _load(path) for path in sorted(_FOLDER.glob("*.json"))}


def _load(path: Path) -> Declaration:
    data = json.loads(path.read_text())
    actions = {
        name: Action(
            name,
            tuple(action["method"].split("|")),
            action["path"],
            tuple(_param(item) for item in action["params"]),
            action.get("source", ""),
        )
        for name, action in data["actions"].items()
    }
    return Declaration(data["api"], data["version"], data["style"], actions)


def _param(data: dict[str, Any]) -> Param:
    return Param(
        data.get("name", ""),
        data["type"],
        data.get("place", "query"),
        data.get("required", False),
        _param(data["element"]) if "element" in data else None,
        tuple(_param(item) for item in data.get("fields", ())),
    )


def _tree(flat: Mapping[str, str]) -> dict[str, Any]:
    """`{"A.1.B": "x"}` as `{"A": {"1": {"B": "x"}}}`: the RPC style's lists and objects."""
    tree: dict[str, Any] = {}
    for name, text in flat.items():
        *parents, last = name.split(".")
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise _invalid(name, "is given both as a value and as an object")
        if isinstance(node.get(last), dict):
            raise _invalid(name, "is given both as a value and as an object")
        node[last] = text
    return tree


def _typed(param: Param, value: Any, where: str, strangers: list[str]) -> Any:
    """The value as declared; fields that are not declared are added to `strangers` and left out."""
    if param.type in ("Array", "RepeatList"):
        return _array(param, value, where, strangers)
    if param.type in ("Struct", "Object") and param.fields:
        return _struct(param, value, where, strangers)
    if param.type == "Json":
        return _json(value, where)
    if isinstance(value, dict):
        if param.type in ("Struct", "Object", "Any"):
            return value
        raise _invalid(where, "takes a single value")
    if param.type in _INTEGERS:
        bits = _INTEGERS[param.type]
        if not re.fullmatch(r"-?[0-9]{1,19}", value) or not -(2**bits) <= int(value) < 2**bits:
            raise _invalid(where, f"takes an integer of {bits + 1} bits")
        return int(value)
    if param.type == "Boolean":
        if value.lower() not in ("true", "false"):
            raise _invalid(where, "takes true or false")
        return value.lower() == "true"
    if param.type in ("Float", "Double"):
        try:
            return float(value)
        except ValueError:
            raise _invalid(where, "takes a number") from None
    return value


def _array(param: Param, value: Any, where: str, strangers: list[str]) -> list[Any]:
    if not isinstance(value, dict):
        raise _invalid(where, f"takes a list, as {where}.1")
    if not all(re.fullmatch(r"[1-9][0-9]{0,4}", index) for index in value):
        raise _invalid(where, f"takes a list, counted from {where}.1")
    element = param.element or Param("", "Any", param.place)
    return [_typed(element, value[index], f"{where}.{index}", strangers) for index in sorted(value, key=int)]


def _struct(param: Param, value: Any, where: str, strangers: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(where, f"takes an object, as {where}.{param.fields[0].name}")
    rest, typed = dict(value), {}
    for field in param.fields:
        inner = rest.pop(field.name, None)
        if inner is None and field.required:
            name = f"{where}.{field.name}"
            raise ApiError(400, "MissingParameter", f"{name} is mandatory for this action.")
        if inner is not None:
            typed[field.name] = _typed(field, inner, f"{where}.{field.name}", strangers)
    strangers += sorted(f"{where}.{name}" for name in rest)
    return typed


def _json(value: Any, where: str) -> Any:
    try:
        return without(json.loads(value) if isinstance(value, str) else value)
    except ValueError:
        raise _invalid(where, "takes JSON text") from None


def _invalid(name: str, why: str) -> ApiError:
    return ApiError(400, "InvalidParameter", f'The specified parameter "{name}" {why}.')
