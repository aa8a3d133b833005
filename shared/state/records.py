"""Records of one model in one table: what every repository is made of."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from shared.domain.values import Versioned
from shared.state.store import Document, Key, Row, Store
from shared.state.tables import Table

Record = TypeVar("Record", bound=Versioned)


def document_of(record: Versioned) -> Document:
    return record.model_dump(mode="json", by_alias=True, exclude={"version"})


class Records(Generic[Record]):
    """Records of one model in one table."""

    table: Table
    model: type[Record]

    def __init__(self, store: Store) -> None:
        self._store = store

    def _read(self, row: Row) -> Record:
        return self.model.model_validate({**row.document, "Version": row.version})

    def _find(self, key: Key) -> Record | None:
        row = self._store.get(self.table, key)
        return self._read(row) if row else None

    def _find_many(self, keys: Mapping[str, Key]) -> dict[str, Record]:
        """The existing records, under the names in `keys`."""
        records = {row.key: self._read(row) for row in self._store.get_many(self.table, keys.values())}
        return {name: records[key] for name, key in keys.items() if key in records}

    def _save(self, key: Key, record: Record) -> Record:
        version = self._store.put(self.table, key, document_of(record), version=record.version)
        return record.evolve(version=version)

    def _range(self, prefix: Key) -> Iterator[Record]:
        return map(self._read, self._store.range(self.table, prefix))
