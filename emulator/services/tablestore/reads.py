"""What a read returns of a row: which columns and versions, if the filter lets it pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from emulator.services.tablestore import filters
from emulator.services.tablestore.checks import refused
from emulator.services.tablestore.plainbuffer import KeyValue, Value
from emulator.services.tablestore.tables import Row, Table, Versions

UNIT = 4096
MOST_ROWS = 5000  #: of one page of a range
MOST_BYTES = 4 << 20  #: of what one page looks at
Told = tuple[list[tuple[str, KeyValue]], list[tuple[str, Value, int]]]


def units(size: int) -> int:
    """Capacity units for so many bytes: 4 KB each, one at least. Source: the vendor's page "GetRow"."""
    return max(1, -(-size // UNIT))


def check_versions(wanted: Mapping[str, Any]) -> None:
    if wanted.get("max_versions") is None and not wanted.get("time_range"):
        raise refused("No version condition is specified while querying row.")
    if wanted.get("max_versions", 1) < 1:
        raise refused("The max versions must be greater than 0.")  # [guess]


def told(table: Table, row: Row, wanted: Mapping[str, Any]) -> Told | None:
    """Key and cells; None: the filter keeps it back, or it has none of the columns asked for.

    The filter sees only columns that are asked for.
    """
    cells = _chosen(row.cells, wanted)
    columns = wanted["columns_to_get"]
    limited = columns or wanted.get("start_column") or wanted.get("end_column")
    if limited and not cells and not set(columns) & set(table.key_names):
        return None
    filtered = wanted.get("filter")
    if filtered:
        if not filters.passes(filtered, cells):
            return None
        if part := filters.page(filtered):
            names = sorted(cells, key=str.encode)[part[0] : part[0] + part[1]]
            cells = {name: cells[name] for name in names}
    found = [(name, value, at) for name in sorted(cells, key=str.encode) for at, value in cells[name]]
    return table.named(row.key), found


def pages(table: Table, rows: Iterator[Row], wanted: Mapping[str, Any]) -> tuple[list[Told], Row | None, int]:
    """One page of a range, the row that the next page starts at, and the bytes looked at.

    A page ends with its limit, with 5,000 rows, or with 4 MB that were looked at; where a filter keeps rows
    back it may be empty and yet not the last one.
    """
    limit = wanted.get("limit")
    if limit is not None and limit <= 0:
        raise refused("The limit must be greater than 0.")
    page: list[Told] = []
    size = 0
    for looked_at, row in enumerate(rows):
        if len(page) == limit or looked_at == MOST_ROWS or size >= MOST_BYTES:
            return page, row, size
        size += table.size(row)
        if one := told(table, row, wanted):
            page.append(one)
    return page, None, size


def _chosen(cells: Versions, wanted: Mapping[str, Any]) -> Versions:
    columns: Collection[str] = wanted["columns_to_get"]
    start, end = wanted.get("start_column"), wanted.get("end_column")
    found: Versions = {}
    for name, versions in cells.items():
        if columns and name not in columns:
            continue
        if (start and name < start) or (end and name >= end):
            continue
        if kept := _versions(versions, wanted):
            found[name] = kept
    return found


def _versions(versions: list[tuple[int, Value]], wanted: Mapping[str, Any]) -> list[tuple[int, Value]]:
    span = wanted.get("time_range") or {}
    if (at := span.get("specific_time")) is not None:
        versions = [one for one in versions if one[0] == at]
    elif span:
        first, last = span.get("start_time", 0), span.get("end_time", 1 << 63)
        versions = [one for one in versions if first <= one[0] < last]
    return versions[: wanted.get("max_versions")]
