"""Rows that others have written, or that are damaged: they hide no other row, and are named where needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import UnreadableRowError
from shared.state import tables
from shared.state.repositories import Resources, SyncStatuses, Workers
from shared.state.store import Key, Store
from tests.builders import NOW, a_resource, a_worker

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
    assert {one.resource.resource_id for one in resources.serving(CDN, "1-cn-hangzhou")} == set(shop)
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
    (stray,) = resources.strays(CDN, [""])
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
