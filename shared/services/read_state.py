"""Read rows of the state for a command that cannot reach the store itself: it may be closed to the Internet.

Nothing is written, and what is inner work of the functions is not told. Function Compute's answers hold 6 MB
at most, so a list comes by pages; source of the limit: the vendor's page "Limits" of InvokeFunction.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from shared.domain.state_requests import KeyParts, ReadRange, ReadRows, ReadState, ShownSettings
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.state import tables
from shared.state.store import Row, Store
from shared.state.tables import Table
from shared.validation.requests import only_one

_BYTES: Final = 4 * 1024 * 1024  #: of the rows of one answer; the last one may be longer than what is left
#: What functions keep among themselves while they work.
_INNER: Final = (tables.LEASES, tables.CALLERS, tables.SWEEPS, tables.NOTIFICATIONS)
READ: Final = tuple(table for table in tables.TABLES if table not in _INNER)
_BY_NAME: Final = {table.name: table for table in READ}


class ReadRow(Wire):
    key: KeyParts
    version: int
    document: Any = None  #: None: it is none of ours, and whoever needs the row says so


class StateRead(Wire):
    """Only the fields of the request's kind are set."""

    rows: tuple[ReadRow, ...] | None = None
    more: bool | None = None  #: there are others behind the last one, or keys that were not looked up yet
    settings: ShownSettings | None = None


def read_state(store: Store, settings: Callable[[], ShownSettings], request: ReadState) -> StateRead:
    """Raises InvalidRequestError: of a table that is not told, or by a key that it has not."""
    only_one(request)
    if request.rows is not None:
        return _page(_found(store, request.rows))
    if request.row_range is not None:
        return _page(_ranged(store, request.row_range))
    return StateRead(settings=settings())


def _found(store: Store, asked: ReadRows) -> Iterator[Row]:
    table = _table(asked.table)
    for key in asked.keys:
        _check(table, key, whole=True)
    return store.get_many(table, asked.keys)


def _ranged(store: Store, asked: ReadRange) -> Iterator[Row]:
    table, prefix, after = _table(asked.table), asked.prefix, asked.after
    _check(table, prefix)
    _check(table, asked.below or ())
    if after is not None:
        _check(table, after, whole=True)
        if after[: len(prefix)] != prefix:
            raise InvalidRequestError("Range.After: it is no row of the range")
    return store.range(table, prefix, below=asked.below, after=after)


def _page(rows: Iterator[Row]) -> StateRead:
    found: list[ReadRow] = []
    size = 0
    for row in rows:
        if size >= _BYTES:
            return StateRead(rows=tuple(found), more=True)
        found.append(ReadRow(key=row.key, version=row.version, document=row.document))
        size += len(json.dumps([row.key, row.document], ensure_ascii=False).encode(errors="replace"))
    return StateRead(rows=tuple(found), more=False)


def _table(name: str) -> Table:
    if (table := _BY_NAME.get(name)) is None:
        raise InvalidRequestError(f"Table: there are {', '.join(sorted(_BY_NAME))}")
    return table


def _check(table: Table, key: KeyParts, *, whole: bool = False) -> None:
    """A store takes a key of the right form only."""
    columns = table.key[: len(key)]
    fits = [type(part) for part in key] == [column.type for column in columns]
    if not fits or (whole and len(key) != len(table.key)):
        form = ", ".join(f"{column.name} ({column.type.__name__})" for column in table.key)
        raise InvalidRequestError(f"{table.name}: a key is {form}")
