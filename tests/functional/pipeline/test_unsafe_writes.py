"""What is never written: when the world has changed between the plan and the deployment."""

from __future__ import annotations

import pytest

from emulator.faults import Fault
from emulator.services.kit.settling import Settling
from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WRITE_OF_WWW,
    WWW,
    BetweenTries,
    ask,
    asked_for,
    by_console,
    others,
    statuses,
    uploaded,
    worker_of,
)

W = WorkerStatus


def planned(platform: Platform, days: float = 200) -> str:
    """A job on four slots whose functions have not begun; its certificate."""
    new = uploaded(platform, days=days)
    asked_for(platform, new)
    platform.drain(until="deploy_")
    assert statuses(platform) == {W.PENDING: 4}
    return new


@pytest.mark.parametrize("why", ["revoked", "expired"])
def test_a_certificate_that_has_ended_since_it_was_planned_is_not_deployed(
    platform: Platform, why: str
) -> None:
    new = planned(platform, days=3)
    if why == "revoked":
        platform.cloud.service("cas").find(new).revoked = True
        platform.call("scan_expiry", {})
    else:
        platform.pass_days(3.01)

    platform.drain()

    assert platform.tried() == {}
    assert statuses(platform) == {W.ERROR: 4}
    assert platform.job().status is JobStatus.ERROR
    for worker in platform.workers().values():
        assert f"certificate {new}: it " in worker.reason
        assert why in worker.reason
        assert (worker.attempts, worker.previous_cert_identifier) == (1, None)


def take_away(platform: Platform, slot: str) -> None:
    """Its owner unbinds the domain, or takes the certificate off the listener."""
    if slot == IMG:
        del platform.cloud.service("oss")._buckets["bucket-one"].cnames["img.example.com"]
        return
    resource = worker_of(platform, slot).resource
    (listener,) = (
        row for row in platform.cloud.service("alb")._all_listeners() if row.id == resource.listener_id
    )
    listener.certificates = Settling(listener.certificates.value.without({resource.cert_identifier}))


@pytest.mark.parametrize("product", [CloudProduct.OSS, CloudProduct.ALB])
def test_a_slot_that_is_gone_is_not_written(platform: Platform, product: CloudProduct) -> None:
    planned(platform)
    resources = [worker.resource for worker in platform.workers().values()]
    (slot,) = (r.slot for r in resources if r.product is product and r.role is not SlotRole.DEFAULT)
    take_away(platform, slot)

    platform.drain()

    worker = worker_of(platform, slot)
    assert (worker.status, worker.attempts) == (W.ERROR, 1)
    assert worker.reason.startswith(f"read: NotFound: {slot} is gone")
    assert worker.previous_cert_identifier is None, "there is nothing to roll back"
    assert platform.tried() == {"SetCdnDomainSSLCertificate": 1, "UpdateListenerAttribute": 1} | (
        {"PutCname": 1}
        if product is CloudProduct.ALB
        else {
            "AssociateAdditionalCertificatesWithListener": 1,
            "DissociateAdditionalCertificatesFromListener": 1,
        }
    )
    assert others(platform, slot) == {W.SUCCESS}


def test_a_slot_that_goes_between_two_tries_is_told_as_gone(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), IMG)
    platform.cloud.faults.add(Fault("PutCname"))
    platform.drain(until="deploy_")
    meeting = BetweenTries(platform, IMG, lambda: take_away(platform, IMG))

    platform.drain()

    assert meeting.happened
    worker = worker_of(platform, IMG)
    assert (worker.status, worker.attempts) == (W.ERROR, 2)
    assert worker.reason.startswith(f"read: NotFound: {IMG} is gone")


@pytest.mark.parametrize("way", ["deployed", "rolled back"])
def test_a_slot_that_is_changed_by_hand_between_two_tries_is_left(platform: Platform, way: str) -> None:
    """The first try has failed before it changed anything."""
    by_hand, new = uploaded(platform, days=100), uploaded(platform)
    asked_for(platform, new, WWW)
    if way == "rolled back":
        platform.drain()
        ask(platform)
    platform.cloud.calls.clear()
    platform.cloud.faults.add(Fault("SetCdnDomainSSLCertificate"))
    meeting = BetweenTries(platform, WWW, lambda: by_console(platform, by_hand))

    platform.drain()

    assert meeting.happened
    www = worker_of(platform, WWW)
    assert (www.status, www.attempts) == (W.ERROR if way == "deployed" else W.ROLLBACK_ERROR, 2)
    assert f"carries {by_hand} by now" in www.reason
    assert platform.writes() == [WRITE_OF_WWW], "only the console wrote"


def test_a_slot_that_lost_its_certificate_is_left(platform: Platform) -> None:
    planned(platform)
    platform.cloud.service("cdn")._domains["www.example.com"].certificate = Settling(None)

    platform.drain()

    www = worker_of(platform, WWW)
    assert www.status is W.ERROR
    assert f"carries no certificate by now, the plan saw {www.resource.cert_identifier}" in www.reason
    assert platform.tried()["SetCdnDomainSSLCertificate"] == 0


def test_a_slot_that_has_it_already_is_not_written_and_has_no_way_back(platform: Platform) -> None:
    """Somebody else did it, so nothing is known of what was there before."""
    new = planned(platform)
    by_console(platform, new)

    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.previous_cert_identifier) == (W.SUCCESS, None)
    assert platform.writes().count(WRITE_OF_WWW) == 1, "only the console wrote"
    assert platform.job().status is JobStatus.SUCCESS
