"""The patches that a Kubernetes API server takes: JSON merge patch (RFC 7396) and JSON patch (RFC 6902).

A strategic merge patch is taken as a merge patch without its `$…` directives, which is right for maps
and for the lists of Secrets and Ingresses, all of them atomic.
"""

from __future__ import annotations

import copy
from typing import Any

from emulator.api import ApiError


def merge_patch(target: Any, patch: Any) -> Any:
    """Raises ApiError 400 where the patch is not an object."""
    if not isinstance(patch, dict):
        raise ApiError(400, "BadRequest", "error decoding patch: it is not an object")
    return merge(target, patch)


def merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if name.startswith("$"):
            continue
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result


def json_patch(target: Any, operations: Any) -> Any:
    """Raises ApiError 422 where an operation cannot be made, a failed `test` among them."""
    if not isinstance(operations, list):
        raise ApiError(400, "BadRequest", "error decoding patch: it is not a list of operations")
    result = copy.deepcopy(target)
    for operation in operations:
        try:
            result = _applied(result, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError):
            raise ApiError(
                422, "Invalid", "the server rejected our request due to an error in our request"
            ) from None
    return result


def _applied(document: Any, operation: dict[str, Any]) -> Any:
    parts = _parts(operation["path"])
    match operation["op"]:
        case "test":
            if _at(document, parts) != operation["value"]:
                raise ValueError
        case "remove":
            _remove(document, parts)
        case "replace":
            _at(document, parts)
            document = _put(document, parts, copy.deepcopy(operation["value"]), insert=False)
        case "add":
            document = _put(document, parts, copy.deepcopy(operation["value"]), insert=True)
        case "copy" | "move":
            source = _parts(operation["from"])
            value = copy.deepcopy(_at(document, source))
            if operation["op"] == "move":
                _remove(document, source)
            document = _put(document, parts, value, insert=True)
        case _:
            raise ValueError
    return document


def _parts(pointer: str) -> list[str]:
    if pointer and not pointer.startswith("/"):
        raise ValueError
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(document: Any, parts: list[str]) -> Any:
    for part in parts:
        document = document[_index(part, len(document))] if isinstance(document, list) else document[part]
    return document


def _put(document: Any, parts: list[str], value: Any, *, insert: bool) -> Any:
    if not parts:
        return value
    parent = _at(document, parts[:-1])
    if not isinstance(parent, list):
        parent[parts[-1]] = value
    elif insert:
        place = len(parent) if parts[-1] == "-" else _index(parts[-1], len(parent) + 1)
        parent.insert(place, value)
    else:
        parent[_index(parts[-1], len(parent))] = value
    return document


def _remove(document: Any, parts: list[str]) -> None:
    parent = _at(document, parts[:-1])
    del parent[_index(parts[-1], len(parent)) if isinstance(parent, list) else parts[-1]]


def _index(part: str, length: int) -> int:
    if not part.isdecimal() or int(part) >= length:
        raise IndexError
    return int(part)
