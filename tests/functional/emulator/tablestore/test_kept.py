"""An instance that is kept in a file: what was answered is there after the next start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tablestore import PK_AUTO_INCR, Row, TableOptions

from emulator.cloud import Cloud
from emulator.estate import EstateError, parse_estate
from emulator.services.tablestore.plainbuffer import Cell
from emulator.services.tablestore.tablestore import Service
from tests.functional.emulator.tablestore.ots import IGNORE, Tablestore, all_of, key


def estate(file: Path) -> Any:
    return parse_estate(
        {"tablestore": [{"instance": "certdeploy", "region": "cn-hangzhou", "file": str(file)}]}
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "instance.jsonl"


def again(tablestore: Tablestore, file: Path) -> None:
    """As a start after a kill: nothing is said to the one before."""
    tablestore.cloud.load(estate(file))


def test_tables_and_rows_are_there_after_the_next_start(tablestore: Tablestore, file: Path) -> None:
    again(tablestore, file)
    tablestore.create()
    tablestore.create("brief", life_s=86_400, versions=2)
    tablestore.create("gone")
    tablestore.client.update_table("brief", TableOptions(172_800))
    tablestore.client.delete_table("gone")
    columns = {"text": "bücher", "n": -(2**63), "f": 1.0, "yes": True, "raw": bytearray(b"\0\xff")}
    tablestore.put(key("a", 1), columns.items())
    tablestore.put(key("a", 2), [("n", 1)])
    tablestore.put(key("a", 3), [("n", 1)])
    tablestore.put(key("a", 2), [("n", 2)])
    tablestore.client.delete_row("rows", key("a", 3), IGNORE)

    for _ in range(2):
        again(tablestore, file)
        assert tablestore.client.list_table() == ("brief", "rows")
        assert tablestore.client.describe_table("brief").table_options.time_to_live == 172_800
        assert tablestore.columns(key("a", 1)) == columns
        assert tablestore.columns(key("a", 2)) == {"n": 2}
        assert tablestore.range(*all_of("a")) == [1, 2]
    tablestore.cloud.reset()
    assert tablestore.range(*all_of("a")) == [1, 2]


def test_what_is_written_over_does_not_make_the_file_grow_for_ever(
    tablestore: Tablestore, file: Path
) -> None:
    again(tablestore, file)
    tablestore.create()
    for number in range(50):
        tablestore.put(key("a", 1), [("n", number)])
    grown = file.stat().st_size
    again(tablestore, file)
    assert file.stat().st_size * 5 < grown
    assert tablestore.columns(key("a", 1)) == {"n": 49}


def test_numbers_that_the_table_gives_go_on(tablestore: Tablestore, file: Path) -> None:
    again(tablestore, file)
    tablestore.create("counted", [("p", "STRING"), ("id", "INTEGER", PK_AUTO_INCR)])
    row = Row([("p", "x"), ("id", PK_AUTO_INCR)], [("n", 1)])
    tablestore.client.put_row("counted", row)
    again(tablestore, file)
    tablestore.client.put_row("counted", row)
    rows = tablestore.service.instances["certdeploy"].tables["counted"].rows
    assert [found[1] for found in rows] == [1, 2]


def test_a_line_that_was_cut_off_is_left_out(file: Path) -> None:
    cloud = Cloud(only=["tablestore"])
    cloud.load(estate(file))
    file.write_text(
        '{"table":"t","meta":{"primary_key":[{"name":"p","type":2}]},"options":{"time_to_live":-1,'
        '"max_versions":1,"deviation_cell_version_in_sec":1},"created":1,"last_number":0}\n'
        '{"table":"t","key":["a"],"cells":{},"written":1}\n{"table":"t","key":["b"],"cel'
    )
    cloud.load(estate(file))
    table = cloud.service(Service).instances["certdeploy"].tables["t"]
    assert list(table.rows) == [("a",)]
    table.put(("c",), [Cell("n", 1)], 2)
    cloud.load(estate(file))
    assert list(cloud.service(Service).instances["certdeploy"].tables["t"].rows) == [("a",), ("c",)]


@pytest.mark.parametrize("text", ["no JSON\n", "[]\n", "{}\n", '{"table":"t","gone":["a"]}\n'])
def test_a_file_of_something_else_is_refused_and_left_as_it_is(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(EstateError, match="is no file that keeps an instance"):
        Cloud(only=["tablestore"]).load(estate(file))
    assert file.read_text() == text
    with pytest.raises(EstateError, match="No such file"):
        Cloud(only=["tablestore"]).load(estate(file.parent / "none" / "x"))
