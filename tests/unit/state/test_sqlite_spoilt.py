"""Rows in SQLite that others have written as only they can: no UTF-8, or columns of another type."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.errors import UnreadableRowError
from shared.state import sqlite
from shared.state.check import Check
from shared.state.portable import Export
from shared.state.repositories import Jobs, Resources, Workers
from shared.state.retention import forget_old
from shared.state.sqlite import SqliteStore
from shared.state.tables import RESOURCES, Table
from tests.builders import NOW, a_job, a_resource, a_worker

NO_TEXT = b"\xff\x80{"
CDN = a_resource().product


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two slots, and a job with a worker."""
    path = tmp_path / "state.sqlite"
    store = SqliteStore(path)
    for name in ("shop.example.com", "www.example.com"):
        Resources(store).put(a_resource(name), NOW)
    Workers(store).add([a_worker(job_id=7)])
    jobs = Jobs(store)
    job = a_job(7, schedule_time=NOW)
    jobs.open(job)
    jobs.save(job)
    return path


def spoil(path: Path, table: str, column: str, value: Any, *, text: bool = False) -> None:
    """In the first row; `text`: bytes that SQLite takes for text."""
    how = "CAST(? AS TEXT)" if text else "?"
    with closing(sqlite3.connect(path)) as state, state:
        names = [row[1] for row in state.execute(f"PRAGMA table_info({table})")][:-2]
        key = ", ".join(names)
        first = f"(SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)"
        done = state.execute(f"UPDATE {table} SET {column} = {how} WHERE ({key}) = {first}", (value,))
        assert done.rowcount == 1


def ids(store: SqliteStore) -> list[str]:
    return [one.resource.resource_id for one in Resources(store).list(CDN)]


def test_a_document_that_is_no_text_makes_its_row_unreadable_and_no_other(path: Path) -> None:
    spoil(path, "resources", "document", NO_TEXT, text=True)
    store = SqliteStore(path)

    assert ids(store) == ["www.example.com"]
    with pytest.raises(UnreadableRowError, match=r"^the row 'CDN'/'-'/'shop.example.com' of resources "):
        Resources(store).find("CDN/-/shop.example.com")
    assert list(Resources(store).find_many(["CDN/-/shop.example.com", "CDN/-/www.example.com"])) == [
        "CDN/-/www.example.com"
    ]
    Resources(store).put(a_resource("shop.example.com"), NOW)
    assert ids(store) == ["shop.example.com", "www.example.com"]


SPOILT: tuple[tuple[str, str, Any], ...] = (
    ("resources", "document", NO_TEXT),
    ("resources", "resource_id", NO_TEXT),
    ("resource_domains", "slot", NO_TEXT),
    ("workers", "product", NO_TEXT),
    ("workers", "job_id", "x"),
    ("jobs", "job_id", "x"),
    ("jobs", "job_id", 1.5),
    ("open_jobs", "due", "x"),
    ("open_jobs", "job_id", NO_TEXT),
    ("open_jobs", "owner", NO_TEXT),
)


@pytest.mark.parametrize(("table", "column", "value"), SPOILT, ids=str)
def test_each_is_told_by_a_check_left_out_of_an_export_and_in_nobody_s_way(
    path: Path, table: str, column: str, value: Any
) -> None:
    spoil(path, table, column, value, text=isinstance(value, bytes))
    store = SqliteStore(path)

    found = Check(store, NOW, served=None).look().findings

    assert [one.what for one in found if "no document that certdeploy wrote" in one.what], found
    export = Export(store)
    assert {name.name for name, *_ in export.rows()} >= {"resources"}
    assert len(export.left_out) == 1
    list(Jobs(store).due(NOW))
    list(Jobs(store).cut_off(NOW))
    forget_old(store, NOW)
    assert set(ids(store)) >= {"www.example.com"}


def test_a_list_goes_on_after_a_page_that_ends_with_such_a_key(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(path, "resources", "resource_id", b"a\xff", text=True)
    monkeypatch.setattr(sqlite, "_PAGE", 1)
    store = SqliteStore(path)

    assert ids(store) == ["www.example.com"]
    assert [found.key[-1] for found in store.all_of(RESOURCES)] == [b"a\xff", "www.example.com"]


@pytest.mark.parametrize(
    ("key", "fits"), [(("a", 1), False), (("a", "b", "c"), True), ((b"a", "b", "c"), False)]
)
def test_a_key_fits_a_table_by_the_types_of_its_columns(key: tuple[object, ...], fits: bool) -> None:
    table: Table = RESOURCES
    assert table.fits(key) is fits
