"""A store in which something happens, or ends, right before a chosen write."""

from collections.abc import Callable, Iterable, Iterator

from shared.state.store import Document, Key, Row, Store, Write
from shared.state.tables import Table
from tests.rows import one_by_one


class Cut(BaseException):
    """The process was killed. Not an Exception: nothing may catch it and go on."""


class Meddling:
    """`store`, where `happens` once: right before a write to `table`, or a removal from it.

    It is the first one after `passing` that pass.
    """

    def __init__(
        self,
        store: Store,
        table: Table,
        happens: Callable[[], object],
        *,
        removal: bool = False,
        passing: int = 0,
    ) -> None:
        self._store, self._table, self._happens, self._removal = store, table, happens, removal
        self._passing = passing
        self.happened = False

    def get(self, table: Table, key: Key) -> Row | None:
        return self._store.get(table, key)

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        return self._store.get_many(table, keys)

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._meet(table, removal=False)
        return self._store.put(table, key, document, version=version)

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        for key, document in rows:
            self.put(table, key, document, version=0)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        return one_by_one(self, table, rows)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._meet(table, removal=True)
        self._store.delete(table, key, version=version)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        return self._store.range(table, prefix, below=below, after=after)

    def _meet(self, table: Table, *, removal: bool) -> None:
        if (table, removal) != (self._table, self._removal) or self.happened:
            return
        self._passing -= 1
        if self._passing < 0:
            self.happened = True
            self._happens()


def killed() -> None:
    raise Cut
