"""The events that the runner sends: work to the products, and the end of jobs and rollbacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    WWW,
    ask,
    asked_for,
    uploaded,
    worker_of,
)


def test_each_handing_out_is_an_event_of_its_own(platform: Platform) -> None:
    """Their ids tell them apart, and not two deliveries of one."""
    job_id = asked_for(platform, uploaded(platform), WWW)
    events: list[dict[str, Any]] = []
    for _ in range(2):
        platform.drain(until="deploy_")
        events += [json.loads(payload) for _, payload in platform.queue]
        platform.queue[:] = [("run_deployment_jobs", b"{}")]
        platform.clock.sleep(100)

    assert len(events) == 2
    assert len({event["id"] for event in events}) == 2
    for event in events:
        assert event["id"].startswith(f"scheduled-{job_id}-CDN-")
        assert event["type"] == "certdeploy:WorkerResource:Scheduled"
        assert event["subject"] == f"DeploymentJob/{job_id}/CDN/0"
        assert event["data"] == {"JobId": job_id, "Product": "CDN", "Shard": 0, "Shards": 1}


@pytest.mark.long
def test_the_end_of_a_job_and_that_of_its_rollback_are_announced_in_one_event_each(
    platform: Platform,
) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="notify")
    ((_, finished),) = platform.queue
    platform.queue.clear()
    ask(platform)
    platform.drain(until="notify")
    ((_, rolled_back),) = platform.queue
    ended = worker_of(platform, WWW).finished_at
    assert ended is not None

    events = [json.loads(payload) for payload in (finished, rolled_back)]

    assert [(event["type"], event["id"]) for event in events] == [
        ("certdeploy:DeploymentJob:Finished", f"finished-{job_id}"),
        ("certdeploy:DeploymentJob:RolledBack", f"rolled-back-{job_id}-{ended.timestamp():.3f}"),
    ]
    for event in events:
        assert (event["subject"], event["data"]) == (f"DeploymentJob/{job_id}", {"JobId": job_id})
    assert platform.job().rolled_back_at == ended
