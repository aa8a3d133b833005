"""Jobs deleted on the command line: asked for first, each told."""

from __future__ import annotations

import io

import pytest

from cli.session import session
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from tests.builders import a_job, a_worker
from tests.functional.cli.conftest import Command

W = WorkerStatus


@pytest.fixture
def jobs(command: Command) -> Command:
    """7 has ended, 8 runs, 9 is a draft."""
    world = session().world()
    for number, status in ((7, JobStatus.SUCCESS), (8, JobStatus.PROCESSING), (9, JobStatus.EDITING)):
        world.jobs.save(a_job(number, status=status, success_count=int(number == 7)))
    deployed(7, W.SUCCESS)
    return command


def deployed(job_id: int, *statuses: WorkerStatus, before: str | None = "1-cn-hangzhou") -> None:
    """Slots of a job, each with what was `before` there, if the job wrote."""
    workers = [
        a_worker(number, job_id=job_id, status=status, previous_cert_identifier=before)
        for number, status in enumerate(statuses, 1)
    ]
    session().world().workers.add(workers)


def left(command: Command) -> list[int]:
    return [job["JobId"] for job in command("job", "list", "--json").json["Jobs"]]


def test_what_is_lost_is_told_and_nobody_to_ask_is_a_refusal(jobs: Command) -> None:
    ran = jobs("job", "delete", "7", "9")

    assert ran.code == 2
    assert "job 7 job-7: success, 1 slots, 1 of them could no longer be rolled back" in ran.err
    assert "--yes" in ran.err
    assert left(jobs) == [7, 8, 9]


def test_only_slots_that_still_have_what_the_job_put_there_are_lost(command: Command) -> None:
    world = session().world()
    back = {"rolled_back_count": 2, "success_count": 4, "products": {CloudProduct.CDN: 4}}
    for number, changes in ((7, back), (8, {**back, "rolled_back_count": 4}), (9, {"success_count": 1})):
        world.jobs.save(a_job(number, status=JobStatus.SUCCESS, **changes))
    deployed(7, W.ROLLBACK_SUCCESS, W.ROLLBACK_SUCCESS, W.ROLLBACK_ERROR, W.SUCCESS)
    deployed(8, *[W.ROLLBACK_SUCCESS] * 4)
    deployed(9, W.SUCCESS, before=None)

    ran = command("job", "delete", "7", "8", "9")

    assert ran.err.splitlines()[:3] == [
        "job 7 job-7: partly rolled back, 4 slots, 2 of them could no longer be rolled back",
        "job 8 job-8: rolled back, 4 slots",
        "job 9 job-9: success, 1 slots",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "rest"), [("y", 0, [8]), ("n", 1, [7, 8, 9])])
def test_a_person_at_the_terminal_is_asked(
    jobs: Command, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, rest: list[int]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))

    ran = jobs("job", "delete", "7", "9", "7")

    assert (ran.code, "This cannot be undone. Delete 2 jobs?" in ran.err) == (code, True)
    assert left(jobs) == rest


def test_each_result_is_told_and_one_that_runs_is_left(jobs: Command) -> None:
    ran = jobs("job", "delete", "8", "9", "--yes")

    assert ran.code == 2
    assert ran.err.splitlines() == [
        "job 8: not deleted: job 8 is processing: cancel it, and delete it when it has ended",
        "job 9: deleted",
    ]
    assert left(jobs) == [7, 8]


def test_if_one_is_not_known_nothing_is_deleted(jobs: Command) -> None:
    ran = jobs("job", "delete", "7", "99", "--yes")

    assert (ran.code, ran.err) == (5, "certdeploy: DeploymentJob 99 does not exist\n")
    assert left(jobs) == [7, 8, 9]
