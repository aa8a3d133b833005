"""What a table refuses: keys of another form, names and values that are too long, times that are off.

Limits: the vendor's page "Limits on the Wide Column model". The words of OTSInvalidPK and of the lengths are
those of the vendor's own tests of its SDKs; others are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from emulator.api import ApiError
from emulator.services.tablestore.messages import AUTO_INCREMENT, BINARY, INTEGER, STRING
from emulator.services.tablestore.plainbuffer import Cell, End, KeyValue, Value, size_of

LONGEST_KEY = 1024
LONGEST_VALUE = 2 << 20
LONGEST_REQUEST = 4 << 20
MOST_ROWS = {"BatchGetRow": 100, "BatchWriteRow": 200}
MOST_COLUMNS = 1024  #: written to one row at once
MOST_TABLES = 64
SHORTEST_LIFE_S = 86_400
_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]{0,254}")
_TYPES = {INTEGER: "VT_INTEGER", STRING: "VT_STRING", BINARY: "VT_BLOB"}


def refused(message: str, code: str = "OTSParameterInvalid", status: int = 400) -> ApiError:
    return ApiError(status, code, message)


def check_key(
    schema: Sequence[Mapping[str, Any]],
    key: Sequence[tuple[str, KeyValue]],
    *,
    ends: bool = False,
    automatic: bool = False,
    empty: bool = False,
) -> None:
    """`ends`: it bounds a range; `automatic`: a column may be left to the table; `empty`: texts may be."""
    if len(key) != len(schema):
        raise refused(f"Validate PK size fail. Input: {len(key)}, Meta: {len(schema)}.", "OTSInvalidPK")
    for column, (name, value) in zip(schema, key, strict=True):
        if name != column["name"]:
            raise refused(f"Validate PK name fail. Input: {name}, Meta: {column['name']}.", "OTSInvalidPK")
        if isinstance(value, End):
            left = column.get("option") == AUTO_INCREMENT and automatic
            if not (left if value is End.AUTO else ends):
                raise refused(f"Validate PK type fail. Input: {value.name}.", "OTSInvalidPK")
            continue
        if _type(value) != column["type"]:
            raise refused(
                f"Validate PK type fail. Input: {_TYPES.get(_type(value), 'VT_BOOLEAN')},"
                f" Meta: {_TYPES[column['type']]}.",
                "OTSInvalidPK",
            )
        if size_of(value) > LONGEST_KEY:
            raise refused(
                f"The length of primary key column: '{name}' exceeds the MaxLength:{LONGEST_KEY}"
                f" with CurrentLength:{size_of(value)}."
            )
        if value in ("", b"") and not empty:
            raise refused(f"The value of primary key column: '{name}' is empty.")  # [guess]


def check_cells(cells: Sequence[Cell], keys: Iterable[str]) -> None:
    """Names, values and number of the columns that one row is written with."""
    if len({cell.name for cell in cells}) > MOST_COLUMNS:
        raise refused(
            f"The number of attribute columns exceeds the limit, limit count: {MOST_COLUMNS},"
            f" column count: {len(cells)}."
        )
    names = set(keys)
    for cell in cells:
        if cell.name in names:
            raise refused(f"Duplicated attribute column name with primary key column: '{cell.name}'.")
        if not _NAME.fullmatch(cell.name):
            raise refused(f"Invalid column name: '{cell.name}'.")
        if cell.value is not None and size_of(cell.value) > LONGEST_VALUE:
            raise refused(
                f"The length of attribute column: '{cell.name}' exceeds the MaxLength:{LONGEST_VALUE}"
                f" with CurrentLength:{size_of(cell.value)}."
            )


def check_meta(meta: Mapping[str, Any]) -> None:
    """What a new table is called, and its key."""
    if not _NAME.fullmatch(meta["table_name"]):
        raise refused(f"Invalid table name: '{meta['table_name']}'.")
    columns = meta["primary_key"]
    if not 1 <= len(columns) <= 4:
        raise refused("The number of primary key columns must be in range: [1, 4].")
    names = [column["name"] for column in columns]
    for column in columns:
        if names.count(column["name"]) > 1:
            raise refused(f"Duplicated primary key name: '{column['name']}'.")
        if not _NAME.fullmatch(column["name"]):
            raise refused(f"Invalid column name: '{column['name']}'.")
        if column["type"] not in _TYPES:
            raise refused(f"{column['type']} is an invalid type for the primary key.")
        if column.get("option") == AUTO_INCREMENT and (column is columns[0] or column["type"] != INTEGER):
            raise refused("An auto-increment column is an integer and no partition key.")  # [guess]


def check_options(options: Mapping[str, Any]) -> None:
    life = options.get("time_to_live", -1)
    if life != -1 and life < SHORTEST_LIFE_S:
        raise refused(f"Invalid time to live: {life}; it is -1 or at least {SHORTEST_LIFE_S}.")  # [guess]
    if options.get("max_versions", 1) < 1 or options.get("deviation_cell_version_in_sec", 1) < 1:
        raise refused("Max versions and max time deviation must be positive.")  # [guess]


def check_rows(action: str, count: int) -> None:
    if count == 0:
        raise refused(
            "No row specified in the request of BatchGetRow."
            if action == "BatchGetRow"
            else "No row is specified in BatchWriteRow."
        )
    if count > MOST_ROWS[action]:
        raise refused(f"Rows count exceeds the upper limit: {MOST_ROWS[action]}.")


def _type(value: Value) -> int:
    if isinstance(value, bool):
        return 0
    return INTEGER if isinstance(value, int) else STRING if isinstance(value, str) else BINARY
