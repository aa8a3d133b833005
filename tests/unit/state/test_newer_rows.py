"""Rows that a newer version wrote: read as far as this one knows them, and written back whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.certificates import CertificateRecord
from shared.domain.contacts import Notification
from shared.domain.resources import CloudProduct, Sweep, SyncState, SyncStatus
from shared.errors import UnreadableRowError
from shared.state import tables
from shared.state.callers import Callers
from shared.state.contacts import Notifications
from shared.state.repositories import Certificates, Jobs, Resources, Scans, Sweeps, SyncStatuses, Workers
from shared.state.store import Key, Store
from shared.state.tables import Table
from tests.builders import NOW, a_certificate, a_job, a_resource, a_worker, signed_by

CDN = CloudProduct.CDN
WWW = "CDN/-/www.example.com"
LATER = NOW + timedelta(hours=1)
#: A row, or a part of one, as a newer version writes it.
NEWS: dict[str, Any] = {"Newer": {"Deep": [1, {"Est": None}], "großes": 2**70}, "model_config": 1, "_": ""}


MAPS = {"Products", "OthersBefore"}  #: no parts of ours: names of products and of fields


def aged(document: Any) -> Any:
    """With fields that nobody knows yet in it and in each part of it."""
    if isinstance(document, list):
        return [aged(part) for part in document]
    if isinstance(document, dict):
        parts = {name: part if name in MAPS else aged(part) for name, part in document.items()}
        return {**parts, **NEWS}
    return document


def renew(store: Store, table: Table, *key: str | int) -> dict[str, Any]:
    """A newer version writes the row; what it holds now."""
    row = store.get(table, key)
    assert row is not None
    store.put(table, key, aged(dict(row.document)), version=row.version)
    return the_row(store, table, *key)


def the_row(store: Store, table: Table, *key: str | int) -> dict[str, Any]:
    row = store.get(table, key)
    assert row is not None, f"{table.name} has no row {key}"
    return dict(row.document)


def test_a_worker_goes_on_and_its_row_loses_nothing(store: Store) -> None:
    workers = Workers(store)
    settings = {"Http2": "on"}
    workers.add([a_worker(settings_before=settings, deployed=a_resource())])
    written = renew(store, tables.WORKERS, 1, "CDN", 0, 42)

    (worker,) = workers.list(1)
    workers.save(worker.evolve(attempts=1, reason="busy"))

    assert the_row(store, tables.WORKERS, 1, "CDN", 0, 42) == {**written, "Attempts": 1, "Reason": "busy"}


def test_a_job_goes_on_and_its_rows_lose_nothing(store: Store) -> None:
    jobs = Jobs(store)
    jobs.open(jobs.save(a_job()))
    due: Key = ("-", int(NOW.timestamp() * 1000), 1)
    written = [renew(store, tables.JOBS, "-", 1), renew(store, tables.OPEN_JOBS, *due)]

    jobs.open(jobs.save(jobs.get(1).evolve(success_count=1)))

    assert the_row(store, tables.JOBS, "-", 1) == {**written[0], "SuccessCount": 1}
    assert the_row(store, tables.OPEN_JOBS, *due) == written[1]


def test_a_certificate_that_says_the_same_keeps_all_of_its_row(store: Store) -> None:
    certificates, listed = Certificates(store), a_certificate(**signed_by("A CA", "A root"))
    certificates.save(CertificateRecord(certificate=listed))
    written = renew(store, tables.CERTIFICATES, "cn-hangzhou", 7)

    record = certificates.get("7-cn-hangzhou")
    certificates.save(record.evolve(certificate=record.certificate.as_told_by(listed), issued_handled=True))

    assert the_row(store, tables.CERTIFICATES, "cn-hangzhou", 7) == {**written, "IssuedHandled": True}


def test_a_slot_that_is_seen_again_as_it_was_keeps_all_of_its_row(store: Store) -> None:
    resources = Resources(store)
    resources.put(a_resource(), NOW)
    written = renew(store, tables.RESOURCES, "CDN", "-", "www.example.com")

    resources.put(a_resource(), LATER)

    seen = {**written, "SeenAt": "2026-05-01T13:00:00Z"}
    assert the_row(store, tables.RESOURCES, "CDN", "-", "www.example.com") == seen


def test_of_a_slot_that_is_seen_otherwise_what_was_said_of_the_former_sight_goes(store: Store) -> None:
    resources = Resources(store)
    resources.put(a_resource(), NOW)
    renew(store, tables.RESOURCES, "CDN", "-", "www.example.com")

    resources.put(a_resource(cert_identifier="7-cn-hangzhou"), LATER)

    document = the_row(store, tables.RESOURCES, "CDN", "-", "www.example.com")
    assert {name: document[name] for name in NEWS} == NEWS
    assert not NEWS.keys() & document["Resource"].keys()


def test_a_slot_s_names_lead_to_it_and_their_rows_keep_what_they_say(store: Store) -> None:
    resources, key = Resources(store), ("example.com", "www.example.com", WWW)
    resources.put(a_resource(), NOW)
    renew(store, tables.RESOURCE_DOMAINS, *key)

    resources.put(a_resource(), LATER)
    assert the_row(store, tables.RESOURCE_DOMAINS, *key) == NEWS
    resources._marked(WWW, {"www.example.com"})
    assert [one.resource.slot for one in resources.by_names(["*.example.com"])] == [WWW]
    assert the_row(store, tables.RESOURCE_DOMAINS, *key) == {**NEWS, "Leaving": True}
    resources.put(a_resource(), LATER + timedelta(days=1))
    assert the_row(store, tables.RESOURCE_DOMAINS, *key) == NEWS


def test_a_discovery_and_its_state_go_on_and_their_rows_lose_nothing(store: Store) -> None:
    statuses, sweeps = SyncStatuses(store), Sweeps(store)
    statuses.put(SyncStatus(product=CDN, state=SyncState.SYNCING, started_at=NOW))
    sweeps.save(Sweep(product=CDN, started_at=NOW, handed_on_at=NOW))
    written = [renew(store, table, "CDN", "-") for table in (tables.SYNC_STATUS, tables.SWEEPS)]

    statuses.put(SyncStatus(product=CDN, state=SyncState.SYNCED, started_at=NOW))
    sweep = sweeps.find(CDN, "")
    assert sweep is not None
    sweeps.save(sweep.evolve(count=3))

    assert the_row(store, tables.SYNC_STATUS, "CDN", "-") == {**written[0], "State": "synced"}
    assert the_row(store, tables.SWEEPS, "CDN", "-") == {**written[1], "Count": 3}


def test_rows_that_say_no_more_than_a_time_keep_the_rest(store: Store) -> None:
    scans, callers = Scans(store), Callers(store, lambda: NOW)
    scans.set_baseline("cn-hangzhou", NOW)
    callers.join(("CDN", 1, 0), "me", 15)
    renew(store, tables.SCANS, "cn-hangzhou")
    renew(store, tables.CALLERS, "CDN", 1, 0, "me")

    scans.scanned("cn-hangzhou", LATER)
    callers.join(("CDN", 1, 0), "me", 30)

    assert the_row(store, tables.SCANS, "cn-hangzhou").items() >= NEWS.items()
    assert scans.last("cn-hangzhou") == LATER
    until = {"Until": "2026-05-01T12:00:30+00:00"}
    assert the_row(store, tables.CALLERS, "CDN", 1, 0, "me") == {**NEWS, **until}


SPOILS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a status": lambda row: {**row, "Status": "paused"},
    "a step": lambda row: {**row, "HalfMade": ["tied up"]},
    "a form": lambda row: {**row, "Resource": "CDN/-/www.example.com"},
}


@pytest.mark.parametrize("how", SPOILS)
def test_a_row_with_a_known_field_in_a_form_of_later_is_named_and_the_others_are_read(
    store: Store, how: str
) -> None:
    workers = Workers(store)
    workers.add([a_worker(1), a_worker(2)])
    row = store.get(tables.WORKERS, (1, "CDN", 0, 1))
    assert row is not None
    store.put(tables.WORKERS, row.key, SPOILS[how](aged(row.document)), version=row.version)

    assert [worker.worker_id for worker in workers.list(1)] == [2]
    with pytest.raises(UnreadableRowError, match=r"^the row 1/'CDN'/0/1 of workers "):
        workers.find(a_worker(1))


def test_a_notification_that_is_put_off_keeps_what_its_row_says(store: Store) -> None:
    told = Notifications(store)
    told.announce(
        Notification(about="job-1", notification_id="n", body={}, contact_ids=(1,), created_at=NOW), NOW
    )
    renew(store, tables.OPEN_NOTIFICATIONS, "-", "job-1", "n")

    (opened,) = told.opened()
    told.put_off(opened, LATER)

    (again,) = told.opened()
    assert again.due == LATER
    assert the_row(store, tables.OPEN_NOTIFICATIONS, "-", "job-1", "n").items() >= NEWS.items()
