"""Tablestore through the vendor's SDK: tables and rows, conditions, what is refused and what is counted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from tablestore import (
    PK_AUTO_INCR,
    ComparatorType,
    CompositeColumnCondition,
    Condition,
    LogicalOperator,
    OTSServiceError,
    ReturnType,
    Row,
    RowExistenceExpectation,
    SingleColumnCondition,
    TableOptions,
    UpdateType,
)

from emulator.services.tablestore import checks
from tests.functional.emulator.tablestore.ots import (
    EXPECT_EXIST,
    EXPECT_NOT_EXIST,
    SCHEMA,
    Tablestore,
    all_of,
    key,
    refused,
)

HERE = key("a", 1)


def if_column(
    name: str, value: Any, comparator: str = ComparatorType.EQUAL, *, if_missing: bool = False
) -> Condition:
    column = SingleColumnCondition(name, value, comparator, pass_if_missing=if_missing)
    return Condition(RowExistenceExpectation.IGNORE, column)


def test_tables_are_made_described_changed_and_removed(tablestore: Tablestore) -> None:
    client = tablestore.client
    tablestore.create("more", [("id", "BINARY")], life_s=86_400, versions=3)

    assert client.list_table() == ("more", "rows")
    told = client.describe_table("more")
    assert told.table_meta.schema_of_primary_key == [("id", "BINARY")]
    assert (told.table_options.time_to_live, told.table_options.max_version) == (86_400, 3)
    client.update_table("more", TableOptions(172_800))
    assert client.describe_table("more").table_options.time_to_live == 172_800
    client.delete_table("more")
    assert client.list_table() == ("rows",)
    with refused("OTSObjectNotExist", "Requested table does not exist.", 404):
        client.describe_table("more")
    with refused("OTSObjectAlreadyExist", "Requested table already exists.", 409):
        tablestore.create("rows")


@pytest.mark.parametrize(
    ("name", "schema", "why"),
    [
        ("1", SCHEMA, "Invalid table name"),
        ("t", [("p", "STRING"), ("p", "STRING")], "Duplicated primary key name: 'p'."),
        ("t", [(f"p{n}", "STRING") for n in range(5)], r"in range: \[1, 4\]"),
        ("t", [("p", "INTEGER", PK_AUTO_INCR)], "no partition key"),
    ],
)
def test_a_table_of_another_form_is_refused(tablestore: Tablestore, name: str, schema: Any, why: str) -> None:
    with refused("OTSParameterInvalid", why, 400):
        tablestore.create(name, schema)
    with refused("OTSParameterInvalid", "time to live"):
        tablestore.create("short", life_s=60)


def test_a_row_is_read_as_it_was_written(tablestore: Tablestore) -> None:
    columns = {"text": "bücher ✓", "n": -(2**63), "f": 1.5, "yes": True, "raw": bytearray(b"\0\xff"), "e": ""}
    tablestore.put(HERE, columns.items())

    assert tablestore.columns(HERE) == columns
    assert tablestore.columns(key("a", 2)) is None


def test_a_put_replaces_the_whole_row_and_a_delete_takes_it_away(tablestore: Tablestore) -> None:
    tablestore.put(HERE, [("a", 1), ("b", 2)])
    tablestore.put(HERE, [("b", 3)])
    assert tablestore.columns(HERE) == {"b": 3}
    for _ in range(2):
        tablestore.client.delete_row("rows", HERE, Condition(RowExistenceExpectation.IGNORE))
        assert tablestore.columns(HERE) is None


def test_an_update_changes_the_columns_that_it_names(tablestore: Tablestore) -> None:
    tablestore.put(HERE, [("a", 1), ("b", 2), ("c", 3)])
    change = {UpdateType.PUT: [("b", 9)], UpdateType.DELETE_ALL: ["c"], UpdateType.INCREMENT: [("a", 4)]}

    tablestore.client.update_row("rows", Row(HERE, change), EXPECT_EXIST)

    assert tablestore.columns(HERE) == {"a": 5, "b": 9}
    tablestore.client.update_row("rows", Row(key("a", 2), {UpdateType.PUT: [("n", 1)]}), EXPECT_NOT_EXIST)
    assert tablestore.columns(key("a", 2)) == {"n": 1}


@pytest.mark.parametrize("there", [False, True])
def test_whether_a_row_is_there_is_a_condition(tablestore: Tablestore, there: bool) -> None:
    if there:
        tablestore.put(HERE, [("n", 1)])
    met, unmet = (EXPECT_EXIST, EXPECT_NOT_EXIST) if there else (EXPECT_NOT_EXIST, EXPECT_EXIST)

    with refused("OTSConditionCheckFail", "Condition check failed.", 403):
        tablestore.put(HERE, [("n", 2)], unmet)
    assert tablestore.columns(HERE) == ({"n": 1} if there else None)
    tablestore.put(HERE, [("n", 2)], met)
    assert tablestore.columns(HERE) == {"n": 2}


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (if_column("n", 5), True),
        (if_column("n", 6), False),
        (if_column("n", "5"), False),  # of another type
        (if_column("n", 4, ComparatorType.GREATER_THAN), True),
        (if_column("n", 5, ComparatorType.NOT_EQUAL), False),
        (if_column("none", 1), False),
        (if_column("none", 1, if_missing=True), True),  # the SDK's default
        (if_column("s", "ab", ComparatorType.LESS_EQUAL), True),
    ],
)
def test_a_column_is_a_condition(tablestore: Tablestore, condition: Condition, met: bool) -> None:
    tablestore.put(HERE, [("n", 5), ("s", "ab")])
    if met:
        tablestore.put(HERE, [("n", 0)], condition)
    else:
        with refused("OTSConditionCheckFail"):
            tablestore.put(HERE, [("n", 0)], condition)
    assert tablestore.columns(HERE) == ({"n": 0} if met else {"n": 5, "s": "ab"})


def test_conditions_are_joined(tablestore: Tablestore) -> None:
    tablestore.put(HERE, [("n", 5), ("s", "ab")])

    def joined(how: str, *values: int) -> CompositeColumnCondition:
        made = CompositeColumnCondition(how)
        for value in values:
            made.add_sub_condition(SingleColumnCondition("n", value, ComparatorType.EQUAL))
        return made

    def passes(condition: CompositeColumnCondition) -> bool:
        return tablestore.columns(HERE, column_filter=condition) is not None

    assert passes(joined(LogicalOperator.OR, 4, 5))
    assert not passes(joined(LogicalOperator.AND, 4, 5))
    assert passes(joined(LogicalOperator.NOT, 4))
    assert not passes(joined(LogicalOperator.NOT, 5))


def test_a_read_names_its_columns_and_its_filter_sees_no_others(tablestore: Tablestore) -> None:
    tablestore.put(HERE, [("a", 1), ("b", 2), ("c", 3)])
    b_is_2 = SingleColumnCondition("b", 2, ComparatorType.EQUAL, pass_if_missing=False)

    assert tablestore.columns(HERE, columns_to_get=["a", "none"]) == {"a": 1}
    assert tablestore.columns(HERE, columns_to_get=["none"]) is None
    assert tablestore.columns(HERE, columns_to_get=["a", "b"], column_filter=b_is_2) == {"a": 1, "b": 2}
    assert tablestore.columns(HERE, columns_to_get=["a"], column_filter=b_is_2) is None
    assert tablestore.columns(HERE, start_column="b", end_column="c") == {"b": 2}


def test_versions_of_a_cell_are_kept_as_far_as_the_table_says(tablestore: Tablestore) -> None:
    tablestore.create("many", versions=2)
    now = int(datetime.now(timezone.utc).timestamp() * 1000)
    for age in (3, 2, 1):
        change = {UpdateType.PUT: [("n", age, now - age)]}
        tablestore.client.update_row("many", Row(HERE, change), Condition(RowExistenceExpectation.IGNORE))

    def read(**options: Any) -> list[tuple[int, int]]:
        _, row, _ = tablestore.client.get_row("many", HERE, **options)
        return [] if row is None else [(value, at) for _, value, at in row.attribute_columns]

    assert read(max_version=5) == [(1, now - 1), (2, now - 2)]
    assert read(max_version=1) == [(1, now - 1)]
    assert read(max_version=None, time_range=(now - 2, now - 1)) == [(2, now - 2)]
    assert read(max_version=None, time_range=now - 1) == [(1, now - 1)]
    drop = {UpdateType.DELETE: [("n", None, now - 1)]}
    tablestore.client.update_row("many", Row(HERE, drop), Condition(RowExistenceExpectation.IGNORE))
    assert read(max_version=5) == [(2, now - 2)]
    with refused("OTSParameterInvalid", "No version condition"):
        read(max_version=None)


def test_cells_and_then_rows_vanish_when_their_time_is_over(tablestore: Tablestore) -> None:
    tablestore.create("brief", life_s=86_400)
    tablestore.table = "brief"
    started = datetime.now(timezone.utc)
    tablestore.put(HERE, [("n", 1)])
    tablestore.put(key("a", 2), [("n", 2)])
    try:
        tablestore.cloud.clock = lambda: started + timedelta(hours=20)
        tablestore.put(key("a", 2), [("n", 3)])  # whose time begins again
        tablestore.cloud.clock = lambda: started + timedelta(hours=25)

        assert tablestore.columns(HERE) is None
        assert tablestore.range(*all_of("a")) == [2]
        tablestore.put(HERE, [("n", 1)], EXPECT_NOT_EXIST)
    finally:
        tablestore.cloud.clock = lambda: datetime.now(timezone.utc)


def test_a_number_is_given_by_the_table_and_told(tablestore: Tablestore) -> None:
    tablestore.create("counted", [("p", "STRING"), ("id", "INTEGER", PK_AUTO_INCR)])

    def add() -> int:
        row = Row([("p", "x"), ("id", PK_AUTO_INCR)], [("n", 1)])
        _, told = tablestore.client.put_row("counted", row, return_type=ReturnType.RT_PK)
        return int(told.primary_key[1][1])

    assert add() < add()


@pytest.mark.parametrize(
    ("at", "columns", "code", "why"),
    [
        ([("name", "a")], [], "OTSInvalidPK", "PK size fail. Input: 1, Meta: 2"),
        ([("name", "a"), ("other", 1)], [], "OTSInvalidPK", "PK name fail. Input: other, Meta: number"),
        (key(1, 1), [], "OTSInvalidPK", "Input: VT_INTEGER, Meta: VT_STRING"),
        (key("", 1), [], "OTSParameterInvalid", "'name' is empty"),
        (key("a" * 1025, 1), [], "OTSParameterInvalid", "MaxLength:1024 with CurrentLength:1025"),
        (HERE, [("c", "x" * (2 << 20) + "x")], "OTSParameterInvalid", "MaxLength:2097152"),
        (HERE, [("1c", 1)], "OTSParameterInvalid", "Invalid column name: '1c'"),
        (HERE, [("name", "x")], "OTSParameterInvalid", "with primary key column: 'name'"),
        (HERE, [(f"c{n}", 1) for n in range(1025)], "OTSParameterInvalid", "limit count: 1024"),
    ],
    ids=["size", "name", "type", "empty", "long", "value", "column", "twice", "many"],
)
def test_rows_beyond_what_a_table_takes_are_refused(
    tablestore: Tablestore, at: Any, columns: Any, code: str, why: str
) -> None:
    with refused(code, why):
        tablestore.put(at, columns)
    assert not tablestore.service.instances["certdeploy"].tables["rows"].rows


def test_a_request_of_more_than_four_megabytes_is_refused(
    tablestore: Tablestore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.LONGEST_REQUEST == 4 << 20
    monkeypatch.setattr(checks, "LONGEST_REQUEST", 4 << 10)
    with refused("OTSRequestBodyTooLarge", "too large", 413):
        tablestore.put(HERE, [("c", "x" * 70_000)])


def test_an_empty_text_in_a_key_is_taken_if_that_is_chosen(tablestore: Tablestore) -> None:
    tablestore.service.choose(empty_keys="taken")
    tablestore.put(key("", 1), [("n", 1)])
    assert tablestore.columns(key("", 1)) == {"n": 1}


def test_units_are_counted_by_four_kilobytes(tablestore: Tablestore) -> None:
    """Source: the pages of each operation; what a failed condition costs too."""
    spent = tablestore.put(HERE, [("c", "x" * 5000)])
    assert (spent.read, spent.write) == (0, 2)
    spent = tablestore.put(HERE, [("c", "x")], EXPECT_EXIST)
    assert (spent.read, spent.write) == (1, 1)
    with pytest.raises(OTSServiceError):
        tablestore.put(HERE, [("c", "x")], EXPECT_NOT_EXIST)
    assert tablestore.used() == (2, 4)
    tablestore.put(HERE, [("c", "x" * 9000)])
    before = tablestore.used()[0]
    assert tablestore.client.get_row("rows", HERE, max_version=1)[0].read == 3
    assert tablestore.client.get_row("rows", key("no", 1), max_version=1)[0].read == 1
    for number in range(2, 12):
        tablestore.put(key("a", number), [("c", "x" * 100)])
    assert tablestore.client.get_range("rows", "FORWARD", *all_of("a"))[0].read == 3  # not one for each row
    assert tablestore.used()[0] == before + 7
