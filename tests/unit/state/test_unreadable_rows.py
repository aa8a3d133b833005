"""Rows that others have written, or that are damaged: they hide no other row, and are named where needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.accounts import OWN
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import ConflictError, InvalidRequestError, UnreadableRowError
from shared.state import tables
from shared.state.callers import Callers
from shared.state.leases import Leases
from shared.state.records import time_in
from shared.state.repositories import Jobs, Resources, Scans, SyncStatuses, Workers
from shared.state.store import Key, Row, Store
from tests.builders import NOW, a_job, a_resource, a_worker

CDN = CloudProduct.CDN
WWW: Key = ("CDN", "-", "www.example.com")
Spoils = Callable[[dict[str, Any]], Any]
SPOILS: dict[str, Spoils] = {
    "nothing": lambda row: {},
    "a field of another type": lambda row: {**row, "Resource": 7},
    "a product that nobody knows": lambda row: {**row, "Resource": {**row["Resource"], "Product": "Evil"}},
    "of another key": lambda row: {**row, "Resource": {**row["Resource"], "ResourceId": "x.example.com"}},
    "of another region": lambda row: {**row, "Resource": {**row["Resource"], "Region": "evil.example/"}},
}
#: Of rows that say no more than a time.
DOCUMENTS: tuple[dict[str, Any], ...] = (
    {},
    *({"Until": at, "At": at, "LastAt": at} for at in ("x", None, 7, "2026-01-01", "2026-01-01T00:00:00")),
)


@pytest.fixture(params=SPOILS, ids=str)
def spoil(request: pytest.FixtureRequest) -> Spoils:
    return SPOILS[request.param]


@pytest.fixture
def resources(store: Store, spoil: Spoils) -> Resources:
    """Two slots, of which the row of one is spoilt."""
    resources = Resources(store)
    for name in ("www.example.com", "shop.example.com"):
        resources.put(a_resource(name), NOW)
    row = store.get(tables.RESOURCES, WWW)
    assert row is not None
    store.put(tables.RESOURCES, WWW, spoil(dict(row.document)), version=row.version)
    return resources


def test_the_other_slots_are_read(resources: Resources) -> None:
    shop = ["shop.example.com"]
    assert [one.resource.resource_id for one in resources.list(CDN)] == shop
    assert [one.resource.resource_id for one in resources.by_names(["*.example.com"])] == shop
    assert {one.resource.resource_id for one in resources.serving(CDN, {"1-cn-hangzhou"})} == set(shop)
    assert list(resources.find_many(["CDN/-/www.example.com", "CDN/-/shop.example.com"])) == [
        "CDN/-/shop.example.com"
    ]


def test_who_needs_the_row_is_told_which_it_is_and_nothing_of_what_is_in_it(resources: Resources) -> None:
    with pytest.raises(
        UnreadableRowError, match=r"^the row 'CDN'/'-'/'www.example.com' of resources "
    ) as told:
        resources.get("CDN/-/www.example.com")

    assert "evil" not in str(told.value).lower()


def test_a_slot_that_is_found_takes_the_place_of_such_a_row(resources: Resources) -> None:
    resources.put(a_resource(), NOW)

    assert resources.get("CDN/-/www.example.com").resource == a_resource()


def test_such_a_row_is_a_stray(resources: Resources) -> None:
    (stray,) = resources.strays(CDN, [""], {OWN})
    resources.remove_stray(stray)

    assert resources.find("CDN/-/www.example.com") is None
    assert len(list(resources.list(CDN))) == 1


def test_a_worker_s_row_is_of_its_own_key(store: Store) -> None:
    workers = Workers(store)
    workers.add([a_worker(1), a_worker(2)])
    row = store.get(tables.WORKERS, (1, "CDN", 0, 1))
    assert row is not None
    forged = {**row.document, "Resource": {**row.document["Resource"], "Product": "FC"}}
    store.put(tables.WORKERS, row.key, forged, version=row.version)

    assert [worker.worker_id for worker in workers.list(1)] == [2]


def test_a_status_that_cannot_be_read_is_written_anew(store: Store) -> None:
    store.put(tables.SYNC_STATUS, ("CDN", "-"), {"State": "evil"}, version=0)
    statuses = SyncStatuses(store)
    assert list(statuses.list(CDN)) == []

    statuses.put(SyncStatus(product=CDN, state=SyncState.SYNCED, started_at=NOW))

    assert [status.state for status in statuses.list(CDN)] == [SyncState.SYNCED]


@pytest.mark.parametrize("document", [[], None, "x", 7])
def test_a_row_that_is_no_document_tells_no_time(document: Any) -> None:
    assert time_in(Row(("x",), 1, document), "Until") is None


@pytest.mark.parametrize("forged", DOCUMENTS, ids=str)
def test_a_lease_without_an_end_that_can_be_read_holds_nothing(store: Store, forged: dict[str, Any]) -> None:
    store.put(tables.LEASES, ("a listener",), forged, version=0)

    with Leases(store, lambda: NOW).hold("a listener", "me", 60):
        pass

    assert store.get(tables.LEASES, ("a listener",)) is None


@pytest.mark.parametrize("forged", DOCUMENTS, ids=str)
def test_a_caller_without_an_end_that_can_be_read_is_none_and_its_row_goes(
    store: Store, forged: dict[str, Any]
) -> None:
    callers = Callers(store, lambda: NOW)
    store.put(tables.CALLERS, ("CDN", 1, 0, "another"), forged, version=0)

    assert callers.at_work("CDN", 1) == frozenset()
    assert callers.join(("CDN", 1, 1), "this one", 15) == 1
    assert [row.key[3] for row in store.range(tables.CALLERS, ("CDN",))] == ["this one"]


@pytest.mark.parametrize("forged", DOCUMENTS, ids=str)
def test_a_job_that_is_said_to_be_stored_until_no_time_that_can_be_read_is_looked_for(
    store: Store, forged: dict[str, Any]
) -> None:
    jobs = Jobs(store)
    begun = jobs.begin(a_job(2, storing_until=NOW))
    for number in (1, 2):
        row = store.get(tables.OPEN_JOBS, ("storing", 0, number))
        store.put(tables.OPEN_JOBS, ("storing", 0, number), forged, version=row.version if row else 0)

    assert list(jobs.cut_off(NOW)) == [begun]
    assert [row.key[2] for row in store.range(tables.OPEN_JOBS, ("storing",))] == [2]


@pytest.mark.parametrize("forged", DOCUMENTS, ids=str)
def test_a_store_whose_last_scan_cannot_be_read_keeps_its_baseline_and_is_scanned_again(
    store: Store, forged: dict[str, Any]
) -> None:
    scans = Scans(store)
    store.put(tables.SCANS, ("cn-hangzhou",), forged, version=0)
    assert (scans.has_baseline("cn-hangzhou"), scans.last("cn-hangzhou")) == (True, None)

    scans.scanned("cn-hangzhou", NOW)

    assert scans.last("cn-hangzhou") == NOW


@pytest.mark.parametrize("document", [None, [], "x", 7], ids=str)
def test_a_scan_and_an_index_write_over_a_row_that_is_no_document(store: Store, document: Any) -> None:
    store.put(tables.SCANS, ("cn-hangzhou",), {}, version=0)
    store.put(
        tables.RESOURCE_DOMAINS, ("example.com", "www.example.com", "CDN/-/www.example.com"), {}, version=0
    )
    damaged = Damaged(store, document)

    Scans(damaged).scanned("cn-hangzhou", NOW)
    Resources(damaged).put(a_resource(), NOW)

    assert Scans(store).last("cn-hangzhou") == NOW
    assert len(list(Resources(store).by_names(["*.example.com"]))) == 1


@pytest.mark.parametrize("version", ["", "x", 1.5, -1])
def test_a_row_whose_version_is_spoilt_is_written_anew(store: Store, version: Any) -> None:
    written: list[Any] = []

    class Odd(Damaged):
        def get(self, table: tables.Table, key: Key) -> Row | None:
            return Row(key, version, self._document)

        def put(self, table: tables.Table, key: Key, document: Any, *, version: int) -> int:
            written.append(version)
            return 1

    Resources(Odd(store, {})).put(a_resource(), NOW)
    SyncStatuses(Odd(store, {})).put(SyncStatus(product=CDN, state=SyncState.SYNCED, started_at=NOW))

    assert written == [version, version]


class Damaged:
    """A store in which each row holds something else."""

    def __init__(self, store: Store, document: Any) -> None:
        self._store, self._document = store, document

    def get(self, table: tables.Table, key: Key) -> Row | None:
        row = self._store.get(table, key)
        return Row(key, row.version, self._document) if row else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_what_utf_8_has_no_form_for_is_stored_as_a_question_mark_and_fits_no_key(store: Store) -> None:
    """As in a message of the cloud's."""
    store.put(tables.JOBS, ("-", 1), {"Reason": "half \ud800 of a pair", "\udfff": 1}, version=0)

    row = store.get(tables.JOBS, ("-", 1))
    assert row is not None
    assert row.document == {"Reason": "half ? of a pair", "?": 1}
    for odd in (("CDN", "-", "\ud800"), ("CDN", "-", "a\ud800.example.com")):
        assert store.get(tables.RESOURCES, odd) is None
        assert list(store.get_many(tables.RESOURCES, [odd])) == []
        assert list(store.range(tables.RESOURCES, odd)) == []
        with pytest.raises(InvalidRequestError):
            store.put(tables.RESOURCES, odd, {}, version=0)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**400])
def test_a_number_that_no_row_can_have_is_the_key_of_none(store: Store, number: int) -> None:
    key: Key = ("-", number)
    assert store.get(tables.JOBS, key) is None
    assert list(store.range(tables.JOBS, key)) == []
    store.delete(tables.JOBS, key, version=1)
    for write in (
        lambda: store.put(tables.JOBS, key, {}, version=0),
        lambda: store.put_many(tables.JOBS, [(key, {})]),
    ):
        with pytest.raises(InvalidRequestError):
            write()
    assert Jobs(store).find(number) is None


def test_a_row_that_takes_no_write_is_given_up_and_hides_no_other(store: Store) -> None:
    resources = Resources(Stuck(store))
    with pytest.raises(ConflictError):
        resources.put(a_resource(), NOW)

    Resources(store).put(a_resource("shop.example.com"), NOW)


class Stuck:
    """A store in which no row of a slot takes a write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, table: tables.Table, key: Key, document: Any, *, version: int) -> int:
        if table is tables.RESOURCES:
            raise ConflictError(table.name, "")
        return self._store.put(table, key, document, version=version)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
