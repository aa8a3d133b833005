"""What is never written: when the world has changed between the plan and the deployment."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from emulator.faults import Fault
from emulator.services._settling import Settling
from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WRITE_OF_WWW,
    WWW,
    asked_for,
    by_console,
    others,
    statuses,
    uploaded,
    worker_of,
)

W = WorkerStatus
_WRITES = (
    "SetCdnDomainSSLCertificate",
    "UpdateListenerAttribute",
    "AssociateAdditionalCertificatesWithListener",
    "PutCname",
)


def tried(it: Platform) -> Counter[str]:
    """Writes that were asked for, carried out or not."""
    return Counter(call.action for call in it.cloud.calls if call.action in _WRITES)


def planned(it: Platform, days: float = 200) -> str:
    """A job on four slots whose functions have not begun; its certificate."""
    new = uploaded(it, days=days)
    asked_for(it, new)
    it.drain(until="deploy_")
    assert statuses(it) == {W.PENDING: 4}
    return new


@pytest.mark.parametrize("why", ["revoked", "expired"])
def test_a_certificate_that_has_ended_since_it_was_planned_is_not_deployed(it: Platform, why: str) -> None:
    new = planned(it, days=3)
    if why == "revoked":
        it.cloud.service("cas").find(new).revoked = True
        it.call("scan_expiry", {})
    else:
        it.pass_days(3.01)

    it.drain()

    assert tried(it) == {}
    assert statuses(it) == {W.ERROR: 4}
    assert it.job().status is JobStatus.ERROR
    for worker in it.workers().values():
        assert f"certificate {new}: it " in worker.reason
        assert why in worker.reason
        assert (worker.attempts, worker.previous_cert_identifier) == (1, None)


def take_away(it: Platform, slot: str) -> None:
    """Its owner unbinds the domain, or takes the certificate off the listener."""
    if slot == IMG:
        del it.cloud.service("oss")._buckets["bucket-one"].cnames["img.example.com"]
        return
    resource = worker_of(it, slot).resource
    (listener,) = (row for row in it.cloud.service("alb")._all_listeners() if row.id == resource.listener_id)
    listener.certificates = Settling(listener.certificates.value.without({resource.cert_identifier}))


@pytest.mark.parametrize("product", [CloudProduct.OSS, CloudProduct.ALB])
def test_a_slot_that_is_gone_is_not_written(it: Platform, product: CloudProduct) -> None:
    planned(it)
    resources = [worker.resource for worker in it.workers().values()]
    (slot,) = (r.slot for r in resources if r.product is product and r.role is not SlotRole.DEFAULT)
    take_away(it, slot)

    it.drain()

    worker = worker_of(it, slot)
    assert (worker.status, worker.attempts) == (W.ERROR, 1)
    assert worker.reason.startswith(f"read: NotFound: {slot} is gone")
    assert worker.previous_cert_identifier is None, "there is nothing to roll back"
    assert tried(it) == {"SetCdnDomainSSLCertificate": 1, "UpdateListenerAttribute": 1} | (
        {"PutCname": 1} if product is CloudProduct.ALB else {"AssociateAdditionalCertificatesWithListener": 1}
    )
    assert others(it, slot) == {W.SUCCESS}


def test_of_a_slot_that_goes_between_two_tries_what_the_product_says_is_told(it: Platform) -> None:
    """It may also be our own change that is half done, so the second try goes on."""
    asked_for(it, uploaded(it), IMG)
    it.cloud.faults.add(Fault("PutCname"))
    it.drain(until="deploy_")
    sleep, gone = it.world.sleep, []

    def between_two_tries(seconds: float) -> None:
        if not gone:
            take_away(it, IMG)
            gone.append(worker_of(it, IMG).attempts)
        sleep(seconds)

    it.ports["sleep"] = between_two_tries
    it.drain()

    assert gone == [1]

    worker = worker_of(it, IMG)
    assert (worker.status, worker.attempts) == (W.ERROR, 2)
    assert worker.reason.startswith("PutCname: NeedVerifyDomainOwnership: ")


def test_a_slot_that_lost_its_certificate_is_left(it: Platform) -> None:
    planned(it)
    it.cloud.service("cdn")._domains["www.example.com"].certificate = Settling(None)

    it.drain()

    www = worker_of(it, WWW)
    assert www.status is W.ERROR
    assert f"carries no certificate by now, the plan saw {www.resource.cert_identifier}" in www.reason
    assert tried(it)["SetCdnDomainSSLCertificate"] == 0


def test_a_slot_that_has_it_already_is_not_written_and_has_no_way_back(it: Platform) -> None:
    """Somebody else did it, so nothing is known of what was there before."""
    new = planned(it)
    by_console(it, new)

    it.drain()

    www = worker_of(it, WWW)
    assert (www.status, www.previous_cert_identifier) == (W.SUCCESS, None)
    assert it.writes().count(WRITE_OF_WWW) == 1, "only the console wrote"
    assert it.job().status is JobStatus.SUCCESS


def stray(it: Platform, job_id: int, *, success: int = 0) -> None:
    """An event that nobody sent; the function says how many workers have ended well."""
    event = WorkersScheduled(job_id=job_id, product=CloudProduct.CDN)
    envelope = {
        "specversion": "1.0",
        "id": "stray",
        "source": "certdeploy",
        "type": WorkersScheduled.type,
        "time": it.clock().isoformat(),
        "data": event.model_dump(mode="json", by_alias=True),
    }
    answer = it.call("deploy_cdn", json.dumps(envelope).encode())
    assert {status for status, count in answer.items() if count} == ({"Success"} if success else set())
    assert answer["Success"] == success


def test_a_draft_is_not_deployed_by_a_stray_event(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), Submit=False)

    stray(it, job_id)
    it.drain()

    assert it.job().status is JobStatus.EDITING
    assert (statuses(it), tried(it)) == ({W.PENDING: 4}, {})


def test_a_job_that_waits_for_its_time_is_not_deployed_by_a_stray_event(it: Platform) -> None:
    at = it.clock() + timedelta(days=1)
    job_id = asked_for(it, uploaded(it), ScheduleTime=at.isoformat())

    stray(it, job_id)
    it.tick("run_deployment_jobs")

    assert it.job().status is JobStatus.PENDING
    assert (statuses(it), tried(it)) == ({W.PENDING: 4}, {})
    it.pass_days(1.01)
    it.tick("run_deployment_jobs")
    assert (statuses(it), it.job().status) == ({W.SUCCESS: 4}, JobStatus.SUCCESS)


def test_a_job_that_has_ended_is_not_deployed_again_by_a_stray_event(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), WWW)
    it.drain()
    job, workers, writes = it.job(), it.workers(), tried(it)

    stray(it, job_id, success=1)
    it.drain()

    assert (it.job(), it.workers(), tried(it)) == (job, workers, writes)
