"""A file that keeps an instance: each change is a line, and reading the lines again makes the tables again.

A process that is killed loses nothing that was answered: a line is with the system before the answer is.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from emulator.services.tablestore.instances import Instance
from emulator.services.tablestore.plainbuffer import Value
from emulator.services.tablestore.tables import Key, Row, Table


class Journal:
    """Of one instance: it reads what was kept, and writes what is changed from then on."""

    def __init__(self, path: Path, instance: Instance) -> None:
        """Raises OSError for a file that cannot be had, ValueError for one that is none of ours."""
        self._instance = instance
        if path.exists():
            for line in path.read_bytes().split(b"\n")[:-1]:  # behind the last one: a line that was cut off
                self._take(json.loads(line))
        # Begun anew with what there is now: a line for each table and row.
        fresh = path.with_name(f"{path.name}.new")
        self._file = fresh.open("w", encoding="utf-8")
        for name, table in instance.tables.items():
            self.created(name, table)
            for row in table.rows.values():
                self._stored(name, row)
        os.replace(fresh, path)

    def created(self, name: str, table: Table) -> None:
        """Its rows are written from now on, too."""
        table.stored, table.removed = (
            lambda row: self._stored(name, row),
            lambda key: self._write(table=name, gone=list(map(_told, key))),
        )
        self._write(
            table=name,
            meta=table.meta,
            options=table.options,
            created=table.created,
            last_number=table.last_number,
        )

    def changed(self, name: str, table: Table) -> None:
        self._write(table=name, options=table.options)

    def dropped(self, name: str) -> None:
        self._write(table=name, dropped=True)

    def _stored(self, name: str, row: Row) -> None:
        cells = {
            column: [[at, _told(value)] for at, value in versions] for column, versions in row.cells.items()
        }
        last = self._instance.tables[name].last_number
        self._write(
            table=name, key=list(map(_told, row.key)), cells=cells, written=row.written, last_number=last
        )

    def _write(self, **entry: Any) -> None:
        self._file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()

    def _take(self, entry: dict[str, Any]) -> None:
        tables, name = self._instance.tables, entry["table"]
        match entry:
            case {"meta": meta, "options": options, "created": created}:
                tables[name] = Table(meta, options, created)
            case {"options": options}:
                tables[name].options = options
            case {"dropped": True}:
                del tables[name]
            case {"gone": key}:
                tables[name].remove(_key(key))
            case {"key": key, "cells": cells, "written": written}:
                versions = {
                    column: [(at, _value(value)) for at, value in told] for column, told in cells.items()
                }
                tables[name].store(Row(_key(key), versions, written))
        if "last_number" in entry:
            tables[name].last_number = entry["last_number"]


def _told(value: Value) -> Any:
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _value(told: Any) -> Value:
    found: Value = base64.b64decode(told["bytes"]) if isinstance(told, dict) else told
    return found


def _key(told: list[Any]) -> Key:
    return tuple(map(_value, told))  # type: ignore[arg-type]
