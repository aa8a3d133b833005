"""What a store must offer: five operations on rows. Tablestore has just these, and so have we.

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
        """The rows under `keys` that there are: each once, in the order of the keys.

        However many keys there are, a driver asks for as many at a time as its store takes
        (Tablestore's BatchGetRow: 100), and no more rows than that are held at once.
        """

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        """Write the row if its stored version is `version` (0: if there is none); return the new one.

        Raises:
            ConflictError: it is not.
        """

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        """Remove the row if its stored version is `version`. No row: nothing to do.

        Raises:
            ConflictError: another version is stored.
        """

    def range(self, table: Table, prefix: Key, *, below: Key | None = None) -> Iterator[Row]:
        """The rows whose key begins with `prefix`, in key order; `below` ends it, exclusive.

        `prefix` names at least the partition key, so no query reads across partitions.
        """
