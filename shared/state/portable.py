"""A state as text that any store can take up: JSON lines, a header, a row each, and a sum at the end.

    {"certdeploy_state": 1, "schema": 1, "version": "0.1.0", "at": "2026-05-01T12:00:00+00:00"}
    {"table": "jobs", "key": ["-", 7], "document": {…}}
    {"rows": {"jobs": 1}, "sha256": "…"}

No row holds a private key, and one that does is not taken along.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from shared.errors import InvalidRequestError
from shared.state import meta
from shared.state.schema import SCHEMA, check_schema
from shared.state.store import Document, Key
from shared.state.tables import Table
from shared.state.whole import KEPT, Found, Tally, WholeStore, first_row

FORMAT: Final = 1
_TOLD: Final = 5  #: problems of a file that are told one by one
_BY_NAME: Final = {table.name: table for table in KEPT}
Line = tuple[Table, Key, Document]


class Export:
    """What a store holds. `left_out`: rows that cannot be taken along, and why; whole when it was read."""

    def __init__(self, store: WholeStore) -> None:
        self._store = store
        self.tally = Tally()
        self.left_out: list[str] = []

    def rows(self) -> Iterator[Line]:
        for table in KEPT:
            for found in self._store.all_of(table):
                document = found.document
                if document is None or found.secret:
                    why = "no document of ours" if document is None else "what looks like a private key"
                    self.left_out.append(f"{found} holds {why}")
                    continue
                self.tally.add(table, found.key, document)
                yield table, found.key, document

    def lines(self, version: str, at: datetime) -> Iterator[str]:
        yield _text({"certdeploy_state": FORMAT, "schema": SCHEMA, "version": version, "at": at.isoformat()})
        for table, key, document in self.rows():
            yield _text({"table": table.name, "key": key, "document": document})
        yield _text(_sum(self.tally))


def check_file(lines: Iterable[str], name: str) -> Tally:
    """Read all of it; what it holds.

    Raises:
        InvalidRequestError: with each line that is wrong: the first five, and how many more there are.
        SettingsError: it is of a later schema.
    """
    tally, wrong, seen = Tally(), list[str](), set[tuple[str, Key]]()
    numbered = enumerate(lines, 1)
    _, header = next(numbered, (0, ""))
    _check_header(_parsed(header), name)
    last: Any = None
    for number, line in numbered:
        if last is not None:  # after the sum
            wrong.append(f"line {number}: after the end")
            continue
        said = _parsed(line)
        if isinstance(said, dict) and "rows" in said:
            last = said
            continue
        try:
            table, key, document = _row(said)
            if (table.name, key) in seen:
                raise ValueError("its key is in the file twice")
        except ValueError as error:
            wrong.append(f"line {number}: {error}")
            continue
        seen.add((table.name, key))
        tally.add(table, key, document)
    if not wrong and last is None:
        wrong = ["its end is missing: it was cut off"]
    elif not wrong and last != _sum(tally):
        wrong = ["it was changed: its rows are not those that its end tells"]
    if wrong:
        more = f"; and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise InvalidRequestError(f"{name}: {'; '.join(wrong[:_TOLD])}{more}")
    return tally


def rows_of_file(lines: Iterable[str]) -> Iterator[Line]:
    """Of one that was checked."""
    return (_row(said) for line in lines if "table" in (said := _parsed(line)))


def take_in(store: WholeStore, rows: Iterable[Line], where: str) -> None:
    """Store all rows, in a store without any. Cut off, it leaves a state that nobody works on.

    Raises:
        InvalidRequestError: there are rows.
    """
    refuse_unless_empty(store, where)
    if meta.begin_import(store):
        _clear(store)
    for table, group in groupby(rows, key=lambda row: row[0]):
        store.put_many(table, ((key, document) for _, key, document in group))
    meta.end_import(store)


def refuse_unless_empty(store: WholeStore, where: str) -> None:
    """Raises InvalidRequestError: there are rows, and not of an import that was cut off."""
    if not meta.was_cut_off(store) and (found := first_row(store)):
        raise InvalidRequestError(
            f"{where} is not empty: it has {found}; a state goes into an empty one, and is mixed with none"
        )


def _clear(store: WholeStore) -> None:
    for table in KEPT:
        for found in store.all_of(table):
            store.delete(table, found.key, version=found.version)


def _check_header(header: Any, name: str) -> None:
    if not isinstance(header, dict) or "certdeploy_state" not in header:
        raise InvalidRequestError(f"{name} is no export of a state: see `certdeploy state export --help`")
    if header["certdeploy_state"] != FORMAT:
        raise InvalidRequestError(f"{name} is an export of another form, which this version does not read")
    schema = header.get("schema")
    if not isinstance(schema, int):
        raise InvalidRequestError(f"{name}: its header tells no schema")
    check_schema(schema, name)


def _row(said: Any) -> Line:
    """Raises ValueError."""
    if not isinstance(said, dict) or said.keys() != {"table", "key", "document"}:
        raise ValueError("it is no row")
    table = _BY_NAME.get(said["table"]) if isinstance(said["table"], str) else None
    if table is None:
        raise ValueError("its table is none of this version's")
    key, document = said["key"], said["document"]
    fits = isinstance(key, list) and len(key) == len(table.key)
    if not fits or not all(type(part) is column.type for part, column in zip(key, table.key, strict=True)):
        raise ValueError(f"its key is none of {table.name}")
    found = Found(table, tuple(key), 0, json.dumps(document))
    if found.document is None:
        raise ValueError("its document is none")
    if found.secret:
        raise ValueError("it holds what looks like a private key")
    return table, tuple(key), document


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _sum(tally: Tally) -> dict[str, Any]:
    return {"rows": dict(sorted(tally.rows.items())), "sha256": tally.digest}


def _text(line: Any) -> str:
    return json.dumps(line, ensure_ascii=True, separators=(",", ":"))
