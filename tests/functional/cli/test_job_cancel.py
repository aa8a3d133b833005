"""A job stopped on the command line: asked for first, told as it is."""

from __future__ import annotations

from typing import Any

import pytest

from cli.session import session
from shared.domain.states import JobStatus, WorkerStatus
from tests.builders import NOW, a_job, a_resource, a_worker
from tests.functional.cli.conftest import Command

RENEWED = 10743322


@pytest.fixture
def job(informed: Command) -> dict[str, Any]:
    """That waits for a `serve`."""
    made = informed("job", "create", "--name", "spring", "--certificate", str(RENEWED), "--json")
    found: dict[str, Any] = made.json["Job"]
    return found


def test_nobody_to_ask_is_a_refusal(informed: Command, job: dict[str, Any]) -> None:
    ran = informed("job", "cancel", str(job["JobId"]))

    assert (ran.code, ran.out) == (2, "")
    assert "--yes" in ran.err
    assert informed("job", "list", "--json").json["Jobs"][0]["Status"] == "pending"


def test_a_job_that_waits_is_cancelled_and_shown_so(informed: Command, job: dict[str, Any]) -> None:
    ran = informed("job", "cancel", str(job["JobId"]), "--yes")

    assert (ran.code, ran.err) == (0, "")
    assert "spring: cancelled, 0/2 slots, 2 cancelled" in ran.out
    assert "the job was cancelled before anything was written here" in ran.out
    assert "0 + 2 cancelled" in informed("job", "list").out
    assert informed("job", "cancel", str(job["JobId"]), "--yes").code == 0, "again it is the same"


def test_of_one_that_runs_it_is_told_what_goes_on(informed: Command) -> None:
    world = session().world()
    world.jobs.save(a_job(7, status=JobStatus.PROCESSING, started_at=NOW))
    world.workers.add(
        [
            a_worker(1, job_id=7, status=WorkerStatus.PROCESSING, previous_cert_identifier="1-cn-hangzhou"),
            a_worker(2, job_id=7, resource=a_resource("b.example.com")),
        ]
    )

    ran = informed("job", "cancel", "7", "--yes")

    assert ran.code == 0
    assert "job-7: processing, 0/2 slots, 1 cancelled, being cancelled" in ran.out
    assert "brought to its end as soon as `certdeploy serve` runs" in ran.err


def test_one_that_has_ended_is_refused(informed: Command) -> None:
    session().world().jobs.save(a_job(7, status=JobStatus.SUCCESS))

    ran = informed("job", "cancel", "7", "--yes")

    assert (ran.code, ran.err) == (
        5,
        "certdeploy: DeploymentJob 7 is success and cannot become cancelled\n",
    )
