"""Jobs, their workers and the index of what is left to do, on every driver."""

from datetime import datetime, timedelta

import pytest

from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import ConflictError, NotFoundError
from shared.state.repositories import Jobs, Workers
from shared.state.store import Store
from shared.state.tables import JOBS, OPEN_JOBS
from tests.builders import NOW, a_job, a_listener_slot, a_worker
from tests.meddling import Cut, Meddling, killed

MS = timedelta(milliseconds=1)


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store)


@pytest.fixture
def workers(store: Store) -> Workers:
    return Workers(store)


def test_a_job_is_found_as_it_was_saved(jobs: Jobs) -> None:
    saved = jobs.save(a_job(7, schedule_time=NOW + MS, contact_ids=(1, 2)))

    assert saved == a_job(7, schedule_time=NOW + MS, contact_ids=(1, 2), version=saved.version)
    assert jobs.get(7) == jobs.find(7) == saved
    assert jobs.find(8) is None
    with pytest.raises(NotFoundError, match="DeploymentJob 8 does not exist"):
        jobs.get(8)


def test_a_job_whose_workers_are_being_stored_is_none_yet(jobs: Jobs) -> None:
    begun = jobs.begin(a_job(7, storing_until=NOW + MS))

    assert (jobs.find(7), list(jobs.list()), list(jobs.due(NOW + MS))) == (None, [], [])
    with pytest.raises(NotFoundError):
        jobs.get(7)
    assert jobs.find_begun(7) == begun
    with pytest.raises(ConflictError):
        jobs.begin(a_job(7, storing_until=NOW + MS))


@pytest.mark.parametrize(
    ("until", "now", "found"),
    [
        (NOW, NOW - MS, False),
        (NOW, NOW, True),
        (NOW + timedelta(minutes=20), NOW, False),
        (NOW + timedelta(minutes=21), NOW, True),
    ],
    ids=["before", "after", "the longest time", "a time of a wrong clock"],
)
def test_one_that_was_cut_off_while_it_was_stored_is_found_when_its_time_is_over(
    jobs: Jobs, until: datetime, now: datetime, found: bool
) -> None:
    begun = jobs.begin(a_job(7, storing_until=until))
    assert list(jobs.cut_off(now)) == ([begun] if found else [])

    jobs.settled(begun)

    assert list(jobs.cut_off(now)) == []


def test_what_was_cut_off_before_or_after_it_was_stored_is_forgotten(store: Store, jobs: Jobs) -> None:
    with pytest.raises(Cut):
        Jobs(Meddling(store, JOBS, killed)).begin(a_job(7, storing_until=NOW))
    done = jobs.begin(a_job(8, storing_until=NOW))
    jobs.save(done.evolve(storing_until=None))

    assert list(jobs.cut_off(NOW)) == []

    assert list(store.range(OPEN_JOBS, ("storing",))) == []


def test_jobs_are_listed_by_id(jobs: Jobs) -> None:
    for job_id in (10, 9, 100):
        jobs.save(a_job(job_id))
    assert [job.job_id for job in jobs.list()] == [9, 10, 100]


def test_of_two_changes_of_one_job_the_first_stands(jobs: Jobs) -> None:
    read = jobs.save(a_job())
    changed = jobs.save(read.to(JobStatus.PENDING))

    with pytest.raises(ConflictError):
        jobs.save(read.to(JobStatus.PENDING))

    assert jobs.get(1) == changed
    assert changed.status is JobStatus.PENDING
    assert jobs.save(changed.to(JobStatus.SCHEDULING)) == jobs.get(1), "who read the last version goes on"


def test_a_second_job_of_the_same_id_is_refused(jobs: Jobs) -> None:
    jobs.save(a_job(name="first"))
    with pytest.raises(ConflictError):
        jobs.save(a_job(name="second"))
    assert jobs.get(1).name == "first"


def test_open_jobs_are_due_from_their_time_on_the_longest_due_first(jobs: Jobs) -> None:
    for job_id, after in ((1, 2 * MS), (2, MS), (3, 0 * MS), (4, -MS), (5, timedelta(days=1))):
        jobs.open(a_job(job_id, schedule_time=NOW + after))
    jobs.save(a_job(6))

    assert list(jobs.due(NOW)) == [4, 3]
    assert list(jobs.due(NOW + MS)) == [4, 3, 2]
    assert list(jobs.due(NOW + timedelta(days=2))) == [4, 3, 2, 1, 5]


def test_a_closed_job_is_forgotten_and_the_others_are_not(jobs: Jobs) -> None:
    jobs.open(a_job(1))
    jobs.open(a_job(2))

    jobs.close(a_job(1), jobs.opened(a_job(1)))

    assert list(jobs.due(NOW)) == [2]
    assert jobs.opened(a_job(1)) == 0
    jobs.close(a_job(1), 0)
    assert list(jobs.due(NOW)) == [2], "closing again does nothing"


def test_a_job_that_was_opened_again_since_is_not_closed(jobs: Jobs) -> None:
    jobs.open(a_job())
    looked = jobs.opened(a_job())
    jobs.open(a_job())

    jobs.close(a_job(), looked)

    assert list(jobs.due(NOW)) == [1]
    assert jobs.opened(a_job()) != looked > 0
    jobs.close(a_job(), jobs.opened(a_job()))
    assert list(jobs.due(NOW)) == []


def test_two_that_open_a_job_at_once_both_get_through(store: Store) -> None:
    """Each has changed the row, so a run that looked in between does not close it."""
    other = Jobs(store)
    looked = []

    def opens_and_looks() -> None:
        other.open(a_job())
        looked.append(other.opened(a_job()))

    meddling = Meddling(store, OPEN_JOBS, opens_and_looks)
    Jobs(meddling).open(a_job())

    other.close(a_job(), *looked)
    assert list(other.due(NOW)) == [1]


def shares(workers: Workers) -> list[WorkerResource]:
    alb = a_listener_slot()
    return [
        workers.save(worker)
        for worker in (a_worker(1), a_worker(2, resource=alb), a_worker(10), a_worker(3, job_id=2))
    ]


def test_workers_are_listed_by_job_and_by_product(workers: Workers) -> None:
    cdn, alb, another, of_job_2 = shares(workers)

    assert list(workers.list(1)) == [alb, cdn, another]
    assert list(workers.list(1, CloudProduct.CDN)) == [cdn, another]
    assert list(workers.list(1, CloudProduct.ALB)) == [alb]
    assert list(workers.list(1, CloudProduct.OSS)) == []
    assert list(workers.list(2)) == [of_job_2]


def test_of_two_that_claim_a_worker_one_has_it(workers: Workers) -> None:
    read = shares(workers)[0]
    claimed = workers.save(read.to(WorkerStatus.PROCESSING, attempts=1))

    with pytest.raises(ConflictError):
        workers.save(read.to(WorkerStatus.PROCESSING, attempts=1))

    assert next(workers.list(1, CloudProduct.CDN)) == claimed


def test_only_the_worker_that_was_read_is_deleted(workers: Workers) -> None:
    cdn, alb, another, of_job_2 = shares(workers)
    changed = workers.save(cdn.to(WorkerStatus.PROCESSING))

    with pytest.raises(ConflictError):
        workers.delete(cdn)
    workers.delete(another)

    assert [*workers.list(1), *workers.list(2)] == [alb, changed, of_job_2]
