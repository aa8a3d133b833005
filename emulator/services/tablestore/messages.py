"""Tablestore's messages. Source: `table_store.proto` and `table_store_filter.proto` of the vendor's SDK.

Streams, search, SQL, transactions and secondary indexes are not emulated, and their fields are left out.
"""

from __future__ import annotations

from emulator.services.tablestore.protobuf import Message, many, may, need

INTEGER, STRING, BINARY = 1, 2, 3  #: types of key columns
AUTO_INCREMENT = 1
IGNORE, EXPECT_EXIST, EXPECT_NOT_EXIST = 0, 1, 2
RT_PK = 1
PUT, UPDATE, DELETE = 1, 2, 3
FORWARD, BACKWARD = 0, 1
SINGLE_COLUMN, COMPOSITE, PAGINATION = 1, 2, 3

ERROR = Message(code=need(1, "text"), message=may(2, "text"))

_UNITS = Message(read=may(1, "int"), write=may(2, "int"))
CONSUMED = Message(capacity_unit=need(1, _UNITS))
_KEY_COLUMN = Message(name=need(1, "text"), type=need(2, "int"), option=may(3, "int"))
_DEFINED = Message(name=need(1, "text"), type=need(2, "int"))
_META = Message(
    table_name=need(1, "text"), primary_key=many(2, _KEY_COLUMN), defined_column=many(3, _DEFINED)
)
OPTIONS = Message(
    time_to_live=may(1, "int"),
    max_versions=may(2, "int"),
    deviation_cell_version_in_sec=may(5, "int"),
    allow_update=may(6, "bool"),
)
_THROUGHPUT = Message(
    capacity_unit=need(1, _UNITS), last_increase_time=need(2, "int"), last_decrease_time=may(3, "int")
)
_NOTHING = Message()
_NAMED = Message(table_name=need(1, "text"))
_TIME_RANGE = Message(start_time=may(1, "int"), end_time=may(2, "int"), specific_time=may(3, "int"))
_CONDITION = Message(row_existence=need(1, "int"), column_condition=may(2, "bytes"))
_RETURN = Message(return_type=may(1, "int"), return_column_names=many(2, "text"))
_WRITTEN = Message(consumed=need(1, CONSUMED), row=may(2, "bytes"))

_ROW_READ = Message(
    is_ok=need(1, "bool"),
    error=may(2, ERROR),
    consumed=may(3, CONSUMED),
    row=may(4, "bytes"),
    next_token=may(5, "bytes"),
)
_ROW_WRITTEN = Message(
    is_ok=need(1, "bool"), error=may(2, ERROR), consumed=may(3, CONSUMED), row=may(4, "bytes")
)
_TABLE_TO_READ = Message(
    table_name=need(1, "text"),
    primary_key=many(2, "bytes"),
    columns_to_get=many(4, "text"),
    time_range=may(5, _TIME_RANGE),
    max_versions=may(6, "int"),
    filter=may(8, "bytes"),
    start_column=may(9, "text"),
    end_column=may(10, "text"),
)
_ROW_TO_WRITE = Message(
    type=need(1, "int"),
    row_change=need(2, "bytes"),
    condition=need(3, _CONDITION),
    return_content=may(4, _RETURN),
)


def _write(row: str) -> Message:
    return Message(
        table_name=need(1, "text"),
        **{row: need(2, "bytes")},
        condition=need(3, _CONDITION),
        return_content=may(4, _RETURN),
        transaction_id=may(5, "text"),
    )


REQUESTS: dict[str, Message] = {
    "CreateTable": Message(
        table_meta=need(1, _META),
        reserved_throughput=need(2, Message(capacity_unit=need(1, _UNITS))),
        table_options=may(3, OPTIONS),
    ),
    "ListTable": _NOTHING,
    "DescribeTable": _NAMED,
    "DeleteTable": _NAMED,
    "UpdateTable": Message(table_name=need(1, "text"), table_options=may(3, OPTIONS)),
    "GetRow": Message(
        table_name=need(1, "text"),
        primary_key=need(2, "bytes"),
        columns_to_get=many(3, "text"),
        time_range=may(4, _TIME_RANGE),
        max_versions=may(5, "int"),
        filter=may(7, "bytes"),
        start_column=may(8, "text"),
        end_column=may(9, "text"),
        transaction_id=may(11, "text"),
    ),
    "PutRow": _write("row"),
    "UpdateRow": _write("row_change"),
    "DeleteRow": _write("primary_key"),
    "GetRange": Message(
        table_name=need(1, "text"),
        direction=need(2, "int"),
        columns_to_get=many(3, "text"),
        time_range=may(4, _TIME_RANGE),
        max_versions=may(5, "int"),
        limit=may(6, "int"),
        inclusive_start_primary_key=need(7, "bytes"),
        exclusive_end_primary_key=need(8, "bytes"),
        filter=may(10, "bytes"),
        start_column=may(11, "text"),
        end_column=may(12, "text"),
        transaction_id=may(14, "text"),
    ),
    "BatchGetRow": Message(tables=many(1, _TABLE_TO_READ)),
    "BatchWriteRow": Message(
        tables=many(1, Message(table_name=need(1, "text"), rows=many(2, _ROW_TO_WRITE))),
        transaction_id=may(2, "text"),
    ),
}

ANSWERS: dict[str, Message] = {
    "CreateTable": _NOTHING,
    "ListTable": Message(table_names=many(1, "text")),
    "DescribeTable": Message(
        table_meta=need(1, _META),
        reserved_throughput_details=need(2, _THROUGHPUT),
        table_options=need(3, OPTIONS),
    ),
    "DeleteTable": _NOTHING,
    "UpdateTable": Message(reserved_throughput_details=need(1, _THROUGHPUT), table_options=need(2, OPTIONS)),
    "GetRow": Message(consumed=need(1, CONSUMED), row=need(2, "bytes"), next_token=may(3, "bytes")),
    "PutRow": _WRITTEN,
    "UpdateRow": _WRITTEN,
    "DeleteRow": _WRITTEN,
    "GetRange": Message(
        consumed=need(1, CONSUMED),
        rows=need(2, "bytes"),
        next_start_primary_key=may(3, "bytes"),
    ),
    "BatchGetRow": Message(tables=many(1, Message(table_name=need(1, "text"), rows=many(2, _ROW_READ)))),
    "BatchWriteRow": Message(tables=many(1, Message(table_name=need(1, "text"), rows=many(2, _ROW_WRITTEN)))),
}

FILTER = Message(type=need(1, "int"), filter=need(2, "bytes"))
COLUMN_FILTER = Message(
    comparator=need(1, "int"),
    column_name=need(2, "text"),
    column_value=need(3, "bytes"),
    filter_if_missing=need(4, "bool"),
    latest_version_only=need(5, "bool"),
    value_trans_rule=may(6, Message(regex=need(1, "text"), cast_type=may(2, "int"))),
)
COMPOSITE_FILTER = Message(combinator=need(1, "int"), sub_filters=many(2, FILTER))
PAGE_FILTER = Message(offset=need(1, "int"), limit=need(2, "int"))
