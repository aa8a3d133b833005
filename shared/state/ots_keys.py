"""Keys as Tablestore takes them, and ranges of them.

No text of a key is empty there [unverified: the emulated cloud can do both]: an empty one is stored as "!",
and one that begins with "!" has another in front of it. The order stays what it was.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from shared.state.store import Key
from shared.state.tables import Table

_EMPTY: Final = "!"
_LONGEST: Final = 1024  #: bytes of a text. Source: the vendor's page "Limits on the Wide Column model"
PrimaryKey = list[tuple[str, Any]]


def storable(key: Key) -> bool:
    """Whether a row can have this key: 64 bits hold a number, 1 KB of UTF-8 a text."""
    return all(_fits(part) if isinstance(part, str) else -(2**63) <= part < 2**63 for part in key)


def primary_key(table: Table, key: Key) -> PrimaryKey:
    return [(column.name, _stored(part)) for column, part in zip(table.key, key, strict=True)]


def key_of(table: Table, stored: Sequence[tuple[str, Any]]) -> Key:
    return tuple(_read(part) for _, part in stored)


def column_names(table: Table) -> list[tuple[str, str]]:
    """The key's columns with their types in the SDK's words."""
    return [(column.name, "STRING" if column.type is str else "INTEGER") for column in table.key]


def range_of(table: Table, prefix: Key, below: Key | None) -> tuple[PrimaryKey, PrimaryKey] | None:
    """From where (inclusive) to where (exclusive); None: there can be no row."""
    if not storable(prefix):
        return None
    lowest, highest = _ends()
    start = _filled(table, prefix, lowest)
    if below is None:
        return start, _filled(table, prefix, highest)
    met = min(len(prefix), len(below))
    ours, theirs = _order(prefix[:met]), _order(below[:met])
    if theirs > ours:  # beyond the last row of the prefix
        return start, _filled(table, prefix, highest)
    if theirs < ours or len(below) <= len(prefix):
        return None
    return start, _filled(table, below, lowest)


def range_of_all(table: Table) -> tuple[PrimaryKey, PrimaryKey]:
    lowest, highest = _ends()
    return _filled(table, (), lowest), _filled(table, (), highest)


def is_below(key: Key, below: Key | None) -> bool:
    return below is None or _order(key[: len(below)]) < _order(below)


@cache
def _ends() -> tuple[Any, Any]:
    from shared.state.ots_client import sdk

    return sdk().INF_MIN, sdk().INF_MAX


def _filled(table: Table, key: Key, end: Any) -> PrimaryKey:
    names = [column.name for column in table.key]
    parts = [*map(_stored, key), *[end] * (len(names) - len(key))]
    return list(zip(names, parts, strict=True))


def _order(key: Key) -> tuple[int | bytes, ...]:
    return tuple(part.encode() if isinstance(part, str) else part for part in key)


def _stored(part: str | int) -> str | int:
    return _EMPTY + part if isinstance(part, str) and (not part or part[0] == _EMPTY) else part


def _read(part: str | int) -> str | int:
    return part[1:] if isinstance(part, str) and part[:1] == _EMPTY else part


def _fits(text: str) -> bool:
    try:
        return len(text.encode()) < _LONGEST
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False
