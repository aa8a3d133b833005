"""What failed is tried again from the command line; a job that was rolled back reads so."""

from __future__ import annotations

import pytest

from cli.session import session
from shared.domain.states import JobStatus, WorkerStatus
from tests.builders import NOW, a_job, a_resource, a_worker
from tests.functional.cli.conftest import Command

W = WorkerStatus


def ended(status: JobStatus, *workers: WorkerStatus, **more: int) -> None:
    """Job 7, whose workers ended so."""
    world = session().world()
    counts = {"success_count": sum(one is W.SUCCESS for one in workers), **more}
    world.jobs.save(a_job(7, status=status, started_at=NOW, finished_at=NOW, **counts))
    world.workers.add(
        a_worker(
            number,
            job_id=7,
            resource=a_resource(f"{number}.example.com"),
            status=status,
            reason="it was denied" if status is W.ERROR else "",
            previous_cert_identifier="1-cn-hangzhou",
            finished_at=NOW,
        )
        for number, status in enumerate(workers, 1)
    )


def test_what_failed_waits_again_and_its_earlier_end_is_kept(command: Command) -> None:
    ended(JobStatus.ERROR, W.SUCCESS, W.ERROR)

    ran = command("job", "retry", "7", "--json")

    assert (ran.code, ran.err) == (0, "it is tried again as soon as `certdeploy serve` runs\n")
    assert ran.json["Job"]["Status"] == "processing"
    assert ran.json["Counts"] == {"success": 1, "pending": 1}
    (failed,) = (one for one in ran.json["Workers"] if one["Status"] == "pending")
    assert failed["FailedBefore"] == [{"At": "2026-05-01T12:00:00Z", "Reason": "it was denied"}]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--slot", "CDN/-/nope.example.com"), "not a slot of job 7"),
        (("--slot", "CDN/-/1.example.com"), "nothing to try again: none of these slots of job 7 ended"),
        (("--slot", ""), "the name of a slot is empty"),
        (("--product", "ALB"), "job 7 has no slots of ALB"),
        (("--wait",), "no `certdeploy serve` uses this state"),
    ],
)
def test_what_cannot_be_tried_again_is_one_sentence(
    command: Command, words: tuple[str, ...], told: str
) -> None:
    ended(JobStatus.ERROR, W.SUCCESS, W.ERROR)

    ran = command("job", "retry", "7", *words)

    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err


@pytest.mark.parametrize(
    ("workers", "told"),
    [
        ((W.ROLLBACK_SUCCESS, W.ROLLBACK_SUCCESS), "rolled back, 0/2 slots, 2/2 rolled back"),
        ((W.ROLLBACK_SUCCESS, W.SUCCESS), "partly rolled back, 1/2 slots, 1/1 rolled back"),
        ((W.ROLLBACK, W.SUCCESS), "rolling back 0/1, 1/2 slots"),
        ((W.ROLLBACK_ERROR, W.ROLLBACK_SUCCESS), "rollback failed, 0/2 slots, 1/2 rolled back"),
        ((W.SUCCESS, W.SUCCESS), "success, 2/2 slots"),
    ],
)
def test_a_job_that_was_rolled_back_does_not_read_as_a_success(
    command: Command, workers: tuple[WorkerStatus, ...], told: str
) -> None:
    ended(JobStatus.SUCCESS, *workers)

    first = command("job", "show", "7").out.splitlines()[0]

    assert first.startswith(f"Job 7 job-7: {told}")
    assert first.endswith("; the job had ended in success") is (told != "success, 2/2 slots")


def test_nor_does_it_in_the_list(command: Command) -> None:
    ended(JobStatus.SUCCESS, W.ROLLBACK_SUCCESS, success_count=1, rolled_back_count=1)

    listed = command("job", "list").out

    assert "rolled back" in listed
    assert "1; 1 put back" in listed


def test_while_it_is_rolled_back_each_list_says_how_far_that_is(command: Command) -> None:
    """CAS's status of the job stays success, and its counts are those of the last rollback."""
    ended(JobStatus.SUCCESS, W.ROLLBACK, W.ROLLBACK_SUCCESS, W.ROLLBACK_ERROR, success_count=3)
    world = session().world()
    world.jobs.open(world.jobs.get(7))

    (row,) = command("job", "list", "--csv", "--columns", "status").out.splitlines()[1:]
    (listed,) = command("job", "list", "--json").json["Jobs"]
    shown = command("job", "show", "7", "--json").json
    overview = command("status").out

    assert row == "rolling back 2/3"
    assert (listed["Status"], listed["Outcome"]) == ("success", "rolling back 2/3")
    assert shown["Outcome"] == "rolling back 2/3"
    assert "· 1 job being rolled back: job 7 job-7, rolling back 2/3" in overview


def test_a_rollback_that_failed_is_told_by_the_list_too(command: Command) -> None:
    ended(JobStatus.SUCCESS, W.ROLLBACK_ERROR, success_count=1, rollback_error_count=1)

    listed = command("job", "list").out

    assert "rollback failed" in listed
    assert "1; 1 not put back" in listed
