"""Two versions on one state, as while functions are rolled out: the work ends, and no row loses anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.state.store import Document, Key, Row, Store, Write
from shared.state.tables import (
    CERTIFICATES,
    JOBS,
    RESOURCES,
    SCANS,
    SYNC_STATUS,
    WORKERS,
    Table,
)
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, rolled_back_once, statuses
from tests.rows import one_by_one

W = WorkerStatus
NEWS: Final = {"Newer": {"Deep": [1, {"Est": None}]}}
_MAPS: Final = {"Products", "OthersBefore", "SettingsBefore"}  #: no parts of ours: their names are data
#: Tables whose rows stay, while these stories are told.
_STAY: Final = (CERTIFICATES, JOBS, RESOURCES, SCANS, SYNC_STATUS, WORKERS)


def _with_news(document: Any) -> Any:
    if isinstance(document, list):
        return [_with_news(part) for part in document]
    if isinstance(document, dict):
        return {**{k: part if k in _MAPS else _with_news(part) for k, part in document.items()}, **NEWS}
    return document


def _without_news(document: Any) -> Any:
    if isinstance(document, list):
        return [_without_news(part) for part in document]
    if isinstance(document, dict):
        return {name: _without_news(part) for name, part in document.items() if name not in NEWS}
    return document


class Newer:
    """The state as a version of later uses it: each row, and each part of one, has a field more.

    What it wrote, and finds without, is lost.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written: set[tuple[str, Key]] = set()
        self.lost: list[tuple[str, Key]] = []
        self.kept = 0  #: rows that the other version had written meanwhile
        self._versions: dict[tuple[str, Key], int] = {}

    def get(self, table: Table, key: Key) -> Row | None:
        row = self._store.get(table, key)
        return self._read(table, row) if row else None

    def get_many(self, table: Table, keys: Iterable[Key]) -> Iterator[Row]:
        return (self._read(table, row) for row in self._store.get_many(table, keys))

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        done = self._store.put(table, key, _with_news(document), version=version)
        self._versions[table.name, key] = done
        return done

    def put_many(self, table: Table, rows: Iterable[tuple[Key, Document]]) -> None:
        for key, document in rows:
            self.put(table, key, document, version=0)

    def write_many(self, table: Table, rows: Iterable[Write]) -> list[Key]:
        return one_by_one(self, table, rows)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._store.delete(table, key, version=version)

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        return (self._read(table, row) for row in self._store.range(table, prefix, below=below, after=after))

    def _read(self, table: Table, row: Row) -> Row:
        written = self._versions.get((table.name, row.key))
        if table in _STAY and written not in (None, row.version):
            whole = row.document.items() >= NEWS.items()
            if table is WORKERS:  # its slot is as it was planned, whoever writes the row
                whole = whole and row.document["Resource"].items() >= NEWS.items()
            self.kept += whole
            self.lost += [] if whole else [(table.name, row.key)]
        return Row(row.key, row.version, _without_news(row.document))


def in_turns(platform: Platform) -> Newer:
    """From now on each function that is invoked is of the other version than the one before."""
    older, deliver = platform.store, platform.deliver
    newer, turns = Newer(older), [0]

    def delivered(function: str, payload: bytes) -> None:
        turns[0] += 1
        platform.store = newer if turns[0] % 2 else older
        deliver(function, payload)

    platform.deliver = delivered  # type: ignore[method-assign]
    return newer


@pytest.mark.long
def test_a_job_that_two_versions_work_on_in_turns_ends_and_no_row_loses_anything(platform: Platform) -> None:
    newer = in_turns(platform)
    platform.tick("scan_expiry", "discover_resources")  # an odd number of functions: the versions change
    new = platform.renew(*NAMES)
    platform.tick("scan_expiry")
    platform.tick("discover_resources")

    assert platform.failures == []
    assert platform.job().status is JobStatus.SUCCESS
    assert statuses(platform) == {W.SUCCESS: 4}
    assert all(worker.cert_identifier == new for worker in platform.workers().values())
    assert len(platform.writes()) == len(set(platform.writes())) == 5

    platform.cloud.calls.clear()
    platform.call("manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id}})
    platform.drain()
    rolled_back_once(platform)
    assert newer.lost == []
    assert newer.kept >= 15, "too few rows were written in turns to prove anything"


def test_a_worker_s_row_in_a_form_of_later_stops_no_other_and_is_not_called_done(platform: Platform) -> None:
    platform.renew(*NAMES)
    platform.queue.append(("scan_expiry", b"{}"))
    platform.drain(until="deploy_")
    worker = platform.workers()[WWW]
    key = (worker.job_id, "CDN", 0, worker.worker_id)
    row = platform.store.get(WORKERS, key)
    assert row is not None
    version = platform.store.put(WORKERS, key, {**row.document, "Status": "paused"}, version=row.version)

    platform.drain()
    platform.tick("run_deployment_jobs")

    assert statuses(platform) == {W.SUCCESS: 3}
    assert not any("bug" in why or "internal" in why for _, why in platform.failures), platform.failures
    assert platform.job().status is not JobStatus.SUCCESS
    still = platform.store.get(WORKERS, key)
    assert still is not None
    assert (still.version, still.document["Status"]) == (version, "paused")
