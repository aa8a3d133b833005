"""Certificates, scans of their stores and the state of discoveries, on every driver."""

from datetime import datetime, timedelta

import pytest

from shared.domain.certificates import CertificateRecord
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import ConflictError, NotFoundError
from shared.state.repositories import Certificates, Scans, SyncStatuses
from shared.state.scans import Unread
from shared.state.store import Store
from shared.state.tables import SYNC_STATUS
from tests.builders import NOW, a_certificate
from tests.meddling import Meddling

LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def certificates(store: Store) -> Certificates:
    return Certificates(store)


def a_record(cert_id: int = 7, store: str = "cn-hangzhou") -> CertificateRecord:
    return CertificateRecord(certificate=a_certificate(cert_id, store=store))


def test_a_certificate_is_found_by_its_identifier(certificates: Certificates) -> None:
    ours = certificates.save(a_record(7))
    abroad = certificates.save(a_record(7, "ap-southeast-1"))

    assert certificates.find("7-cn-hangzhou") == certificates.get("7-cn-hangzhou") == ours
    assert certificates.find("7-ap-southeast-1") == abroad
    assert ours.certificate == a_certificate(7)
    assert certificates.find("8-cn-hangzhou") is None
    with pytest.raises(NotFoundError, match="Certificate 8-cn-hangzhou does not exist"):
        certificates.get("8-cn-hangzhou")


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "7",
        "7-",
        "-cn-hangzhou",
        "cn-hangzhou",
        "cn-hangzhou-7",
        "slb-7-cn-hangzhou",
        "arn:aws:acm:1:2/3-4",
        "²-cn-hangzhou",
    ],
)
def test_what_no_certificate_of_cas_is_called_by_finds_none(
    certificates: Certificates, identifier: str
) -> None:
    """Slots also carry certificates by the names that products have for them."""
    certificates.save(a_record(7))

    assert certificates.find(identifier) is None
    with pytest.raises(NotFoundError):
        certificates.get(identifier)


def test_certificates_are_listed_by_store(certificates: Certificates) -> None:
    for cert_id, store in ((10, "cn-hangzhou"), (9, "cn-hangzhou"), (8, "ap-southeast-1")):
        certificates.save(a_record(cert_id, store))

    def listed(store: str) -> list[int]:
        return [record.certificate.cert_id for record in certificates.list(store)]

    assert (listed("cn-hangzhou"), listed("ap-southeast-1"), listed("cn")) == ([9, 10], [8], [])


def test_what_was_told_of_a_certificate_is_kept_and_not_overwritten_unread(
    certificates: Certificates,
) -> None:
    read = certificates.save(a_record())
    told = certificates.save(read.evolve(issued_handled=True, expiring_handled_days=7))

    with pytest.raises(ConflictError):
        certificates.save(read)

    assert certificates.get("7-cn-hangzhou") == told
    assert (told.issued_handled, told.expiring_handled_days) == (True, 7)


def test_only_the_certificate_that_was_read_is_deleted(certificates: Certificates) -> None:
    read, other = certificates.save(a_record(7)), certificates.save(a_record(8))
    changed = certificates.save(read.evolve(issued_handled=True))

    with pytest.raises(ConflictError):
        certificates.delete(read)
    assert certificates.find("7-cn-hangzhou") == changed
    certificates.delete(changed)

    assert list(certificates.list("cn-hangzhou")) == [other]


def test_a_store_has_a_baseline_once_it_was_read(store: Store) -> None:
    scans = Scans(store)
    assert not scans.has_baseline("cn-hangzhou")

    scans.set_baseline("cn-hangzhou", NOW)
    scans.set_baseline("cn-hangzhou", LATER)

    assert scans.has_baseline("cn-hangzhou")
    assert not scans.has_baseline("ap-southeast-1")


def a_status(region: str = "cn-hangzhou", started_at: datetime = NOW, **changes: object) -> SyncStatus:
    values = {"product": CloudProduct.ALB, "region": region, "state": SyncState.SYNCED, **changes}
    return SyncStatus.model_validate({**values, "started_at": started_at})


@pytest.mark.parametrize(("started_at", "count"), [(NOW - timedelta(seconds=1), 1), (NOW, 2), (LATER, 2)])
def test_of_two_discoveries_the_one_that_started_later_is_told(
    store: Store, started_at: datetime, count: int
) -> None:
    syncs = SyncStatuses(store)
    syncs.put(a_status(count=1))

    syncs.put(a_status(count=2, started_at=started_at))

    (told,) = syncs.list(CloudProduct.ALB)
    assert (told.count, told.started_at) == (count, NOW if count == 1 else started_at)


@pytest.mark.parametrize(("other_at", "count"), [(NOW - timedelta(seconds=1), 2), (LATER, 1)])
def test_of_two_discoveries_that_end_at_once_the_one_that_started_later_is_told(
    store: Store, other_at: datetime, count: int
) -> None:
    """The other one writes between our reading and our writing."""
    other = SyncStatuses(store)
    meddling = Meddling(store, SYNC_STATUS, lambda: other.put(a_status(count=1, started_at=other_at)))

    SyncStatuses(meddling).put(a_status(count=2))

    assert meddling.happened
    assert [status.count for status in other.list(CloudProduct.ALB)] == [count]


def test_each_region_of_a_product_has_a_state_of_its_own(store: Store) -> None:
    syncs = SyncStatuses(store)
    for region in ("cn-hangzhou", "", "cn-beijing"):
        syncs.put(a_status(region))
    syncs.put(a_status("", product=CloudProduct.CDN))

    assert {status.region for status in syncs.list(CloudProduct.ALB)} == {"", "cn-beijing", "cn-hangzhou"}
    everywhere = next(status for status in syncs.list(CloudProduct.ALB) if not status.region)
    syncs.delete(everywhere)

    assert {status.region for status in syncs.list(CloudProduct.ALB)} == {"cn-beijing", "cn-hangzhou"}
    assert len(list(syncs.list(CloudProduct.CDN))) == 1
    with pytest.raises(ConflictError):
        syncs.delete(a_status("cn-beijing"))


def test_why_levels_could_not_be_read_is_told_until_a_later_scan(store: Store) -> None:
    scans, why = Scans(store), Unread(reason="no", code="CloudDenied", at=NOW)
    scans.set_baseline("cn-hangzhou", NOW)
    scans.scanned("cn-hangzhou", NOW)
    scans.levels_unread("cn-hangzhou", why)
    assert scans.why_levels_unread("cn-hangzhou") == why
    assert scans.why_unread("cn-hangzhou") is None, "it was read but for this"

    scans.scanned("cn-hangzhou", LATER)
    assert scans.why_levels_unread("cn-hangzhou") is None
