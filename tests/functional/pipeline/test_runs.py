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


def two_jobs(it: Platform) -> tuple[int, int]:
    """On IMG and on WWW, due since long and pending; the runner has looked at neither."""
    new = uploaded(it)
    first = asked_for(it, new, IMG, Name="first")
    it.clock.sleep(1)
    second = asked_for(it, new, WWW, Name="second")
    it.queue.clear()
    return first, second


def run(it: Platform, **request: Any) -> tuple[list[int], list[int]]:
    """Jobs with something left to do, and jobs that were closed."""
    answer = it.call("run_deployment_jobs", request)
    return answer["Dispatched"], answer["Finished"]


def status(it: Platform, job_id: int) -> JobStatus:
    return it.world.jobs.get(job_id).status


def handed_out(it: Platform) -> list[str]:
    """Functions that were given work since the last time."""
    functions = [function for function, _ in it.queue if function.startswith("deploy_")]
    it.queue.clear()
    return functions


def test_every_due_job_is_handed_out_the_longest_due_first(it: Platform) -> None:
    first, second = two_jobs(it)
    later = asked_for(it, f"{uploaded(it)}", WWW, ScheduleTime=(it.clock() + timedelta(hours=1)).isoformat())

    assert run(it) == ([first, second], [])

    assert [status(it, job) for job in (first, second)] == [JobStatus.PROCESSING] * 2
    assert handed_out(it) == ["deploy_oss", "deploy_cdn"]
    assert status(it, later) is JobStatus.PENDING


def test_one_job_alone_may_be_asked_for(it: Platform) -> None:
    first, second = two_jobs(it)

    assert run(it, JobId=second) == ([second], [])

    assert (status(it, first), status(it, second)) == (JobStatus.PENDING, JobStatus.PROCESSING)
    assert handed_out(it) == ["deploy_cdn"]


def test_a_job_that_fails_does_not_stop_the_others_and_is_told(it: Platform) -> None:
    first, second = two_jobs(it)
    it.missing = {"deploy_oss"}

    answer = it.call("run_deployment_jobs", {})
    it.drain()

    assert (status(it, first), status(it, second)) == (JobStatus.PROCESSING, JobStatus.SUCCESS)
    assert it.writes() == [WRITE_OF_WWW]
    assert answer == {"Code": "NotFound", "Message": "Function deploy_oss does not exist"}


def test_a_job_in_another_run_s_hands_does_not_stop_the_others(it: Platform) -> None:
    """The other run saves it between our reading and our writing."""
    first, second = two_jobs(it)
    jobs = it.world.jobs

    class Overtaken:
        """The jobs, where another run moves the first right after it was read."""

        def __getattr__(self, name: str) -> Any:
            return getattr(jobs, name)

        def get(self, job_id: int) -> DeploymentJob:
            job = jobs.get(job_id)
            if job_id == first:
                jobs.save(job.to(JobStatus.SCHEDULING))
            return job

    it.ports["jobs"] = Overtaken()
    assert run(it) == ([second], [])
    assert handed_out(it) == ["deploy_cdn"]

    it.ports.clear()
    assert run(it)[0][0] == first, "the other run died: it is found again"
    assert handed_out(it) == ["deploy_oss"]


def test_what_nobody_has_in_hand_is_handed_out_again_after_ninety_seconds(it: Platform) -> None:
    first, _ = two_jobs(it)
    run(it, JobId=first)
    handed_out(it)
    began = it.world.jobs.get(first).dispatched_at
    assert began is not None

    it.clock.sleep(80 - (it.clock() - began).total_seconds())
    assert run(it, JobId=first) == ([first], [])
    assert handed_out(it) == [], "too early"
    it.clock.sleep(10.5)
    assert run(it, JobId=first) == ([first], [])
    assert handed_out(it) == ["deploy_oss"]
    assert run(it, JobId=first) == ([first], [])
    assert handed_out(it) == [], "too early after the second time"
    it.clock.sleep(90)
    run(it, JobId=first)
    assert handed_out(it) == ["deploy_oss"]


