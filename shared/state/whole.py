"""A state as a whole: all rows of all tables as they are stored, and a count and a sum of them.

For looking it over and moving it; the work itself reads by keys and ranges alone.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from shared.state import tables
from shared.state.documents import document_in
from shared.state.store import Document, Key, Store
from shared.state.tables import TABLES, Table

#: Of functions that run now: no part of what is kept.
PASSING: Final = (tables.LEASES, tables.CALLERS)
#: What is kept, in the order in which it is written: a job comes after its workers, and is looked for last.
KEPT: Final = (
    *(t for t in TABLES if t not in (*PASSING, tables.META, tables.WORKERS, tables.JOBS, tables.OPEN_JOBS)),
    tables.WORKERS,
    tables.JOBS,
    tables.OPEN_JOBS,
)
_MARK: Final = "PRIVATE KEY-----"  #: of a key in PEM
_MODULUS: Final = 2**256


@dataclass(frozen=True)
class Found:
    """A row as it is stored; `text` is anybody's."""

    table: Table
    key: Key
    version: Any
    text: Any = field(repr=False)

    @property
    def document(self) -> Document | None:
        """None: it is none that we wrote."""
        document: Document | None = document_in(self.text) if self.table.fits(self.key) else None
        return document

    @property
    def secret(self) -> bool:
        """Whether it holds what no row may: a private key."""
        return _MARK in str(self.text)

    def __str__(self) -> str:
        return f"{self.table.name} {'/'.join(ascii(part) for part in self.key)}"


class WholeStore(Store, Protocol):
    """A store that can also be read without a key."""

    def all_of(self, table: Table) -> Iterator[Found]:
        """Every row of a table, also one that holds nothing of ours, in the order of the keys."""


@dataclass
class Tally:
    """How many rows each table has, and a sum of what is in them, whatever their order and versions."""

    rows: Counter[str] = field(default_factory=Counter)
    _sum: int = 0

    def add(self, table: Table, key: Key, document: Document) -> None:
        self.rows[table.name] += 1
        text = json.dumps([table.name, key, document], sort_keys=True, separators=(",", ":"))
        self._sum += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")

    @property
    def digest(self) -> str:
        return f"{self._sum % _MODULUS:064x}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and (self.rows, self.digest) == (other.rows, other.digest)

    __hash__ = None  # type: ignore[assignment]


def tally_of(store: WholeStore) -> Tally:
    """Of all rows that are kept and hold a document."""
    tally = Tally()
    for table in KEPT:
        for found in store.all_of(table):
            if (document := found.document) is not None:
                tally.add(table, found.key, document)
    return tally


def first_row(store: WholeStore) -> Found | None:
    """None: it is empty, but for what says so."""
    return next((found for table in KEPT for found in store.all_of(table)), None)
