"""Conditions on columns: in front of a write, and as the filter of a read.

The same message serves both. Values of different types are unlike [guess]. Source: the vendor's pages
"Filter" and "Conditional update".
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.api import ApiError
from emulator.services.tablestore import messages
from emulator.services.tablestore.plainbuffer import Value, variant

Cells = Mapping[str, Sequence[tuple[int, Value]]]  #: by column: timestamp and value, the latest first

_COMPARED: dict[int, Callable[[Any, Any], bool]] = {
    1: operator.eq,
    2: operator.ne,
    3: operator.gt,
    4: operator.ge,
    5: operator.lt,
    6: operator.le,
}
_NOT, _AND, _OR = 1, 2, 3
_CASTS: dict[int, Callable[[str], Value]] = {0: int, 1: float, 3: str}


def passes(data: bytes, cells: Cells) -> bool:
    """Whether a row with these cells passes. Raises ApiError for a filter that is none."""
    return _passes(messages.FILTER.read(data), cells)


def page(data: bytes) -> tuple[int, int] | None:
    """Offset and limit, where the filter is a page of a row's columns."""
    found = messages.FILTER.read(data)
    if found["type"] != messages.PAGINATION:
        return None
    wanted = messages.PAGE_FILTER.read(found["filter"])
    if wanted["offset"] < 0 or wanted["limit"] <= 0:
        raise _refused("The limit and the offset of a column page must be positive.")
    return wanted["offset"], wanted["limit"]


def _passes(found: Mapping[str, Any], cells: Cells) -> bool:
    if found["type"] == messages.PAGINATION:
        return True
    if found["type"] == messages.SINGLE_COLUMN:
        return _column(messages.COLUMN_FILTER.read(found["filter"]), cells)
    if found["type"] != messages.COMPOSITE:
        raise _refused("Invalid filter type.")
    composite = messages.COMPOSITE_FILTER.read(found["filter"])
    inner = [_passes(one, cells) for one in composite["sub_filters"]]
    match composite["combinator"], inner:
        case int(combinator), [one] if combinator == _NOT:
            return not one
        case int(combinator), [_, _, *_] if combinator == _AND:
            return all(inner)
        case int(combinator), [_, _, *_] if combinator == _OR:
            return any(inner)
    raise _refused("Invalid number of sub-filters.")


def _column(wanted: Mapping[str, Any], cells: Cells) -> bool:
    versions = cells.get(wanted["column_name"], ())
    compared = _COMPARED.get(wanted["comparator"])
    if compared is None:
        raise _refused("Invalid comparator.")
    if not versions:
        return not wanted["filter_if_missing"]
    value, rule = variant(wanted["column_value"]), wanted.get("value_trans_rule")
    looked_at = versions[:1] if wanted["latest_version_only"] else versions
    return any(_compares(compared, _cast(found, rule), value) for _, found in looked_at)


def _compares(compared: Callable[[Any, Any], bool], found: Value | None, value: Value) -> bool:
    if type(found) is not type(value):
        return compared is operator.ne
    if isinstance(found, str) and isinstance(value, str):
        return compared(found.encode(), value.encode())
    return bool(compared(found, value))


def _cast(found: Value, rule: Mapping[str, Any] | None) -> Value | None:
    """The part of a text that a rule's expression finds, as the type it names; None: nothing is found."""
    if rule is None:
        return found
    match = re.search(rule["regex"], found) if isinstance(found, str) else None
    if match is None:
        return None
    try:
        return _CASTS[rule.get("cast_type", 3)](match[1] if match.re.groups else match[0])
    except (KeyError, ValueError):
        return None


def _refused(message: str) -> ApiError:
    return ApiError(400, "OTSParameterInvalid", message)  # [guess] the words
