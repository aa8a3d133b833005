"""A job whose row a later version wrote, in words that are not known here: it is left, the others go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.state.tables import JOBS, WORKERS
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, asked_for, uploaded

LATER = timedelta(hours=3)


def of_a_later_version(platform: Platform, *, due: timedelta) -> DeploymentJob:
    """A job on www.example.com that waits for its time, by a version that knows a further status."""
    at = platform.clock() + due
    asked_for(platform, uploaded(platform), WWW, ScheduleTime=at.isoformat())
    (job,) = platform.jobs()
    key = ("-", job.job_id)
    row = platform.store.get(JOBS, key)
    assert row is not None
    platform.store.put(JOBS, key, {**row.document, "Status": "paused"}, version=row.version)
    return job


@pytest.mark.parametrize("due", [LATER, timedelta(seconds=1)])
def test_the_others_are_run(platform: Platform, due: timedelta) -> None:
    left = of_a_later_version(platform, due=due)
    platform.pass_days(0.01)
    number = asked_for(platform, uploaded(platform, days=300), "OSS/-/bucket-one/img.example.com")

    platform.tick("run_deployment_jobs")

    assert platform.world.jobs.get(number).status is JobStatus.SUCCESS
    (worker,) = platform.world.workers.list(left.job_id)
    assert worker.status is WorkerStatus.PENDING
    assert platform.store.get(WORKERS, (left.job_id, "CDN", 0, 1)) is not None


def test_plans_leave_its_slots_to_it(platform: Platform) -> None:
    of_a_later_version(platform, due=timedelta(seconds=1))
    platform.pass_days(0.01)
    platform.renew(*NAMES, days=300)

    platform.tick("scan_expiry")

    (job,) = platform.jobs()
    slots = {worker.resource.slot for worker in platform.world.workers.list(job.job_id)}
    assert (len(slots), WWW in slots, job.status) == (3, False, JobStatus.SUCCESS)
