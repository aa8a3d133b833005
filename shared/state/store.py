"""The interface of a store: seven operations on rows, all of which Tablestore offers.

There is no transaction across rows. The condition on `version` is the only lock of the system.

A version names one write of one row, for good: every write draws another number. So what was read before a
row was removed never fits a row that came under its key since, and after a lost answer the version that is
stored tells whether the write was ours.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared.state.tables import Table

Key = tuple[str | int, ...]
Document = Mapping[str, Any]
_BITS: Final = 53  #: of a version: what every reader of JSON keeps exactly


def new_version() -> int:
    """For one write of one row. Never 0, which means that no row is stored.

    Drawn at random: a clock may be put back, and a row that counts is lost with the row.
    """
    return 1 + secrets.randbelow(2**_BITS - 1)


@dataclass(frozen=True)
class Row:
    key: Key
    version: int  #: as it is stored, whatever another one has written there
    document: Document  #: None if it is no JSON of ours: whoever needs the row says so, and reads the others


@dataclass(frozen=True)
class Write:
    key: Key
    document: Document
    version: int  #: that is expected to be stored; 0: no row is


class Store(Protocol):
    def get(self, table: Table, key: Key) -> Row | None: ...

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        """The existing rows under `keys`, each once, in the order of the keys.

        A driver reads as many keys at a time as its store accepts (Tablestore's BatchGetRow: 100) and
        holds no more rows than that at once.
        """

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        """Write the row if its stored version is `version` (0: no row is stored).

        Returns the row's new version, which is a `new_version()`.

        Raises:
            ConflictError: the stored version differs.
            InvalidRequestError: no row can have this key.
        """

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        """Add rows, each under a key that has none, and each with a `new_version()`.

        A driver sends as many at a time as its store takes (Tablestore's BatchWriteRow: 200). Each row is
        a write of its own: when this ends early, some are stored and others are not.

        Raises:
            ConflictError: a key has a row; which of the others are stored is not told.
        """

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        """Write each row if its stored version is the one that is expected; the keys of those refused.

        As `put` for each of them, and as many at a time as `put_many`: what was not refused is stored, and
        when this ends early, some are stored and others are not.

        Raises:
            InvalidRequestError: no row can have one of these keys.
        """

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        """Remove the row if its stored version is `version`. Does nothing if there is no row.

        Raises:
            ConflictError: the stored version differs.
        """

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        """The rows whose key starts with `prefix`, in key order, up to `below` (exclusive).

        `after`: the whole key of a row of this range, there or gone; only what comes behind it.
        `prefix` contains at least the partition key, so no query reads across partitions.
        """
