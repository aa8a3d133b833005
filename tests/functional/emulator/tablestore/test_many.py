"""Tablestore through the vendor's SDK: ranges, batches, faults, the log."""

from __future__ import annotations

from typing import Any

import pytest
from tablestore import (
    INF_MAX,
    INF_MIN,
    BatchGetRowRequest,
    BatchWriteRowRequest,
    ComparatorType,
    DeleteRowItem,
    Direction,
    PutRowItem,
    Row,
    SingleColumnCondition,
    TableInBatchGetRowItem,
    TableInBatchWriteRowItem,
)
from tablestore.plainbuffer.plain_buffer_builder import PlainBufferBuilder
from urllib3.exceptions import ProtocolError

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.tablestore import plainbuffer, reads
from tests.functional.emulator.clients import admin
from tests.functional.emulator.tablestore.ots import (
    EXPECT_NOT_EXIST,
    IGNORE,
    Tablestore,
    a_client,
    all_of,
    key,
    refused,
)


def fill(tablestore: Tablestore, count: int, size: int = 1) -> None:
    for number in range(count):
        tablestore.put(key("a", number), [("n", number), ("text", "x" * size)])


def test_a_range_runs_either_way_with_its_first_key_and_without_its_last(tablestore: Tablestore) -> None:
    fill(tablestore, 5)
    tablestore.put(key("aa", 9))
    tablestore.put(key("B", 8))

    assert tablestore.range(key("a", 1), key("a", 3)) == [1, 2]
    assert tablestore.range(key("a", 3), key("a", 1), Direction.BACKWARD) == [3, 2]
    assert tablestore.range(*all_of("a")) == [0, 1, 2, 3, 4]
    assert tablestore.range(*all_of("a")[::-1], Direction.BACKWARD) == [4, 3, 2, 1, 0]
    # by UTF-8 bytes, capitals first
    assert tablestore.range(key(INF_MIN, INF_MIN), key(INF_MAX, INF_MAX)) == [8, 0, 1, 2, 3, 4, 9]


@pytest.mark.parametrize(
    ("start", "end", "direction", "less"),
    [(3, 1, "FORWARD", "less"), (1, 1, "FORWARD", "less"), (1, 3, "BACKWARD", "more")],
)
def test_a_range_that_goes_nowhere_is_refused(
    tablestore: Tablestore, start: int, end: int, direction: str, less: str
) -> None:
    with refused("OTSParameterInvalid", f"Begin key must {less} than end key in {direction}"):
        tablestore.range(key("a", start), key("a", end), direction)


def test_a_page_ends_with_its_limit_and_names_the_next_row(tablestore: Tablestore) -> None:
    fill(tablestore, 5)
    _, following, rows, _ = tablestore.client.get_range("rows", "FORWARD", *all_of("a"), limit=2)
    assert [row.primary_key for row in rows] == [key("a", 0), key("a", 1)]
    assert following == key("a", 2)
    assert tablestore.range(following, key("a", INF_MAX), limit=3) == [2, 3, 4]
    with refused("OTSParameterInvalid", "The limit must be greater than 0."):
        tablestore.range(*all_of("a"), limit=0)


