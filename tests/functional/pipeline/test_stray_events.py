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


def stray(platform: Platform, job_id: int, *, success: int = 0) -> None:
    """An event that nobody sent; the function says how many workers have ended well."""
    event = WorkersScheduled(job_id=job_id, product=CloudProduct.CDN)
    envelope = {
        "specversion": "1.0",
        "id": "stray",
        "source": "certdeploy",
        "type": WorkersScheduled.type,
        "time": platform.clock().isoformat(),
        "data": event.model_dump(mode="json", by_alias=True),
    }
    answer = platform.call("deploy_cdn", json.dumps(envelope).encode())
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
