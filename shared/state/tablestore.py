"""The store in Tablestore: production, shared by all functions of an installation.

A row is its key and the columns `version` and `document`. Each write has a version of its own: when the
answer to one is lost, it is repeated under its own condition, and where that fails, the version that is there
tells whether the first try was carried out.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from shared.errors import ConflictError, InvalidRequestError
from shared.state.documents import document_in, text_of
from shared.state.ots_calls import Calls, Failed
from shared.state.ots_client import Client, Expecting, Keys, SdkRow, connect
from shared.state.ots_keys import (
    column_names,
    is_below,
    key_of,
    primary_key,
    range_of,
    range_of_all,
    storable,
)
from shared.state.store import Document, Key, Row, Write, new_version
from shared.state.tables import Table
from shared.state.tablestore_address import Address
from shared.state.whole import Found

_READ_AT_ONCE: Final = 100  #: rows of a BatchGetRow
_WRITTEN_AT_ONCE: Final = 200  #: rows of a BatchWriteRow
_BYTES_AT_ONCE: Final = 3 << 20  #: of their documents; a request takes 4 MB with all that is around them
_AROUND: Final = 3072  #: bytes: most that a row adds to its document, keys and checksums with it


class TablestoreStore:
    """Safe for several threads and processes: every write is conditional, on one row.

    `keys` is asked before every call: a function has others at each invocation.
    """

    def __init__(
        self,
        address: Address,
        keys: Callable[[], Keys],
        *,
        sleep: Callable[[float], None] = time.sleep,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._client: Client = connect(address, keys)
        self._calls = Calls(address, sleep, timer)

    def get(self, table: Table, key: Key) -> Row | None:
        stored = self._read(table, key) if storable(key) else None
        return self._row(table, stored) if stored else None

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        left = filter(storable, dict.fromkeys(keys))
        while page := list(islice(left, _READ_AT_ONCE)):
            found = self._read_many(table, page)
            for key in page:
                if stored := found.get(key):
                    yield self._row(table, stored)

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        made = self._made(table, key, document)

        def attempt() -> None:
            self._client.put_row(self._name(table), made, version or None)

        def carried_out() -> bool:
            there = self._read(table, key)
            return there is not None and there.version == made.version

        if not self._calls.write("PutRow", table, attempt, carried_out):
            raise _conflict(table, key)
        return int(made.version)

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        made = (Expecting(self._made(table, key, document), None) for key, document in rows)
        for page in _pages(made):
            if taken := self._write_page(table, page):
                raise _conflict(table, taken[0])

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        made = (Expecting(self._made(table, one.key, one.document), one.version or None) for one in rows)
        return [key for page in _pages(made) for key in self._write_page(table, page)]

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        if not storable(key):
            return

        def attempt() -> None:
            self._client.delete_row(self._name(table), primary_key(table, key), version)

        def gone() -> bool:
            return self._read(table, key) is None

        if not self._calls.write("DeleteRow", table, attempt, gone, look_anyway=True):
            raise _conflict(table, key)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        if not prefix:
            raise ValueError(f"a range of {table.name} needs its partition key")
        if len(prefix) == len(table.key):
            row = self.get(table, prefix) if is_below(prefix, below) and prefix != after else None
            yield from [row] if row else []
            return
        bounds = range_of(table, prefix, below)
        start: Any = bounds[0] if bounds else None
        if bounds and after is not None:
            if not storable(after):
                return
            start = primary_key(table, after)
        while bounds and start is not None:  # a page may be empty, and not the last one
            rows, start = self._page(table, start, bounds[1])
            found = (self._row(table, stored) for stored in rows)
            yield from (row for row in found if row.key != after)

    def all_of(self, table: Table) -> Iterator[Found]:
        start, end = range_of_all(table)
        while start is not None:
            rows, start = self._page(table, start, end)
            yield from (Found(table, key_of(table, row.key), row.version, row.document) for row in rows)

    # --- calls -------------------------------------------------------------------------------------

    def _name(self, table: Table) -> str:
        return self._address.table(table.name)

    def _read(self, table: Table, key: Key) -> SdkRow | None:
        name, named = self._name(table), primary_key(table, key)
        return self._calls.read("GetRow", table, lambda: self._client.get_row(name, named))

    def _page(self, table: Table, start: Any, end: Any) -> tuple[list[SdkRow], Any]:
        name = self._name(table)
        return self._calls.read("GetRange", table, lambda: self._client.get_range(name, start, end))

    def _read_many(self, table: Table, keys: Sequence[Key]) -> dict[Key, SdkRow]:
        """Those that there are. A row that is refused for now is asked for again."""
        name, found = self._name(table), dict[Key, SdkRow]()

        def ask(asked: Sequence[Key]) -> list[Failed[Key]]:
            told = self._client.get_rows(name, [primary_key(table, key) for key in asked])
            failed = []
            for key, (stored, failure) in zip(asked, told, strict=True):
                if failure:
                    failed.append(Failed(key, failure))
                elif stored:
                    found[key] = stored
            return failed

        self._calls.each("BatchGetRow", table, keys, ask)
        return found

    def _write_page(self, table: Table, rows: Sequence[Expecting]) -> list[Key]:
        """Write rows; the keys of those that are not as expected, by others than this."""
        name, refused, unsure = self._name(table), list[SdkRow](), False

        def ask(asked: Sequence[Expecting]) -> list[Failed[Expecting]]:
            nonlocal unsure
            again, unsure = unsure, True  # from here on a row may be stored without our knowing
            failed = []
            for one, failure in zip(asked, self._client.put_rows(name, asked), strict=True):
                if failure and failure.condition:
                    refused.append(one.row)
                elif failure:
                    failed.append(Failed(one, failure))
            unsure = again or bool(failed)
            return failed

        self._calls.each("BatchWriteRow", table, rows, ask)
        if not refused:
            return []
        keys = [key_of(table, row.key) for row in refused]
        if not unsure:
            return keys
        there = self._read_many(table, keys)
        return [
            key
            for key, row in zip(keys, refused, strict=True)
            if key not in there or there[key].version != row.version
        ]

    def _made(self, table: Table, key: Key, document: Document) -> SdkRow:
        if not storable(key):
            raise InvalidRequestError(f"{table.name} {_shown(key)}: the key is longer than a row's may be")
        return SdkRow(primary_key(table, key), new_version(), text_of(document))

    @staticmethod
    def _row(table: Table, stored: SdkRow) -> Row:
        return Row(key_of(table, stored.key), stored.version, document_in(stored.document))


def create_tables(address: Address, keys: Callable[[], Keys], tables: Iterable[Table]) -> list[str]:
    """Create the tables that the instance lacks; their names.

    Needs the rights to list and to create tables, which no function has: the stack creates its own.
    """
    client, calls = connect(address, keys), Calls(address, time.sleep, time.monotonic)
    there = calls.read("ListTable", None, client.list_tables)
    lacking = [table for table in tables if address.table(table.name) not in there]
    for table in lacking:
        make = partial(client.create_table, address.table(table.name), column_names(table), table.life_s)
        calls.read("CreateTable", table, make)
    return [address.table(table.name) for table in lacking]


def _pages(rows: Iterable[Expecting]) -> Iterator[list[Expecting]]:
    """As many as one request takes, each key once."""
    page: list[Expecting] = []
    keys: set[Any] = set()
    size = 0
    for one in rows:
        weight = len(one.row.document.encode()) + _AROUND
        key = tuple(one.row.key)
        if len(page) == _WRITTEN_AT_ONCE or (page and size + weight > _BYTES_AT_ONCE) or key in keys:
            yield page
            page, keys, size = [], set(), 0
        page.append(one)
        keys.add(key)
        size += weight
    if page:
        yield page


def _conflict(table: Table, key: Key) -> ConflictError:
    return ConflictError(table.name, _shown(key))


def _shown(key: Key) -> str:
    return "/".join(map(str, key))