def test_only_products_with_something_left_are_handed_out_again(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), IMG, WWW)
    it.missing = {"deploy_oss"}
    it.drain()
    it.missing = set()
    assert worker_of(it, WWW).status is WorkerStatus.SUCCESS

    it.clock.sleep(100)
    assert run(it) == ([job_id], [])

    assert handed_out(it) == ["deploy_oss"]


def test_a_worker_in_hand_is_not_handed_out_again_and_the_others_are(it: Platform) -> None:
    it.policy["redispatch_after_s"] = 5.0
    asked_for(it, uploaded(it), IMG, WWW)
    it.lost = {"deploy_oss"}
    out: list[str] = []

    def a_run_looks() -> None:
        it.clock.sleep(10)
        run(it)
        out.extend(handed_out(it))

    meeting = AtHandshake(it, "www.example.com", a_run_looks)
    it.drain()

    assert meeting.happened
    assert out == ["deploy_oss"]


def test_a_rollback_is_handed_out_at_once_and_then_not_again_for_a_while(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), IMG, WWW)
    it.drain()

    ask(it, WWW)
    it.queue.clear()
    assert run(it) == ([job_id], [])
    assert handed_out(it) == ["deploy_cdn"], "the job itself was handed out a moment ago"
    assert run(it) == ([job_id], [])
    assert handed_out(it) == []
    ask(it, IMG)
    it.queue.clear()
    run(it)
    assert "deploy_oss" in handed_out(it), "the other slot has to wait for the first one"
    it.clock.sleep(91)
    run(it)
    assert handed_out(it) == ["deploy_cdn", "deploy_oss"]


def test_a_job_that_does_not_tell_when_it_was_handed_out_is_handed_out_by_its_age(it: Platform) -> None:
    job_id = asked_for(it, uploaded(it), WWW)
    it.drain(until="deploy_")
    it.queue.clear()
    it.world.jobs.save(it.job().evolve(dispatched_at=None))

    assert (run(it), handed_out(it)) == (([job_id], []), [])
    it.clock.sleep(91)
    assert (run(it), handed_out(it)) == (([job_id], []), ["deploy_cdn"])


def test_a_finished_job_says_how_many_ended_well_and_when(it: Platform) -> None:
    it.cloud.deny("oss:PutCname")
    job_id = asked_for(it, uploaded(it), IMG, WWW)
    began = it.clock()
    it.drain(until="deploy_")
    started = it.job()
    it.clock.sleep(7)
    it.drain()

    job = it.job()
    assert (job.job_id, job.status, job.success_count, job.error_count) == (job_id, JobStatus.ERROR, 1, 1)
    assert started.started_at is not None
    assert (job.started_at, started.finished_at) == (started.started_at, None)
    assert began <= started.started_at < began + timedelta(seconds=5)
    ends = [worker.finished_at for worker in it.workers().values() if worker.finished_at]
    assert len(ends) == 2
    assert job.finished_at is not None
    assert max(ends) <= job.finished_at <= it.clock()
    assert list(it.world.jobs.due(it.clock())) == []


def test_a_run_says_which_jobs_it_closed(it: Platform) -> None:
    first, second = two_jobs(it)
    it.missing = {"deploy_oss"}
    it.tick("run_deployment_jobs")
    it.missing = set()
    it.clock.sleep(100)
    run(it)
    it.lost = {"run_deployment_jobs"}
    it.drain()
    assert worker_of_job(it, first) == [WorkerStatus.SUCCESS]
    assert status(it, first) is JobStatus.PROCESSING

    assert run(it) == ([], [first])

    assert (status(it, first), status(it, second)) == (JobStatus.SUCCESS, JobStatus.SUCCESS)
    assert run(it) == ([], [])


def worker_of_job(it: Platform, job_id: int) -> list[WorkerStatus]:
    return [worker.status for worker in it.world.workers.list(job_id)]
