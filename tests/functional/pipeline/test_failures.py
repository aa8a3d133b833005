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
from tests.functional.pipeline.platform import Platform, new_platform
from tests.functional.pipeline.stories import IMG, WRITE_OF_WWW, WWW, by_console, others, worker_of


def edge_stays_behind(platform: Platform, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """For so long, the edge serves www.example.com's certificate of now, whatever the API says."""
    cdn = platform.cloud.service("cdn")
    real, old, until = (
        cdn.served,
        cdn.served("", "www.example.com"),
        platform.clock() + timedelta(seconds=seconds),
    )

    def served(host: str, name: str) -> object:
        return old if name == "www.example.com" and platform.clock() < until else real(host, name)

    monkeypatch.setattr(cdn, "served", served)


def test_a_slot_that_was_changed_by_hand_is_left_and_both_certificates_are_named(platform: Platform) -> None:
    new = platform.renew(*NAMES)
    platform.queue.append(("scan_expiry", b"{}"))
    platform.drain(until="deploy_cdn")
    by_hand = platform.renew(*NAMES, days=100)

    by_console(platform, by_hand)
    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, www.cert_identifier) == (WorkerStatus.ERROR, 1, new)
    assert f"carries {by_hand} by now, the plan saw {www.resource.cert_identifier}" in www.reason
    assert (platform.job().status, platform.job().error_count) == (JobStatus.ERROR, 1)
    assert platform.writes().count(WRITE_OF_WWW) == 1, "only the console wrote"


def test_success_needs_the_edge_to_serve_it(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product says that all is done, and clients still meet the old certificate."""
    edge_stays_behind(platform, monkeypatch, 3600)
    platform.policy["worker_age_limit_s"] = 600.0
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    www = worker_of(platform, WWW)
    assert (www.status, www.verification) == (WorkerStatus.ERROR, None)
    assert "the certificate served has serial" in www.reason
    assert (platform.job().status, platform.job().error_count) == (JobStatus.ERROR, 1)
    assert platform.writes().count(WRITE_OF_WWW) == 1
    assert others(platform, WWW) == {WorkerStatus.SUCCESS}


@pytest.mark.long
def test_an_edge_that_serves_it_late_is_waited_for(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge_stays_behind(platform, monkeypatch, 60)
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert worker_of(platform, WWW).attempts > 1, "it was not handed on"
    assert platform.writes().count(WRITE_OF_WWW) == 1


@pytest.fixture
def unreachable(tmp_path: Path) -> Iterator[Platform]:
    """Nobody listens where the TLS edge should be."""
    with new_platform(ESTATE, tmp_path, edge=lambda address: "127.0.0.1:1") as made:
        made.tick("scan_expiry", "discover_resources")
        yield made


def test_a_slot_that_cannot_be_reached_is_recorded_as_such(unreachable: Platform) -> None:
    unreachable.renew(*NAMES)

    unreachable.tick("scan_expiry")

    proofs = [worker.verification for worker in unreachable.workers().values()]
    assert unreachable.job().status is JobStatus.SUCCESS
    assert [p and (p.read_back, p.handshake) for p in proofs] == [(True, Handshake.UNREACHABLE)] * 4
    assert all(p and "127.0.0.1:1" in p.detail for p in proofs)


@pytest.mark.long
def test_a_denied_product_ends_in_error_with_the_missing_permission_and_the_others_go_on(
    platform: Platform,
) -> None:
    platform.cloud.deny("oss:PutCname")
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (WorkerStatus.ERROR, 1)
    assert "AccessDenied" in img.reason
    assert others(platform, IMG) == {WorkerStatus.SUCCESS}
    assert (platform.job().status, platform.job().success_count, platform.job().error_count) == (
        JobStatus.ERROR,
        3,
        1,
    )


@pytest.mark.parametrize("action", ["SetCdnDomainSSLCertificate", "PutCname", "UpdateListenerAttribute"])
@pytest.mark.parametrize(("when", "drop"), [("before", False), ("after", False), ("after", True)])
def test_a_product_that_fails_once_is_asked_again_if_a_look_says_so(
    platform: Platform, action: str, when: str, drop: bool
) -> None:
    platform.cloud.faults.add(Fault(action, when=when, drop=drop))  # type: ignore[arg-type]
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    calls = [call for call in platform.cloud.calls if call.action == action]
    assert platform.job().status is JobStatus.SUCCESS
    assert len(calls) == (2 if when == "before" else 1)
    tries = [1, 1, 1, 2] if when == "before" else [1] * 4  # a look tells that the lost one was carried out
    assert sorted(worker.attempts for worker in platform.workers().values()) == tries


@pytest.mark.long
def test_a_product_that_does_not_recover_in_time_ends_in_error(platform: Platform) -> None:
    platform.cloud.faults.add(Fault("PutCname", times=6))
    platform.policy["worker_age_limit_s"] = 30.0
    platform.renew(*NAMES)

    platform.tick("scan_expiry")

    assert (worker_of(platform, IMG).status, worker_of(platform, IMG).attempts) == (WorkerStatus.ERROR, 6)
    assert "ServiceUnavailable" in worker_of(platform, IMG).reason
    assert others(platform, IMG) == {WorkerStatus.SUCCESS}


def _region(platform: Platform, region: str) -> tuple[SyncState, str]:
    (status,) = (s for s in platform.world.syncs.list(CloudProduct.ALB) if s.region == region)
    return status.state, status.reason


@pytest.mark.parametrize("how", ["denied", "throttled"])
def test_a_region_that_cannot_be_read_keeps_its_rows_and_says_why(platform: Platform, how: str) -> None:
    before = [r.resource for r in platform.world.resources.list(CloudProduct.ALB)]
    assert any(resource.region == "cn-beijing" for resource in before)
    if how == "denied":
        platform.cloud.deny("alb:ListListeners", region="cn-beijing")
    else:
        throttled = Fault("ListListeners", 400, "Throttling.User", region="cn-beijing", times=12)
        platform.cloud.faults.add(throttled)  # each of three deliveries tries four times

    platform.tick("discover_resources")

    state, reason = _region(platform, "cn-beijing")
    assert state is SyncState.FAILED
    assert ("Forbidden.RAM" if how == "denied" else "Throttling.User") in reason
    assert _region(platform, "cn-hangzhou")[0] is SyncState.SYNCED
    assert [r.resource for r in platform.world.resources.list(CloudProduct.ALB)] == before


def test_a_list_of_regions_that_cannot_be_read_is_told_and_keeps_every_row(platform: Platform) -> None:
    before = [r.resource for r in platform.world.resources.list(CloudProduct.ALB)]
    platform.cloud.deny("alb:DescribeRegions")

    platform.tick("discover_resources")

    assert _region(platform, "")[0] is SyncState.FAILED
    assert [r.resource for r in platform.world.resources.list(CloudProduct.ALB)] == before


def test_a_store_that_cannot_be_read_forgets_no_certificate(platform: Platform) -> None:
    before = list(platform.world.certificates.list("cn-hangzhou"))
    platform.cloud.deny("yundun-cert:ListCertificates")

    platform.tick("scan_expiry")

    assert any("CloudDeniedError" in text for _, text in platform.failures)
    assert list(platform.world.certificates.list("cn-hangzhou")) == before
