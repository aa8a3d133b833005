"""Many rows written one after the other: for stores of tests that do something at each write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from shared.errors import ConflictError
from shared.state.store import Document, Key, Write
from shared.state.tables import Table


class _Puts(Protocol):
    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int: ...


def one_by_one(store: _Puts, table: Table, rows: Iterable[Write]) -> list[Key]:
    """As `Store.write_many`."""
    refused: list[Key] = []
    for one in rows:
        try:
            store.put(table, one.key, one.document, version=one.version)
        except ConflictError:
            refused.append(one.key)
    return refused
