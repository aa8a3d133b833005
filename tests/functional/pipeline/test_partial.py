"""A part of an account that cannot be read: reported, never taken for empty, never forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.certificates import CertificateRecord
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from tests.contract.answers import edit
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW

CDN = CloudProduct.CDN


def cdn_status(platform: Platform) -> SyncStatus:
    (status,) = platform.world.syncs.list(CDN)
    return status


def record_of(platform: Platform, identifier: str) -> CertificateRecord:
    return platform.world.certificates.get(identifier)


class Odd:
    """While it is `on`, www.example.com's certificate is told in a form that nobody understands."""

    def __init__(self, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on = True
        edit(monkeypatch, platform.cloud, "DescribeDomainCertificateInfo", self)

    def __call__(self, answer: dict[str, Any]) -> None:
        for info in answer["CertInfos"]["CertInfo"] if self.on else ():
            if info["DomainName"] == "www.example.com":
                answer["CertInfos"]["CertInfo"] = "odd"


@pytest.fixture
def odd(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Odd:
    return Odd(platform, monkeypatch)


def test_a_row_that_cannot_be_read_is_reported_with_the_field_and_the_others_go_on(
    platform: Platform, odd: Odd
) -> None:
    before = {record.resource.slot for record in platform.world.resources.list(CDN)}

    platform.tick("discover_resources")

    status = cdn_status(platform)
    assert (status.state, status.count) == (SyncState.PARTIAL, 2)
    assert status.unread == (status.reason.partition(": ")[2],)
    assert status.unread[0].startswith(
        "www.example.com: DescribeDomainCertificateInfo: UnreadableAnswer: CertInfos.CertInfo: "
    )
    assert "RequestId -" not in status.unread[0]
    assert {record.resource.slot for record in platform.world.resources.list(CDN)} == before
    assert platform.failures == []


def test_rows_go_only_after_a_complete_reading(platform: Platform, odd: Odd) -> None:
    gone = "CDN/-/www.example.org"
    del platform.cloud.service("cdn")._domains["www.example.org"]

    platform.tick("discover_resources")
    assert platform.world.resources.find(gone) is not None

    odd.on = False
    platform.tick("discover_resources")
    assert cdn_status(platform).state is SyncState.SYNCED
    assert cdn_status(platform).unread == ()
    assert platform.world.resources.find(gone) is None


@pytest.mark.long
def test_a_certificate_is_dealt_with_when_all_slots_were_seen_and_each_slot_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first plan lacks the domain that was never read; the next scan after its discovery has it."""
    row = platform.world.resources.get(WWW)
    platform.world.resources.remove(row)
    odd = Odd(platform, monkeypatch)
    platform.tick("discover_resources")
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")
    (first,) = platform.jobs()
    assert record_of(platform, new).issued_unseen == ("CDN/-/",)
    assert WWW not in {w.resource.slot for w in platform.world.workers.list(first.job_id)}

    platform.tick("scan_expiry")
    assert platform.jobs() == [first], "nothing new was seen"

    odd.on = False
    platform.tick("discover_resources", "scan_expiry")
    later = next(job for job in platform.jobs() if job.job_id != first.job_id)
    assert [w.resource.slot for w in platform.world.workers.list(later.job_id)] == [WWW]
    assert (record_of(platform, new).issued_handled, record_of(platform, new).issued_unseen) == (True, ())
    platform.tick("scan_expiry")
    assert len(platform.jobs()) == 2


@pytest.mark.long
def test_a_region_that_a_discovery_that_died_has_left_unseen_is_planned_for_later(
    platform: Platform,
) -> None:
    """It is not waited for any longer: what is known is planned for, and the rest when it is seen."""
    platform.world.resources.remove(platform.world.resources.get(WWW))
    platform.world.syncs.put(
        cdn_status(platform).evolve(state=SyncState.SYNCING, started_at=platform.clock())
    )
    platform.clock.sleep(16 * 60)
    new = platform.renew(*NAMES)

    platform.tick("scan_expiry")
    assert len(platform.jobs()) == 1
    assert record_of(platform, new).issued_unseen == ("CDN/-/",)

    platform.tick("discover_resources", "scan_expiry")
    slots = {w.resource.slot for job in platform.jobs() for w in platform.world.workers.list(job.job_id)}
    assert WWW in slots
    assert (record_of(platform, new).issued_handled, record_of(platform, new).issued_unseen) == (True, ())


def test_a_region_is_never_left_in_syncing(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by a fault of our own."""

    def breaks(*_: object) -> object:
        raise KeyError("a fault of our own")

    monkeypatch.setattr("shared.services.sweep._filled_in", breaks)

    platform.tick("discover_resources")

    status = cdn_status(platform)
    assert (status.state, status.reason) == (
        SyncState.FAILED,
        "internal error: KeyError; see the function's log",
    )
