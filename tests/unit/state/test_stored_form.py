"""Where and how records are stored: what one version stored is there for the next, and for other drivers."""

from datetime import timedelta

from shared.domain.certificates import CertificateRecord
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.state.leases import Leases
from shared.state.repositories import Certificates, Jobs, Resources, Scans, SyncStatuses, Workers
from shared.state.store import Row, Store
from shared.state.tables import (
    CERTIFICATES,
    JOBS,
    LEASES,
    OPEN_JOBS,
    RESOURCE_DOMAINS,
    RESOURCES,
    SCANS,
    SYNC_STATUS,
    WORKERS,
    Table,
)
from tests.builders import NOW, a_certificate, a_job, a_listener_slot, a_resource, a_worker


def the_row(store: Store, table: Table, *key: str | int) -> Row:
    row = store.get(table, key)
    assert row is not None, f"{table.name} has no row {key}"
    return row


def test_a_certificate_is_stored_by_store_and_id(store: Store) -> None:
    Certificates(store).save(CertificateRecord(certificate=a_certificate(7)))
    document = the_row(store, CERTIFICATES, "cn-hangzhou", 7).document
    assert document["Certificate"]["NotAfter"] == "2026-07-29T12:00:00Z"
    dealt_with = {
        "IssuedHandled",
        "IssuedUnseen",
        "ExpiringHandledDays",
        "ExpiringUnseen",
        "OnlyTold",
        "LevelAskedAt",
        "MissingTold",
    }
    assert document.keys() == {"Certificate", *dealt_with}


def test_a_slot_is_stored_by_product_region_and_id_and_by_each_of_its_names(store: Store) -> None:
    Resources(store).put(a_listener_slot(domains=("a.example.com", "*.example.org")), NOW)
    Resources(store).put(a_resource("www.example.com"), NOW)

    slot = the_row(store, RESOURCES, "ALB", "cn-hangzhou", "lsn-1/default").document
    assert slot.keys() == {"Resource", "SeenAt", "ToldDays", "Memo", "Placed", "DriftTold", "Missed"}
    assert (slot["SeenAt"], slot["Resource"]["ListenerId"]) == ("2026-05-01T12:00:00Z", "lsn-1")
    assert the_row(store, RESOURCES, "CDN", "-", "www.example.com").document["ToldDays"] is None
    name = "ALB/cn-hangzhou/lsn-1/default"
    assert the_row(store, RESOURCE_DOMAINS, "example.com", "a.example.com", name).document == {}
    assert the_row(store, RESOURCE_DOMAINS, "example.org", "*.example.org", name).document == {}


def test_a_job_is_stored_under_the_one_owner_and_while_open_by_the_time_it_is_due(store: Store) -> None:
    due = NOW + timedelta(milliseconds=5)
    Jobs(store).save(a_job(7, schedule_time=due))
    Jobs(store).open(a_job(7, schedule_time=due))

    document = the_row(store, JOBS, "-", 7).document
    assert (document["JobId"], document["Products"]) == (7, {"CDN": 1})
    assert "Version" not in document
    assert the_row(store, OPEN_JOBS, "-", 1777636800005, 7).document == {}


def test_a_worker_is_stored_by_job_product_shard_and_number(store: Store) -> None:
    Workers(store).save(a_worker(42, job_id=7))
    assert the_row(store, WORKERS, 7, "CDN", 0, 42).document["CertIdentifier"] == "7-cn-hangzhou"


def test_the_state_of_a_discovery_is_stored_by_product_and_region(store: Store) -> None:
    for region in ("cn-hangzhou", ""):
        status = SyncStatus(product=CloudProduct.ALB, region=region, state=SyncState.SYNCED, started_at=NOW)
        SyncStatuses(store).put(status)
    assert the_row(store, SYNC_STATUS, "ALB", "cn-hangzhou").document["State"] == "synced"
    assert the_row(store, SYNC_STATUS, "ALB", "-").document["Region"] == ""


def test_a_baseline_and_a_lease_are_stored_by_name(store: Store) -> None:
    Scans(store).set_baseline("cn-hangzhou", NOW)
    assert the_row(store, SCANS, "cn-hangzhou").document == {"At": "2026-05-01T12:00:00+00:00"}
    with Leases(store, lambda: NOW).hold("CDN/-/www.example.com", "request-1", 60):
        held = the_row(store, LEASES, "CDN/-/www.example.com").document
    assert held == {"Holder": "request-1", "Until": "2026-05-01T12:01:00+00:00"}


def test_what_an_earlier_version_stored_is_read(store: Store) -> None:
    """It lacks what was added since."""
    version = store.put(
        WORKERS,
        (7, "CDN", 0, 42),
        {
            "JobId": 7,
            "WorkerId": 42,
            "Resource": {"Product": "CDN", "ResourceId": "www.example.com", "Domains": ["www.example.com"]},
            "CertIdentifier": "7-cn-hangzhou",
            "Status": "pending",
        },
        version=0,
    )

    (worker,) = Workers(store).list(7)

    resource = a_resource(cert_identifier="", cert_not_after=None, endpoint="")
    assert worker == a_worker(42, job_id=7, resource=resource, version=version)
