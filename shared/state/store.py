"""The interface of a store: six operations on rows, all of which Tablestore offers.

There is no transaction across rows. The condition on `version` is the only lock of the system.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.state.tables import Table

Key = tuple[str | int, ...]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    key: Key
    version: int
    document: Document


class Store(Protocol):
    def get(self, table: Table, key: Key) -> Row | None: ...

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        """The existing rows under `keys`, each once, in the order of the keys.

        A driver reads as many keys at a time as its store accepts (Tablestore's BatchGetRow: 100) and
        holds no more rows than that at once.
        """

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        """Write the row if its stored version is `version` (0: no row is stored); return the new version.

        Raises:
            ConflictError: the stored version differs.
        """

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        """Add rows, each under a key that has none.

        A driver sends as many at a time as its store takes (Tablestore's BatchWriteRow: 200). Each row is
        a write of its own: when this ends early, some are stored and others are not.

        Raises:
            ConflictError: a key has a row; which of the others are stored is not told.
        """

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        """Remove the row if its stored version is `version`. Does nothing if there is no row.

        Raises:
            ConflictError: the stored version differs.
        """

    def range(self, table: Table, prefix: Key, *, below: Key | None = None) -> Iterator[Row]:
        """The rows whose key starts with `prefix`, in key order, up to `below` (exclusive).

        `prefix` contains at least the partition key, so no query reads across partitions.
        """
