"""What the emulated products hold, but for certificates: their settings, to be compared before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from enum import Enum
from typing import Any

from emulator.bundles import Bundle
from emulator.cloud import Cloud

#: They are what is exchanged, or no product.
_LEFT_OUT = frozenset({"cas", "tablestore", "fc.invocations", "eventbridge", "kms", "sts"})
_BOOKKEEPING = frozenset(
    {"managedFields", "events", "resourceVersion", "generation", "_tokens", "_jobs", "_before", "_until"}
)
_DEPTH = 12


def held(cloud: Cloud) -> dict[str, str]:
    """Each setting by where it is."""
    with cloud.lock:
        return {
            path: text
            for name, service in cloud.services.items()
            if name not in _LEFT_OUT
            for path, text in _leaves(service, name, 0, set())
        }


def _leaves(value: Any, path: str, depth: int, above: Set[int]) -> Iterator[tuple[str, str]]:
    if isinstance(value, (Cloud, Bundle, datetime)) or id(value) in above or callable(value):
        return
    if value is None or isinstance(value, (bool, int, float, str, bytes, Enum)):
        yield path, repr(value)
        return
    inside = {*above, id(value)}
    if isinstance(value, Mapping):
        parts = [(f"{path}[{key}]", one) for key, one in value.items() if key not in _BOOKKEEPING]
    elif isinstance(value, (list, tuple)):
        parts = [(f"{path}[{place}]", one) for place, one in enumerate(value)]
    elif isinstance(value, (set, frozenset)):
        yield path, repr(sorted(map(repr, value)))
        return
    else:
        named = getattr(value, "__dict__", None) or {}
        parts = [(f"{path}.{name}", one) for name, one in named.items() if name not in _BOOKKEEPING]
    if depth < _DEPTH:
        for where, one in parts:
            yield from _leaves(one, where, depth + 1, inside)