def test_a_page_ends_with_four_megabytes(tablestore: Tablestore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reads.MOST_BYTES == 4 << 20
    monkeypatch.setattr(reads, "MOST_BYTES", 4 << 10)
    fill(tablestore, 5, size=1500)
    assert tablestore.range(*all_of("a")) == [0, 1, 2, "…"]


def test_a_page_ends_with_five_thousand_rows(tablestore: Tablestore) -> None:
    table = tablestore.service.instances["certdeploy"].tables["rows"]
    for number in range(5001):
        table.put(("a", number), [], 0)
    assert tablestore.range(*all_of("a"))[4998:] == [4998, 4999, "…"]


def test_a_filtered_page_may_be_empty_and_not_the_last(
    tablestore: Tablestore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "MOST_ROWS", 3)
    fill(tablestore, 5)
    last = SingleColumnCondition("n", 4, ComparatorType.EQUAL, pass_if_missing=False)

    assert tablestore.range(*all_of("a"), column_filter=last) == ["…"]
    assert tablestore.range(key("a", 3), key("a", INF_MAX), column_filter=last) == [4]


def read_many(tablestore: Tablestore, *numbers: int) -> list[Any]:
    wanted = BatchGetRowRequest()
    wanted.add(TableInBatchGetRowItem("rows", [key("a", number) for number in numbers], max_version=1))
    found: list[Any] = tablestore.client.batch_get_row(wanted).get_result_by_table("rows")
    return found


def write_many(tablestore: Tablestore, *items: Any) -> list[Any]:
    wanted = BatchWriteRowRequest()
    wanted.add(TableInBatchWriteRowItem("rows", list(items)))
    told = tablestore.client.batch_write_row(wanted)
    return [*told.get_put_by_table("rows"), *told.get_delete_by_table("rows")]


def a_put(number: int, condition: Any = IGNORE) -> PutRowItem:
    return PutRowItem(Row(key("a", number), [("n", number)]), condition)


def test_many_rows_are_read_each_with_its_own_result(tablestore: Tablestore) -> None:
    fill(tablestore, 3)
    tablestore.cloud.faults.add(Fault("BatchGetRow.Row", code="OTSServerBusy", passing=2))

    found = read_many(tablestore, 2, 7, 0)

    assert [(one.is_ok, one.error_code) for one in found] == [
        (True, None),
        (True, None),
        (False, "OTSServerBusy"),
    ]
    assert found[0].row.primary_key == key("a", 2)
    assert found[1].row is None


def test_many_rows_are_written_each_by_itself(tablestore: Tablestore) -> None:
    fill(tablestore, 2)
    tablestore.cloud.faults.add(Fault("BatchWriteRow.Row", code="OTSTimeout", when="after", passing=1))

    told = write_many(
        tablestore,
        a_put(1, EXPECT_NOT_EXIST),
        a_put(2, EXPECT_NOT_EXIST),
        a_put(3),
        DeleteRowItem(Row(key("a", 0)), IGNORE),
    )

    assert [one.error_code for one in told] == ["OTSConditionCheckFail", None, "OTSTimeout", None]
    assert tablestore.range(*all_of("a")) == [1, 2, 3]


@pytest.mark.parametrize(
    ("numbers", "why"), [((1, 1), "Duplicated"), (range(201), "upper limit: 200"), ((), "No row")]
)
def test_a_batch_beyond_its_limits_writes_nothing(tablestore: Tablestore, numbers: Any, why: str) -> None:
    with refused("OTSParameterInvalid", why):
        write_many(tablestore, *map(a_put, numbers))
    assert tablestore.range(*all_of("a")) == []


def test_a_hundred_rows_are_read_at_once_and_no_more(tablestore: Tablestore) -> None:
    assert len(read_many(tablestore, *range(100))) == 100
    with refused("OTSParameterInvalid", "upper limit: 100"):
        read_many(tablestore, *range(101))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_strikes_before_or_after_the_row_is_written(tablestore: Tablestore, when: Any) -> None:
    tablestore.cloud.faults.add(Fault("PutRow", 503, "OTSServerBusy", when=when, api="ots"))
    with refused("OTSServerBusy", "injected", 503):
        tablestore.put(key("a", 1), [("n", 1)])
    assert (tablestore.columns(key("a", 1)) is None) == (when == "before")


def test_an_answer_may_be_cut_off(tablestore: Tablestore) -> None:
    """The SDK hands on what its transport raises; the row is there."""
    tablestore.cloud.faults.add(Fault("PutRow", when="after", drop=True))
    with pytest.raises(ProtocolError):
        tablestore.put(key("a", 1), [("n", 1)])
    assert tablestore.columns(key("a", 1)) == {"n": 1}


def test_what_is_not_emulated_says_so(tablestore: Tablestore) -> None:
    with refused("OTSUnsupportOperation", "StartLocalTransaction is not emulated"):
        tablestore.client.start_local_transaction("rows", [("name", "a")])


def test_the_log_has_the_table_and_nothing_of_what_is_written(tablestore: Tablestore) -> None:
    tablestore.put(key("a", 1), [("c", "PRIVATE")])
    record = tablestore.cloud.calls[-1]
    assert (record.api, record.action, record.params) == (
        "Ots",
        "PutRow",
        {"instance": "certdeploy", "table_name": "rows"},
    )


def test_what_was_spent_can_be_asked_for(tablestore: Tablestore, server: Server) -> None:
    tablestore.put(key("a", 1), [("c", "x" * 100)])
    tablestore.columns(key("a", 1))
    assert admin(server, "GET", "tablestore")["certdeploy"]["rows"] == {
        "rows": 1,
        "bytes": 4 + 1 + 6 + 8 + 1 + 100,
        "read": 1,
        "write": 1,
        "requests": {"PutRow": 1, "GetRow": 1},
    }


def test_a_damaged_row_is_refused(tablestore: Tablestore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tablestore.plainbuffer.plain_buffer_coded_stream.PlainBufferCrc8.crc_int8", lambda crc, byte: 7
    )
    tablestore.client = a_client(tablestore.server, enable_native=False)
    with refused("OTSParameterInvalid", "Checksum mismatch"):
        tablestore.put(key("a", 1), [("n", 1)])


def test_rows_are_written_as_the_sdk_writes_them() -> None:
    """The same bytes, checksums with them."""
    cells: list[tuple[str, Any, int]] = [("t", "bücher", 5), ("n", -1, 6), ("f", 0.5, 7), ("y", False, 8)]
    ours = plainbuffer.row_bytes([("p", "é"), ("n", 7)], cells)
    assert ours == bytes(PlainBufferBuilder.serialize_for_put_row([("p", "é"), ("n", 7)], cells))
    read = plainbuffer.read(ours)
    assert [(cell.name, cell.value, cell.timestamp) for cell in read.cells] == cells
