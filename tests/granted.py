"""A store and functions with the rights of one function's role: what the role does not grant is denied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared.cloud.functions import Functions
from shared.runtime.reach import Reach
from shared.state.store import Document, Key, Row, Store, Write
from shared.state.tables import Table

_HINT = "; if it must, say so in shared/runtime/reach.py and run: python -m tools.products"


class Denied(BaseException):
    """The role of the function does not allow it."""


@dataclass
class Used:
    """What a function has made use of."""

    reads: set[Table] = field(default_factory=set)
    writes: set[Table] = field(default_factory=set)
    invokes: set[str] = field(default_factory=set)


class Granted:
    """The store and the functions, as the role of `function` may use them. `used` keeps account."""

    def __init__(self, function: str, reach: Reach, store: Store, functions: Functions, used: Used) -> None:
        self._function, self._reach, self._used = function, reach, used
        self._store, self._functions = store, functions

    def get(self, table: Table, key: Key) -> Row | None:
        self._read(table)
        return self._store.get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        self._read(table)
        return self._store.get_many(table, keys)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        self._read(table)
        return self._store.range(table, prefix, below=below, after=after)

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._write(table)
        return self._store.put(table, key, document, version=version)

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        self._write(table)
        self._store.put_many(table, rows)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        self._write(table)
        return self._store.write_many(table, rows)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._write(table)
        self._store.delete(table, key, version=version)

    def invoke(self, function: str, payload: bytes, *, asynchronous: bool = True) -> bytes:
        if function not in self._reach.invokes:
            raise Denied(f"{self._function} may not invoke {function}{_HINT}")
        self._used.invokes.add(function)
        return self._functions.invoke(function, payload, asynchronous=asynchronous)

    def _read(self, table: Table) -> None:
        if table not in self._reach.reads:
            raise Denied(f"{self._function} may not read {table.name}{_HINT}")
        self._used.reads.add(table)

    def _write(self, table: Table) -> None:
        if table not in self._reach.writes:
            raise Denied(f"{self._function} may not write {table.name}{_HINT}")
        self._used.writes.add(table)
