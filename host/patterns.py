"""EventBridge's event patterns.

A pattern is nested like the event: every key must match; each value is a list, and one of its items
must match. Matching is exact and case-sensitive. Operators: equal, prefix, suffix, contains,
anything-but, numeric, cidr, exists, null and empty. If the event contains a list, one matching
element is enough (the vendor's documentation does not say).
"""

import operator
from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from host.errors import PatternError

MAX_EXPRESSIONS = 5  # per field: EventBridge's documented limit

_ABSENT = object()
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "contains": operator.contains,
}


def check_pattern(pattern: Any, path: str = "") -> None:
    """Raises PatternError, naming the field, if EventBridge would refuse the pattern."""
    if not isinstance(pattern, Mapping):
        raise PatternError(f"pattern{path}: must be an object, found {pattern!r}")
    for key, value in pattern.items():
        where = f"{path}.{key}"
        if isinstance(value, list):
            if not 1 <= len(value) <= MAX_EXPRESSIONS:
                raise PatternError(f"pattern{where}: 1 to {MAX_EXPRESSIONS} expressions")
            for item in value:
                _check_item(item, where)
        else:
            check_pattern(value, where)


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether the pattern matches the event. `{}` matches all events."""
    check_pattern(pattern)
    return _object(pattern, event)


def _object(pattern: Mapping[str, Any], event: Any) -> bool:
    holder = event if isinstance(event, Mapping) else {}
    return all(
        any(_item(item, holder.get(key, _ABSENT)) for item in value)
        if isinstance(value, list)
        else _object(value, holder.get(key))
        for key, value in pattern.items()
    )


def _item(item: Any, value: Any) -> bool:
    if isinstance(item, dict):
        [(name, operand)] = item.items()
        if name == "exists":
            return (value is not _ABSENT) is operand
    if value is _ABSENT:
        return False
    if isinstance(value, list):
        return any(_item(item, element) for element in value)
    return _operator(name, operand, value) if isinstance(item, dict) else _equal(item, value)


def _operator(name: str, operand: Any, value: Any) -> bool:
    if name in _TEXT:
        return isinstance(value, str) and _TEXT[name](value, operand)
    if name == "anything-but":
        return not any(_item(item, value) for item in _as_list(operand))
    if name == "numeric":
        places = range(0, len(operand), 2)
        return _is_number(value) and all(_COMPARE[operand[at]](value, operand[at + 1]) for at in places)
    try:
        return isinstance(value, str) and ip_address(value) in ip_network(operand, strict=False)
    except ValueError:
        return False


def _equal(item: Any, value: Any) -> bool:
    # True == 1 in Python, but not in an event.
    return isinstance(item, bool) is isinstance(value, bool) and bool(item == value)


def _check_item(item: Any, where: str) -> None:
    if item is None or isinstance(item, (str, int, float)):
        return
    if not (isinstance(item, dict) and len(item) == 1):
        raise PatternError(f"pattern{where}: {item!r} is neither a value nor one operator")
    [(name, operand)] = item.items()
    if name in _TEXT:
        legal = isinstance(operand, str)
    elif name == "exists":
        legal = isinstance(operand, bool)
    elif name == "numeric":
        legal = _is_comparison(operand)
    elif name == "cidr":
        legal = _is_network(operand)
    elif name == "anything-but":
        legal = not isinstance(operand, dict) or set(operand) == {"prefix"}
        for part in _as_list(operand):
            _check_item(part, where)
    else:
        raise PatternError(f"pattern{where}: unknown operator {name!r}")
    if not legal:
        raise PatternError(f"pattern{where}: {name} does not accept {operand!r}")


def _as_list(operand: Any) -> list[Any]:
    return operand if isinstance(operand, list) else [operand]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_comparison(operand: Any) -> bool:
    return (
        isinstance(operand, list)
        and len(operand) in (2, 4)
        and all(sign in _COMPARE for sign in operand[::2])
        and all(map(_is_number, operand[1::2]))
    )


def _is_network(operand: Any) -> bool:
    try:
        return isinstance(operand, str) and bool(ip_network(operand, strict=False))
    except ValueError:
        return False
