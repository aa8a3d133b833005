"""One row written: the condition in front of it, the change, and the units it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.api import ApiError
from emulator.services.tablestore import filters, messages, plainbuffer
from emulator.services.tablestore.checks import check_cells, check_key, refused
from emulator.services.tablestore.plainbuffer import Change, End, size_of
from emulator.services.tablestore.reads import units
from emulator.services.tablestore.tables import Key, Row, Table


@dataclass(frozen=True)
class Write:
    """One row to write, read and checked: PUT, UPDATE or DELETE."""

    kind: int
    change: Change
    condition: Mapping[str, Any]
    returns_key: bool


def read_write(
    table: Table, kind: int, data: bytes, request: Mapping[str, Any], *, empty_keys: bool
) -> Write:
    """Raises ApiError for what the table refuses whatever it holds."""
    change = plainbuffer.read(data)
    condition = request["condition"]
    automatic = kind != messages.DELETE
    check_key(table.schema, change.key, automatic=automatic, empty=empty_keys)
    check_cells(change.cells, table.key_names)
    numbered = any(value is End.AUTO for _, value in change.key)
    if numbered and condition["row_existence"] != messages.IGNORE:
        raise refused("A row with an auto-increment column takes the condition IGNORE.")  # [guess]
    if kind == messages.UPDATE:
        if not change.cells:
            raise refused("Attribute column is missing.")
        if not table.options["allow_update"]:
            raise refused("The table does not allow updates.", "OTSUnsupportOperation")  # [guess]
    returned = request.get("return_content") or {}
    return Write(kind, change, condition, returned.get("return_type") == messages.RT_PK)


def write(table: Table, wanted: Write, now: int, spend: Callable[[int, int], None]) -> dict[str, Any]:
    """Carry it out; the answer's fields. `spend`: takes read and write units, those of a refusal too.

    Raises:
        ApiError: the row is not as the condition demands.
    """
    key = _key(table, wanted.change)
    row = table.find(key, now)
    conditional = wanted.condition["row_existence"] != messages.IGNORE or wanted.condition.get(
        "column_condition"
    )
    if not _holds(wanted.condition, row):
        spend(1, 1)
        raise ApiError(403, "OTSConditionCheckFail", "Condition check failed.")
    keys = sum(len(name) + size_of(value) for name, value in table.named(key))
    if wanted.kind == messages.DELETE:
        table.remove(key)
        size = keys
    else:
        (table.put if wanted.kind == messages.PUT else table.update)(key, wanted.change.cells, now)
        size = keys + sum(
            len(cell.name) + (size_of(cell.value) if cell.value is not None else 0)
            for cell in wanted.change.cells
        )
    # A condition on columns reads the row [guess]; one on its being there only the key.
    looked_at = table.size(row) if row and wanted.condition.get("column_condition") else keys
    read, written = units(looked_at) if conditional else 0, units(size)
    spend(read, written)
    answer: dict[str, Any] = {"consumed": {"capacity_unit": {"read": read, "write": written}}}
    if wanted.returns_key:
        answer["row"] = plainbuffer.key_bytes(table.named(key))
    return answer


def _key(table: Table, change: Change) -> Key:
    return tuple(table.number() if isinstance(value, End) else value for _, value in change.key)


def _holds(condition: Mapping[str, Any], row: Row | None) -> bool:
    expected = condition["row_existence"]
    if expected == messages.EXPECT_EXIST and row is None:
        return False
    if expected == messages.EXPECT_NOT_EXIST and row is not None:
        return False
    columns = condition.get("column_condition")
    return not columns or filters.passes(columns, row.cells if row else {})
