"""Events that nobody sent, or that come too early or too late: nothing is deployed by them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from shared.domain.events import CertificateExpiring, EventData, JobFinished, JobRolledBack, WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.products import supported_products
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, WWW, ask, asked_for, statuses, uploaded
from tests.receiver import Receiver

W = WorkerStatus


def sent(platform: Platform, event: EventData) -> bytes:
    """By somebody who may invoke the function."""
    envelope = {
        "specversion": "1.0",
        "id": "stray",
        "source": "certdeploy",
        "type": event.type,
        "time": platform.clock().isoformat(),
        "data": event.model_dump(mode="json", by_alias=True),
    }
    return json.dumps(envelope).encode()


def stray(platform: Platform, job_id: int, *, success: int = 0) -> None:
    """An event that nobody sent; the function says how many workers have ended well."""
    event = WorkersScheduled(job_id=job_id, product=CloudProduct.CDN)
    answer = platform.call("deploy_cdn", sent(platform, event))
    assert {status for status, count in answer.items() if count} == ({"Success"} if success else set())
    assert answer["Success"] == success


def test_a_draft_is_not_deployed_by_a_stray_event(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), Submit=False)

    stray(platform, job_id)
    platform.drain()

    assert platform.job().status is JobStatus.EDITING
    assert (statuses(platform), platform.tried()) == ({W.PENDING: 4}, {})


def test_a_job_that_waits_for_its_time_is_not_deployed_by_a_stray_event(platform: Platform) -> None:
    at = platform.clock() + timedelta(days=1)
    job_id = asked_for(platform, uploaded(platform), ScheduleTime=at.isoformat())

    stray(platform, job_id)
    platform.tick("run_deployment_jobs")

    assert platform.job().status is JobStatus.PENDING
    assert (statuses(platform), platform.tried()) == ({W.PENDING: 4}, {})
    platform.pass_days(1.01)
    platform.tick("run_deployment_jobs")
    assert (statuses(platform), platform.job().status) == ({W.SUCCESS: 4}, JobStatus.SUCCESS)


def test_a_job_that_has_ended_is_not_deployed_again_by_a_stray_event(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    platform.drain()
    job, workers, writes = platform.job(), platform.workers(), platform.tried()

    stray(platform, job_id, success=1)
    platform.drain()

    assert (platform.job(), platform.workers(), platform.tried()) == (job, workers, writes)


@pytest.mark.parametrize("product", supported_products())
def test_a_function_does_not_deploy_another_product_s_slots(
    platform: Platform, product: CloudProduct
) -> None:
    """Its role does not allow the calls: all would end in error."""
    job_id = asked_for(platform, uploaded(platform), WWW, IMG)
    platform.drain(until="deploy_")
    platform.queue.clear()
    before = platform.job(), platform.workers()
    other = CloudProduct.OSS if product is CloudProduct.CDN else CloudProduct.CDN

    answer = platform.call(
        f"deploy_{product.value.lower()}", sent(platform, WorkersScheduled(job_id=job_id, product=other))
    )

    assert answer["Code"] == "InvalidParameter"
    assert answer["Message"] == f"Product: deploy_{product.value.lower()} does not deploy {other.value}"
    assert ((platform.job(), platform.workers()), platform.queue, platform.tried()) == (before, [], {})


def test_a_product_that_a_job_has_no_slots_of_is_refused(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    platform.queue.clear()

    answer = platform.call(
        "deploy_alb", sent(platform, WorkersScheduled(job_id=job_id, product=CloudProduct.ALB))
    )

    assert answer == {"Code": "InvalidParameter", "Message": f"Product: job {job_id} has no ALB slots"}
    assert platform.queue == []


def test_the_end_of_a_job_is_not_told_before_it_has_ended(told: Platform, receiver: Receiver) -> None:
    """Under the end's own id, receivers would take the end for a repetition."""
    job_id = asked_for(told, uploaded(told), WWW)
    for status in ("pending", "processing"):
        answer = told.call("notify_contacts", sent(told, JobFinished(job_id=job_id)))
        assert answer["Message"] == f"JobId: job {job_id} has not ended, it is {status}"
        told.drain(until="deploy_")
    assert receiver.take() == []

    told.drain()

    assert receiver.one().id == f"finished-{job_id}"


def test_the_end_of_a_rollback_is_not_told_before_it_has_ended(told: Platform, receiver: Receiver) -> None:
    job_id = asked_for(told, uploaded(told), WWW)
    told.drain()
    receiver.take()
    refused = {"Code": "InvalidParameter", "Message": f"JobId: no rollback of job {job_id} has ended"}

    assert told.call("notify_contacts", sent(told, JobRolledBack(job_id=job_id))) == refused
    ask(told)
    assert told.call("notify_contacts", sent(told, JobRolledBack(job_id=job_id))) == refused
    assert receiver.take() == []
    told.drain()

    assert receiver.one().id.startswith(f"rolled-back-{job_id}-")


@pytest.mark.parametrize("threshold", [-1.0, 0.0, 1e300, 29.5])
def test_a_warning_time_that_an_event_makes_up_switches_no_renewal_off(
    platform: Platform, threshold: float
) -> None:
    (old,) = {record.resource.cert_identifier for record in platform.world.resources.list(CloudProduct.OSS)}
    platform.call(
        "create_deployment_job",
        sent(platform, CertificateExpiring(cert_identifier=old, days_left=1, threshold_days=threshold)),
    )
    assert platform.jobs() == []
    assert platform.world.certificates.get(old).expiring_handled_days is None

    platform.pass_days(11)
    platform.renew(*NAMES)
    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS
    assert platform.world.certificates.get(old).expiring_handled_days == 30
