"""The runner: which jobs it takes, hands out, hands out again, closes, and what one that fails does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WRITE_OF_WWW,
    WWW,
    AtHandshake,
    ask,
    asked_for,
    uploaded,
    worker_of,
)


def two_jobs(platform: Platform) -> tuple[int, int]:
    """On IMG and on WWW, due since long and pending; the runner has looked at neither."""
    new = uploaded(platform)
    first = asked_for(platform, new, IMG, Name="first")
    platform.clock.sleep(1)
    second = asked_for(platform, new, WWW, Name="second")
    platform.queue.clear()
    return first, second


def run(platform: Platform, **request: Any) -> tuple[list[int], list[int]]:
    """Jobs with something left to do, and jobs that were closed."""
    answer = platform.call("run_deployment_jobs", request)
    return answer["Dispatched"], answer["Finished"]


def status(platform: Platform, job_id: int) -> JobStatus:
    return platform.world.jobs.get(job_id).status


def handed_out(platform: Platform) -> list[str]:
    """Functions that were given work since the last time."""
    functions = [function for function, _ in platform.queue if function.startswith("deploy_")]
    platform.queue.clear()
    return functions


def test_every_due_job_is_handed_out_the_longest_due_first(platform: Platform) -> None:
    first, second = two_jobs(platform)
    later = asked_for(
        platform,
        f"{uploaded(platform)}",
        WWW,
        ScheduleTime=(platform.clock() + timedelta(hours=1)).isoformat(),
    )

    assert run(platform) == ([first, second], [])

    assert [status(platform, job) for job in (first, second)] == [JobStatus.PROCESSING] * 2
    assert handed_out(platform) == ["deploy_oss", "deploy_cdn"]
    assert status(platform, later) is JobStatus.PENDING


def test_one_job_alone_may_be_asked_for(platform: Platform) -> None:
    first, second = two_jobs(platform)

    assert run(platform, JobId=second) == ([second], [])

    assert (status(platform, first), status(platform, second)) == (JobStatus.PENDING, JobStatus.PROCESSING)
    assert handed_out(platform) == ["deploy_cdn"]


def test_a_job_that_fails_does_not_stop_the_others_and_is_told(platform: Platform) -> None:
    first, second = two_jobs(platform)
    platform.missing = {"deploy_oss"}

    answer = platform.call("run_deployment_jobs", {})
    platform.drain()

    assert (status(platform, first), status(platform, second)) == (JobStatus.PROCESSING, JobStatus.SUCCESS)
    assert platform.writes() == [WRITE_OF_WWW]
    assert answer == {"Code": "NotFound", "Message": "Function deploy_oss does not exist"}


def test_a_job_in_another_run_s_hands_does_not_stop_the_others(platform: Platform) -> None:
    """The other run saves it between our reading and our writing."""
    first, second = two_jobs(platform)
    jobs = platform.world.jobs

    class Overtaken:
        """The jobs, where another run moves the first right after it was read."""

        def __getattr__(self, name: str) -> Any:
            return getattr(jobs, name)

        def find_readable(self, job_id: int) -> DeploymentJob | None:
            job = jobs.find_readable(job_id)
            if job is not None and job_id == first:
                jobs.save(job.to(JobStatus.SCHEDULING))
            return job

    platform.ports["jobs"] = Overtaken()
    assert run(platform) == ([second], [])
    assert handed_out(platform) == ["deploy_cdn"]

    platform.ports.clear()
    assert run(platform)[0][0] == first, "the other run died: it is found again"
    assert handed_out(platform) == ["deploy_oss"]


def test_what_nobody_has_in_hand_is_handed_out_again_after_ninety_seconds(platform: Platform) -> None:
    first, _ = two_jobs(platform)
    run(platform, JobId=first)
    handed_out(platform)
    began = platform.world.jobs.get(first).dispatched_at
    assert began is not None

    platform.clock.sleep(80 - (platform.clock() - began).total_seconds())
    assert run(platform, JobId=first) == ([first], [])
    assert handed_out(platform) == [], "too early"
    platform.clock.sleep(10.5)
    assert run(platform, JobId=first) == ([first], [])
    assert handed_out(platform) == ["deploy_oss"]
    assert run(platform, JobId=first) == ([first], [])
    assert handed_out(platform) == [], "too early after the second time"
    platform.clock.sleep(90)
    run(platform, JobId=first)
    assert handed_out(platform) == ["deploy_oss"]


def test_a_shard_that_somebody_is_at_is_not_handed_out_again_until_they_are_gone(platform: Platform) -> None:
    """Its other workers may wait for their turn. Two at one shard would each take their part of the rates."""
    job_id = asked_for(platform, uploaded(platform), IMG, WWW)
    run(platform)
    handed_out(platform)
    platform.clock.sleep(100)
    platform.world.callers.join(("CDN", job_id, 0), "an instance", for_s=15)
    platform.world.callers.join(("OSS", job_id, 1), "an instance", for_s=15)
    platform.world.callers.join(("OSS", job_id + 1, 0), "an instance", for_s=15)

    assert run(platform) == ([job_id], [])
    assert handed_out(platform) == ["deploy_oss"], "others are at another shard, another job"
    platform.clock.sleep(100)
    run(platform)
    assert handed_out(platform) == ["deploy_cdn", "deploy_oss"], "it died"


def test_a_rollback_is_handed_out_although_somebody_is_at_the_shard(platform: Platform) -> None:
    """They may have read the shard before it was asked for."""
    job_id = asked_for(platform, uploaded(platform), IMG, WWW)
    platform.drain()
    platform.world.callers.join(("CDN", job_id, 0), "an instance", for_s=15)
    ask(platform, WWW)
    platform.queue.clear()

    run(platform)

    assert handed_out(platform) == ["deploy_cdn"]


def test_only_products_with_something_left_are_handed_out_again(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), IMG, WWW)
    platform.missing = {"deploy_oss"}
    platform.drain()
    platform.missing = set()
    assert worker_of(platform, WWW).status is WorkerStatus.SUCCESS

    platform.clock.sleep(100)
    assert run(platform) == ([job_id], [])

    assert handed_out(platform) == ["deploy_oss"]


def test_a_worker_in_hand_is_not_handed_out_again_and_the_others_are(platform: Platform) -> None:
    platform.policy["redispatch_after_s"] = 5.0
    asked_for(platform, uploaded(platform), IMG, WWW)
    platform.lost = {"deploy_oss"}
    out: list[str] = []

    def a_run_looks() -> None:
        platform.clock.sleep(10)
        run(platform)
        out.extend(handed_out(platform))

    meeting = AtHandshake(platform, "www.example.com", a_run_looks)
    platform.drain()

    assert meeting.happened
    assert out == ["deploy_oss"]


def test_a_rollback_is_handed_out_at_once_and_then_not_again_for_a_while(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), IMG, WWW)
    platform.drain()

    ask(platform, WWW)
    platform.queue.clear()
    assert run(platform) == ([job_id], [])
    assert handed_out(platform) == ["deploy_cdn"], "the job itself was handed out a moment ago"
    assert run(platform) == ([job_id], [])
    assert handed_out(platform) == []
    ask(platform, IMG)
    platform.queue.clear()
    run(platform)
    assert handed_out(platform) == ["deploy_oss"], "the other one is handed out already"
    platform.clock.sleep(91)
    run(platform)
    assert handed_out(platform) == ["deploy_cdn", "deploy_oss"]


def test_a_job_that_does_not_tell_when_it_was_handed_out_is_handed_out_by_its_age(platform: Platform) -> None:
    job_id = asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_")
    platform.queue.clear()
    platform.world.jobs.save(platform.job().evolve(dispatched_at=None))

    assert (run(platform), handed_out(platform)) == (([job_id], []), [])
    platform.clock.sleep(91)
    assert (run(platform), handed_out(platform)) == (([job_id], []), ["deploy_cdn"])


def test_a_finished_job_says_how_many_ended_well_and_when(platform: Platform) -> None:
    platform.cloud.deny("oss:PutCname")
    job_id = asked_for(platform, uploaded(platform), IMG, WWW)
    began = platform.clock()
    platform.drain(until="deploy_")
    started = platform.job()
    platform.clock.sleep(7)
    platform.drain()

    job = platform.job()
    assert (job.job_id, job.status, job.success_count, job.error_count) == (job_id, JobStatus.ERROR, 1, 1)
    assert started.started_at is not None
    assert (job.started_at, started.finished_at) == (started.started_at, None)
    assert began <= started.started_at < began + timedelta(seconds=5)
    ends = [worker.finished_at for worker in platform.workers().values() if worker.finished_at]
    assert len(ends) == 2
    assert job.finished_at is not None
    assert max(ends) <= job.finished_at <= platform.clock()
    assert list(platform.world.jobs.due(platform.clock())) == []


def test_a_run_says_which_jobs_it_closed(platform: Platform) -> None:
    first, second = two_jobs(platform)
    platform.missing = {"deploy_oss"}
    platform.tick("run_deployment_jobs")
    platform.missing = set()
    platform.clock.sleep(100)
    run(platform)
    platform.lost = {"run_deployment_jobs"}
    platform.drain()
    assert worker_of_job(platform, first) == [WorkerStatus.SUCCESS]
    assert status(platform, first) is JobStatus.PROCESSING

    assert run(platform) == ([], [first])

    assert (status(platform, first), status(platform, second)) == (JobStatus.SUCCESS, JobStatus.SUCCESS)
    assert run(platform) == ([], [])


def worker_of_job(platform: Platform, job_id: int) -> list[WorkerStatus]:
    return [worker.status for worker in platform.world.workers.list(job_id)]
