"""The status tables: every status has a row, every end can be reached, nothing else can happen."""

from datetime import timedelta
from enum import Enum
from typing import Any

import pytest

from shared.domain.states import JOB_TRANSITIONS, WORKER_TRANSITIONS, JobStatus, WorkerStatus
from shared.errors import InvalidTransitionError
from tests.builders import NOW, a_job, a_worker

TABLES: list[tuple[type[Enum], dict[Any, frozenset[Any]], Any]] = [
    (JobStatus, JOB_TRANSITIONS, JobStatus.EDITING),
    (WorkerStatus, WORKER_TRANSITIONS, WorkerStatus.PENDING),
]
EACH_TABLE = pytest.mark.parametrize(("statuses", "table", "first"), TABLES, ids=["job", "worker"])


@EACH_TABLE
def test_every_status_has_a_row(statuses: Any, table: Any, first: Any) -> None:
    assert set(table) == set(statuses)


@EACH_TABLE
def test_every_status_can_be_reached(statuses: Any, table: Any, first: Any) -> None:
    reached, ahead = set(), [first]
    while ahead:
        if (status := ahead.pop()) not in reached:
            reached.add(status)
            ahead += table[status]
    assert reached == set(statuses)


def test_a_job_is_final_only_at_success_and_error() -> None:
    assert {s for s in JobStatus if s.final} == {JobStatus.SUCCESS, JobStatus.ERROR}


def test_a_worker_is_settled_when_nothing_is_under_way() -> None:
    W = WorkerStatus
    assert {s for s in W if s.settled} == {W.SUCCESS, W.ERROR, W.ROLLBACK_SUCCESS, W.ROLLBACK_ERROR}


@pytest.mark.parametrize("before", WorkerStatus)
@pytest.mark.parametrize("after", WorkerStatus)
def test_a_worker_steps_by_the_table_only(before: WorkerStatus, after: WorkerStatus) -> None:
    worker = a_worker(status=before)
    if after in WORKER_TRANSITIONS[before]:
        assert worker.to(after).status is after
    else:
        with pytest.raises(InvalidTransitionError):
            worker.to(after)


@pytest.mark.parametrize("before", JobStatus)
@pytest.mark.parametrize("after", JobStatus)
def test_a_job_steps_by_the_table_only(before: JobStatus, after: JobStatus) -> None:
    job = a_job(status=before)
    if after in JOB_TRANSITIONS[before]:
        assert job.to(after).status is after
    else:
        with pytest.raises(InvalidTransitionError):
            job.to(after)


def test_a_forbidden_step_is_told_in_the_cloud_s_words() -> None:
    with pytest.raises(InvalidTransitionError) as error:
        a_worker(42).to(WorkerStatus.SUCCESS)
    assert str(error.value) == "WorkerResource 1/42 is pending; it cannot become success"


def test_a_pending_worker_cannot_succeed_without_being_processed() -> None:
    assert WorkerStatus.SUCCESS not in WORKER_TRANSITIONS[WorkerStatus.PENDING]


def test_a_step_gives_the_next_value_and_leaves_the_one_before() -> None:
    before = a_worker()
    after = before.to(WorkerStatus.PROCESSING, attempts=1)
    assert (before.status, before.attempts) == (WorkerStatus.PENDING, 0)
    assert (after.status, after.attempts) == (WorkerStatus.PROCESSING, 1)


def test_a_lease_ends_at_its_moment() -> None:
    worker = a_worker(lease_until=NOW)
    assert worker.leased(NOW - timedelta(seconds=1))
    assert not worker.leased(NOW)
    assert not a_worker().leased(NOW)


def test_a_job_counts_its_workers_over_all_products() -> None:
    assert a_job(products={"CDN": 2, "ALB": 3}).worker_count == 5


def test_a_job_has_at_most_ten_contacts() -> None:
    with pytest.raises(ValueError, match="at most 10"):
        a_job(contact_ids=tuple(range(11)))
