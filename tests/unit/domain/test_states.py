"""The lives of jobs and workers: each step that may be taken, and that no other can be."""

from datetime import timedelta

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import InvalidTransitionError
from tests.builders import NOW, a_job, a_worker

#: The life of a job, in CAS's words: after each status the ones that may follow.
JOB_STEPS: dict[str, set[str]] = {
    "editing": {"pending", "cancelled"},  # submitted, or declined
    "pending": {"editing", "scheduling", "cancelled"},  # taken back, due, or stopped
    # begun again after a cut, handed to the products, or stopped
    "scheduling": {"scheduling", "processing", "cancelled"},
    "processing": {"success", "error", "cancelled"},
    "success": set(),
    "error": {"processing"},  # what failed is tried again
    "cancelled": {"processing"},
}
#: The life of a worker: deployed, and rolled back after it has ended, with or without success.
WORKER_STEPS: dict[str, set[str]] = {
    "pending": {"processing", "error", "cancelled"},  # claimed, nobody can work on it, or stopped
    # delivered again, or a retry waits; stopped, after its function died
    "processing": {"processing", "pending", "success", "error", "superseded", "cancelled"},
    "success": {"rollback"},
    "error": {"pending", "rollback"},  # tried again, or put back
    "superseded": set(),
    "cancelled": {"pending", "held"},  # its job halted, and is tried again
    "held": {"pending", "cancelled"},  # its wave begins, or never does
    "rollback": {"rollback", "rollback_success", "rollback_error"},
    "rollback_success": set(),
    "rollback_error": {"rollback"},  # tried again
}


def test_the_statuses_are_the_cloud_s_words_and_some_of_ours() -> None:
    assert [status.value for status in JobStatus] == list(JOB_STEPS)
    assert [status.value for status in WorkerStatus] == list(WORKER_STEPS)


def test_a_new_job_is_edited_and_a_new_worker_waits() -> None:
    assert a_job().status.value == "editing"
    assert a_worker().status.value == "pending"


def test_a_job_is_final_only_at_success_at_error_and_when_it_was_stopped() -> None:
    assert {s.value for s in JobStatus if s.final} == {"success", "error", "cancelled"}


def test_a_worker_is_settled_when_nothing_is_under_way() -> None:
    settled = {s.value for s in WorkerStatus if s.settled}
    assert settled == {
        *("success", "error", "superseded", "cancelled"),
        *("rollback_success", "rollback_error"),
    }


def test_a_worker_is_of_a_rollback_from_its_asking_to_its_end() -> None:
    of_rollback = {s.value: s.of_rollback for s in WorkerStatus}
    assert of_rollback == {word: word.startswith("rollback") for word in WORKER_STEPS}


@pytest.mark.parametrize("after", WORKER_STEPS)
@pytest.mark.parametrize("before", WORKER_STEPS)
def test_a_worker_takes_the_steps_of_its_life_and_no_other(before: str, after: str) -> None:
    worker = a_worker(status=before)
    if after in WORKER_STEPS[before]:
        assert worker.to(WorkerStatus(after)).status.value == after
    else:
        with pytest.raises(InvalidTransitionError, match=f" is {before} and cannot become {after}$"):
            worker.to(WorkerStatus(after))


@pytest.mark.parametrize("after", JOB_STEPS)
@pytest.mark.parametrize("before", JOB_STEPS)
def test_a_job_takes_the_steps_of_its_life_and_no_other(before: str, after: str) -> None:
    job = a_job(status=before)
    if after in JOB_STEPS[before]:
        assert job.to(JobStatus(after)).status.value == after
    else:
        with pytest.raises(InvalidTransitionError, match=f" is {before} and cannot become {after}$"):
            job.to(JobStatus(after))


def test_a_forbidden_step_is_told_in_the_cloud_s_words() -> None:
    with pytest.raises(InvalidTransitionError) as error:
        a_worker(42).to(WorkerStatus.SUCCESS)
    assert str(error.value) == "WorkerResource 1/42 is pending and cannot become success"
    with pytest.raises(InvalidTransitionError) as error:
        a_job(3).to(JobStatus.SUCCESS)
    assert str(error.value) == "DeploymentJob 3 is editing and cannot become success"


def test_a_step_gives_the_next_value_and_leaves_the_one_before() -> None:
    before = a_worker()
    after = before.to(WorkerStatus.PROCESSING, attempts=1)
    assert (before.status.value, before.attempts) == ("pending", 0)
    assert (after.status.value, after.attempts) == ("processing", 1)
    job = a_job(status="processing")
    ended = job.to(JobStatus.ERROR, error_count=2, finished_at=NOW)
    assert (job.status.value, job.error_count) == ("processing", 0)
    assert (ended.status.value, ended.error_count, ended.finished_at) == ("error", 2, NOW)


def test_a_lease_ends_at_its_moment() -> None:
    worker = a_worker(lease_until=NOW)
    assert worker.leased(NOW - timedelta(seconds=1))
    assert not worker.leased(NOW)
    assert not worker.leased(NOW + timedelta(seconds=1))
    assert not a_worker().leased(NOW)


def test_a_job_counts_its_workers_over_all_products() -> None:
    assert a_job(products={"CDN": 2, "ALB": 3}).worker_count == 5


def test_a_job_has_at_most_ten_contacts() -> None:
    assert len(a_job(contact_ids=tuple(range(10))).contact_ids) == 10
    with pytest.raises(ValueError, match="at most 10"):
        a_job(contact_ids=tuple(range(11)))
