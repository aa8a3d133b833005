"""Rows that others wrote, keys that Tablestore does not take, pages that end early."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from emulator.cloud import Cloud, utc_now
from emulator.services.tablestore import reads
from emulator.services.tablestore.plainbuffer import Cell
from emulator.services.tablestore.tablestore import Service
from shared.errors import (
    ConflictError,
    InvalidRequestError,
)
from shared.state.store import Key
from shared.state.tables import JOBS, LEASES, RESOURCE_DOMAINS, WORKERS
from shared.state.tablestore import TablestoreStore
from shared.state.tablestore_address import Address
from tests.tablestores import actions

KEY: Key = ("me", 1)


def test_what_others_wrote_is_told_and_not_guessed(
    store: TablestoreStore, cloud: Cloud, address: Address
) -> None:
    table = cloud.service(Service).instances[address.instance].tables["jobs"]
    now = int(utc_now().timestamp() * 1000)
    for number, cells in enumerate(
        (
            [],
            [Cell("version", 1)],
            [Cell("version", 1), Cell("document", "[" * 99_999)],
            [Cell("document", "{}")],
            [Cell("version", "x"), Cell("document", "[]")],
        )
    ):
        table.put(("me", number), cells, now)
        row = store.get(JOBS, ("me", number))
        assert row is not None
        assert not row.document
        with pytest.raises(ConflictError):
            store.put(JOBS, ("me", number), {}, version=2)


def test_a_row_that_others_spoilt_hides_no_other_and_may_be_written_anew_or_removed(
    store: TablestoreStore, cloud: Cloud, address: Address
) -> None:
    table = cloud.service(Service).instances[address.instance].tables["jobs"]
    now = int(utc_now().timestamp() * 1000)
    for number, document in enumerate(
        ("x", "[]", "[" * 99_999, '{"a":' * 200 + "1" + "}" * 200, b"\xff"), start=1
    ):
        table.put(("me", number), [Cell("version", "y"), Cell("document", document)], now)
    store.put(JOBS, ("me", 9), {"a": 1}, version=0)

    rows = list(store.range(JOBS, ("me",)))

    assert [row.document for row in rows] == [None, None, None, None, None, {"a": 1}]
    assert list(store.get_many(JOBS, [row.key for row in rows])) == rows
    store.put(JOBS, ("me", 1), {"a": 2}, version=rows[0].version)
    store.delete(JOBS, ("me", 2), version=rows[1].version)
    assert [row.document for row in store.range(JOBS, ("me",))] == [{"a": 2}, None, None, None, {"a": 1}]


def test_an_empty_text_in_a_key_is_stored_as_another(store: TablestoreStore, cloud: Cloud) -> None:
    """The parent of a name with one label is empty. What Tablestore makes of it, nobody has seen."""
    stored: list[Key] = [("", "localhost", "a"), ("", "!x", "b"), ("!", "x", "c"), ("!!", "", "!")]
    for key in stored:
        store.put(RESOURCE_DOMAINS, key, {}, version=0)
    for key in stored:
        row = store.get(RESOURCE_DOMAINS, key)
        assert row is not None
        assert row.key == key
    assert [row.key for row in store.range(RESOURCE_DOMAINS, ("",))] == [stored[1], stored[0]]
    assert [row.key for row in store.range(RESOURCE_DOMAINS, ("!",))] == [stored[2]]
    assert [row.key for row in store.get_many(RESOURCE_DOMAINS, stored)] == stored


def test_a_key_that_is_too_long_names_no_row_and_is_not_written(store: TablestoreStore, cloud: Cloud) -> None:
    for name in ("é" * 512, "\ud800"):
        assert store.get(LEASES, (name,)) is None
        assert list(store.range(LEASES, (name,))) == []
        store.delete(LEASES, (name,), version=1)
        with pytest.raises(InvalidRequestError, match="leases"):
            store.put(LEASES, (name,), {}, version=0)
    assert actions(cloud) == []
    store.put(LEASES, ("!" * 1023,), {}, version=0)


def test_pages_end_where_tablestore_ends_them(
    store: TablestoreStore, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_many(WORKERS, (((1, "CDN", 0, number), {"x": "y" * 50}) for number in range(20)))
    monkeypatch.setattr(reads, "MOST_BYTES", 300)

    found = [row.key[-1] for row in store.range(WORKERS, (1, "CDN"))]

    assert found == list(range(20))
    assert actions(cloud).count("GetRange") > 5


def test_an_empty_page_is_not_the_last_one(
    store: TablestoreStore, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_many(WORKERS, (((1, "CDN", 0, number), {}) for number in range(3)))
    whole = reads.pages

    def one_empty_page(table: Any, rows: Any, wanted: Any) -> Any:
        monkeypatch.setattr(reads, "pages", whole)
        return [], next(rows), 0

    monkeypatch.setattr(reads, "pages", one_empty_page)

    assert [row.key[-1] for row in store.range(WORKERS, (1,))] == [0, 1, 2]
    assert actions(cloud).count("GetRange") == 2


def test_meeting_another_writer_is_no_error_in_the_log(
    store: TablestoreStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The SDK logs it as one, with what was asked."""
    caplog.set_level(logging.DEBUG)
    store.put(JOBS, KEY, {"n": "a document"}, version=0)
    with pytest.raises(ConflictError):
        store.put(JOBS, KEY, {}, version=0)
    assert [record for record in caplog.records if "tablestore" in record.name] == []
