"""Records of one model in one table: what every repository is made of."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from shared.domain.values import Versioned
from shared.errors import ConflictError, UnreadableRowError
from shared.state.store import Document, Key, Row, Store
from shared.state.tables import Table

log = logging.getLogger("certdeploy.state")
Record = TypeVar("Record", bound=Versioned)
_TRIES: Final = 100


def document_of(record: Versioned) -> Document:
    return record.model_dump(mode="json", by_alias=True, exclude={"version"})


def told_in(row: Row | None) -> dict[str, Any]:
    """What a row says that is not parsed; nothing where there is none, or it holds no document.

    Who writes such a row writes the rest of it back: a newer version may have put it there.
    """
    return dict(row.document) if row and isinstance(row.document, Mapping) else {}


def nested(row: Row, name: str) -> Document:
    """A part of a row that is not parsed; empty where there is none."""
    part = told_in(row).get(name)
    return part if isinstance(part, Mapping) else {}


def time_in(row: Row, name: str) -> datetime | None:
    """A time in a row that is not parsed; None where there is none as we write it: others may write rows."""
    told = told_in(row).get(name)
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def tries(table: Table, key: Key) -> Iterator[None]:
    """For writes that others may get ahead of: look again, and write again.

    Raises:
        ConflictError: it was enough. A row whose version others have spoilt takes no write at all.
    """
    for _ in range(_TRIES):
        yield
    raise ConflictError(table.name, "/".join(map(ascii, key)))


class Records(Generic[Record]):
    """Records of one model in one table."""

    table: Table
    model: type[Record]

    def __init__(self, store: Store) -> None:
        self._store = store

    def _read(self, row: Row) -> Record:
        """Raises UnreadableRowError: it is no record, or one of another key. Repeats nothing of it."""
        try:
            record = self.model.model_validate({**row.document, "Version": row.version})
        except ValidationError as error:
            fields = {".".join(map(str, one["loc"]))[:60] for one in error.errors(include_input=False)}
            why = f"{', '.join(map(ascii, sorted(fields)[:3]))} are not as we write them"
        except (TypeError, ValueError):
            why = "it is no document of ours"
        else:
            if self._own_key(record) in (None, row.key):
                return record
            why = "it is the row of another key"
        raise UnreadableRowError(self.table.name, "/".join(ascii(part) for part in row.key), why)

    def _own_key(self, record: Record) -> Key | None:
        """Where a record belongs, if that is told by its content, which others may write into another row."""
        return None

    def fault(self, row: Row) -> str | None:
        """Why the row cannot be read; None: it can."""
        try:
            self._read(row)
        except UnreadableRowError as error:
            return str(error).partition(" cannot be read: ")[2]
        return None

    def readable(self, rows: Iterable[Row]) -> Iterator[Record]:
        """One row that cannot be read does not hide the others."""
        for row in rows:
            try:
                yield self._read(row)
            except UnreadableRowError as error:
                log.error("a row was left out", extra={"reason": str(error)})

    def _found(self, key: Key) -> tuple[Record | None, int]:
        """The record, if it can be read, and the version of its row; 0: there is no row."""
        row = self._store.get(self.table, key)
        record = next(self.readable([row]), None) if row else None
        return record, row.version if row else 0

    def _find(self, key: Key) -> Record | None:
        row = self._store.get(self.table, key)
        return self._read(row) if row else None

    def _find_many(self, keys: Mapping[str, Key]) -> dict[str, Record]:
        """The existing records, under the names in `keys`."""
        by_key: dict[Key, list[str]] = {}
        for name, key in keys.items():
            by_key.setdefault(key, []).append(name)
        found: dict[str, Record] = {}
        for row in self._store.get_many(self.table, by_key):
            for record in self.readable([row]):
                found.update(dict.fromkeys(by_key[row.key], record))
        return {name: found[name] for name in keys if name in found}

    def _save(self, key: Key, record: Record) -> Record:
        version = self._store.put(self.table, key, document_of(record), version=record.version)
        return record.evolve(version=version)

    def _each(self, prefix: Key) -> Iterator[Record | UnreadableRowError]:
        """Also those that cannot be read, for whoever must not overlook one."""
        for row in self._store.range(self.table, prefix):
            try:
                yield self._read(row)
            except UnreadableRowError as error:
                yield error

    def _range(self, prefix: Key) -> Iterator[Record]:
        return self.readable(self._store.range(self.table, prefix))
