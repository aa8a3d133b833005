"""What may be wrong in the cloud, and what the job says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.faults import Fault
from shared.domain.jobs import Handshake
from shared.domain.resources import CloudProduct, SyncState
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import ESTATE, NAMES
from tests.functional.pipeline.platform import Platform, platform
from tests.functional.pipeline.stories import IMG, WRITE_OF_WWW, WWW, by_console, others, worker_of


def edge_stays_behind(it: Platform, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """For so long, the edge serves www.example.com's certificate of now, whatever the API says."""
    cdn = it.cloud.service("cdn")
    real, old, until = cdn.served, cdn.served("", "www.example.com"), it.clock() + timedelta(seconds=seconds)

    def served(host: str, name: str) -> object:
        return old if name == "www.example.com" and it.clock() < until else real(host, name)

    monkeypatch.setattr(cdn, "served", served)


def test_a_slot_that_was_changed_by_hand_is_left_and_both_certificates_are_named(it: Platform) -> None:
    new = it.renew(*NAMES)
    it.queue.append(("scan_expiry", b"{}"))
    it.drain(until="deploy_cdn")
    by_hand = it.renew(*NAMES, days=100)

    by_console(it, by_hand)
    it.drain()

    www = worker_of(it, WWW)
    assert (www.status, www.attempts, www.cert_identifier) == (WorkerStatus.ERROR, 1, new)
    assert f"carries {by_hand} by now, the plan saw {www.resource.cert_identifier}" in www.reason
    assert (it.job().status, it.job().error_count) == (JobStatus.ERROR, 1)
    assert it.writes().count(WRITE_OF_WWW) == 1, "only the console wrote"


def test_success_needs_the_edge_to_serve_it(it: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product says that all is done, and clients still meet the old certificate."""
    edge_stays_behind(it, monkeypatch, 3600)
    it.renew(*NAMES)

    it.tick("scan_expiry")

    www = worker_of(it, WWW)
    assert (www.status, www.verification) == (WorkerStatus.ERROR, None)
    assert "the certificate served has serial" in www.reason
    assert (it.job().status, it.job().error_count) == (JobStatus.ERROR, 1)
    assert it.writes().count(WRITE_OF_WWW) == 1
    assert others(it, WWW) == {WorkerStatus.SUCCESS}


def test_an_edge_that_serves_it_late_is_waited_for(it: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    edge_stays_behind(it, monkeypatch, 60)
    it.renew(*NAMES)

    it.tick("scan_expiry")

    assert it.job().status is JobStatus.SUCCESS
    assert worker_of(it, WWW).attempts > 1, "it was not handed on"
    assert it.writes().count(WRITE_OF_WWW) == 1


@pytest.fixture
def unreachable(tmp_path: Path) -> Iterator[Platform]:
    """Nobody listens where the TLS edge should be."""
    with platform(ESTATE, tmp_path, edge=lambda address: "127.0.0.1:1") as made:
        made.tick("scan_expiry", "discover_resources")
        yield made


def test_a_slot_that_cannot_be_reached_is_recorded_as_such(unreachable: Platform) -> None:
    unreachable.renew(*NAMES)

    unreachable.tick("scan_expiry")

    proofs = [worker.verification for worker in unreachable.workers().values()]
    assert unreachable.job().status is JobStatus.SUCCESS
    assert [p and (p.read_back, p.handshake) for p in proofs] == [(True, Handshake.UNREACHABLE)] * 4
    assert all(p and "127.0.0.1:1" in p.detail for p in proofs)


def test_a_denied_product_ends_in_error_with_the_missing_permission_and_the_others_go_on(
    it: Platform,
) -> None:
    it.cloud.deny("oss:PutCname")
    it.renew(*NAMES)

    it.tick("scan_expiry")

    img = worker_of(it, IMG)
    assert (img.status, img.attempts) == (WorkerStatus.ERROR, 1)
    assert "AccessDenied" in img.reason
    assert others(it, IMG) == {WorkerStatus.SUCCESS}
    assert (it.job().status, it.job().success_count, it.job().error_count) == (JobStatus.ERROR, 3, 1)


@pytest.mark.parametrize("action", ["SetCdnDomainSSLCertificate", "PutCname", "UpdateListenerAttribute"])
@pytest.mark.parametrize(("when", "drop"), [("before", False), ("after", False), ("after", True)])
def test_a_product_that_fails_once_is_asked_again_if_a_look_says_so(
    it: Platform, action: str, when: str, drop: bool
) -> None:
    it.cloud.faults.add(Fault(action, when=when, drop=drop))  # type: ignore[arg-type]
    it.renew(*NAMES)

    it.tick("scan_expiry")

    calls = [call for call in it.cloud.calls if call.action == action]
    assert it.job().status is JobStatus.SUCCESS
    assert len(calls) == (2 if when == "before" else 1)
    tries = [1, 1, 1, 2] if when == "before" else [1] * 4  # a look tells that the lost one was carried out
    assert sorted(worker.attempts for worker in it.workers().values()) == tries


def test_a_product_that_never_recovers_ends_in_error_after_six_tries(it: Platform) -> None:
    it.cloud.faults.add(Fault("PutCname", times=6))
    it.renew(*NAMES)

    it.tick("scan_expiry")

    assert (worker_of(it, IMG).status, worker_of(it, IMG).attempts) == (WorkerStatus.ERROR, 6)
    assert "ServiceUnavailable" in worker_of(it, IMG).reason
    assert others(it, IMG) == {WorkerStatus.SUCCESS}


def _region(it: Platform, region: str) -> tuple[SyncState, str]:
    (status,) = (s for s in it.world.syncs.list(CloudProduct.ALB) if s.region == region)
    return status.state, status.reason


@pytest.mark.parametrize("how", ["denied", "throttled"])
def test_a_region_that_cannot_be_read_keeps_its_rows_and_says_why(it: Platform, how: str) -> None:
    before = [r.resource for r in it.world.resources.list(CloudProduct.ALB)]
    assert any(resource.region == "cn-beijing" for resource in before)
    if how == "denied":
        it.cloud.deny("alb:ListListeners", region="cn-beijing")
    else:
        throttled = Fault("ListListeners", 400, "Throttling.User", region="cn-beijing", times=12)
        it.cloud.faults.add(throttled)  # each of three deliveries tries four times

    it.tick("discover_resources")

    state, reason = _region(it, "cn-beijing")
    assert state is SyncState.FAILED
    assert ("Forbidden.RAM" if how == "denied" else "Throttling.User") in reason
    assert _region(it, "cn-hangzhou")[0] is SyncState.SYNCED
    assert [r.resource for r in it.world.resources.list(CloudProduct.ALB)] == before


def test_a_list_of_regions_that_cannot_be_read_is_told_and_keeps_every_row(it: Platform) -> None:
    before = [r.resource for r in it.world.resources.list(CloudProduct.ALB)]
    it.cloud.deny("alb:DescribeRegions")

    it.tick("discover_resources")

    assert _region(it, "")[0] is SyncState.FAILED
    assert [r.resource for r in it.world.resources.list(CloudProduct.ALB)] == before


def test_a_store_that_cannot_be_read_forgets_no_certificate(it: Platform) -> None:
    before = list(it.world.certificates.list("cn-hangzhou"))
    it.cloud.deny("yundun-cert:ListCertificates")

    it.tick("scan_expiry")

    assert any("CloudDeniedError" in text for _, text in it.failures)
    assert list(it.world.certificates.list("cn-hangzhou")) == before
