"""A job that is watched on the command line: a line for each change in a pipe, then its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.session import session
from shared.domain.states import JobStatus, WorkerStatus
from tests.builders import NOW, a_job, a_resource, a_worker
from tests.functional.cli.conftest import Command


@pytest.fixture
def running(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Job 7, whose only slot is deployed while it is watched. A `serve` is taken to run."""
    world = session().world()
    world.jobs.save(a_job(7, status=JobStatus.PROCESSING, started_at=NOW + timedelta(minutes=12)))
    world.workers.add([a_worker(1, job_id=7, status=WorkerStatus.PROCESSING)])

    def goes_on(seconds: float) -> None:
        job, (worker, *_) = world.jobs.get(7), world.workers.list(7)
        if worker.status is WorkerStatus.PROCESSING:
            world.workers.save(worker.to(WorkerStatus.SUCCESS))
        else:
            world.jobs.save(job.to(JobStatus.SUCCESS, success_count=1))

    monkeypatch.setattr("cli.job_end.time.sleep", goes_on)
    for command_of in ("job_show", "job_submit"):
        monkeypatch.setattr(f"cli.{command_of}.check_can_wait", lambda *arguments: None)
    return command


def test_each_change_is_a_line_and_the_end_is_shown(running: Command) -> None:
    ran = running("job", "show", "7", "--watch")

    assert ran.code == 0
    lines = ran.err.splitlines()
    assert lines[0] == "Job 7 job-7: processing, 0/1 slots; left: CDN 1"
    assert lines[1].startswith("Job 7 job-7: processing, 1/1 slots")
    assert lines[2].startswith("Job 7 job-7: success, 1/1 slots")
    assert len(lines) == 3
    assert ran.out.startswith("Job 7 job-7: success, 1/1 slots")


def test_waiting_prints_nothing_but_the_end_in_a_pipe(running: Command) -> None:
    ran = running("job", "show", "7", "--wait")

    assert (ran.code, ran.err) == (0, "")


def test_a_job_that_began_late_says_so(running: Command) -> None:
    assert "started 2026-05-01 12:12, 12 min late" in running("job", "show", "7").out


def test_a_draft_that_was_submitted_after_its_time_is_not_late_by_that(running: Command) -> None:
    world = session().world()
    submitted = world.jobs.get(7).evolve(submitted_at=NOW + timedelta(minutes=11))
    world.jobs.save(submitted)

    line = running("job", "show", "7").out.splitlines()[1]

    assert line.startswith(
        "due 2026-05-01 12:00 UTC, submitted 2026-05-01 12:11, started 2026-05-01 12:12, origin"
    )


def test_the_end_shows_the_slots_in_their_order(running: Command) -> None:
    slots = [a_resource(f"{name}.example.com") for name in "db"]
    workers = [a_worker(number, job_id=7, resource=slot) for number, slot in enumerate(slots, 2)]
    session().world().workers.add([one.evolve(status=WorkerStatus.SUCCESS) for one in workers])

    ran = running("job", "submit", "7", "--digest", "0" * 16, "--watch", "--json")

    shown = [worker["Resource"]["ResourceId"] for worker in ran.json["Workers"]]
    assert shown == ["b.example.com", "d.example.com", "www.example.com"]
