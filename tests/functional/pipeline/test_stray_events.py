"""Events that nobody sent, or that come too early or too late: nothing is deployed by them."""

from __future__ import annotations

import json
from datetime import timedelta

from shared.domain.events import WorkersScheduled
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    WWW,
    asked_for,
    statuses,
    uploaded,
)

W = WorkerStatus


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
    assert (statuses(it), it.tried()) == ({W.PENDING: 4}, {})


def test_a_job_that_waits_for_its_time_is_not_deployed_by_a_stray_event(it: Platform) -> None:
    at = it.clock() + timedelta(days=1)
    job_id = asked_for(it, uploaded(it), ScheduleTime=at.isoformat())

    stray(it, job_id)
    it.tick("run_deployment_jobs")

    assert it.job().status is JobStatus.PENDING
    assert (statuses(it), it.tried()) == ({W.PENDING: 4}, {})
    it.pass_days(1.01)
    it.tick("run_deployment_jobs")
    assert (statuses(it), it.job().status) == ({W.SUCCESS: 4}, JobStatus.SUCCESS)


def test_a_job_that_has_ended_is_not_deployed_again_by_a_stray_event(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), WWW)
    it.drain()
    job, workers, writes = it.job(), it.workers(), it.tried()

    stray(it, job_id, success=1)
    it.drain()

    assert (it.job(), it.workers(), it.tried()) == (job, workers, writes)
