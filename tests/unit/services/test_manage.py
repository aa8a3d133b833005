"""What a person asks about jobs: exactly one question, and an answer that is only about it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.queries import ListCertificates, ListResources
from shared.domain.requests import (
    ListDeploymentJobs,
    ManageDeploymentJobs,
    PreviewDeploymentJob,
    ShowDeploymentJob,
)
from shared.domain.resources import CloudProduct
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.lists import list_certificates, list_resources
from shared.services.manage import Managed, manage_deployment_jobs
from shared.services.world import World
from tests.builders import NOW, a_certificate, a_job, a_listener_slot, a_resource, a_worker
from tests.worlds import a_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three jobs: 2 and 1 were created at the same time, 3 before them."""
    made = a_world(tmp_path, certificates=[a_certificate(7)], slots=[a_resource()])
    early = NOW - timedelta(hours=1)
    for job in (
        a_job(2, status=JobStatus.SUCCESS),
        a_job(1),
        a_job(3, created_at=early, status=JobStatus.ERROR),
    ):
        made.jobs.save(job)
    for worker in (
        a_worker(1),
        a_worker(2, resource=a_resource(product=CloudProduct.OSS)),
        a_worker(3, job_id=2),
    ):
        made.workers.save(worker)
    return made


def listed(world: World, status: str | None = None) -> list[int]:
    answer = manage_deployment_jobs(world, ManageDeploymentJobs(list_jobs=ListDeploymentJobs(status=status)))
    assert answer.jobs is not None
    assert set(answer.model_dump(exclude_none=True)) == {"jobs"}
    return [job.job_id for job in answer.jobs]


def test_jobs_are_listed_in_the_order_of_their_creation_and_by_status(world: World) -> None:
    assert listed(world) == [3, 1, 2]
    assert listed(world, "success") == [2]
    assert listed(world, "pending") == []


def test_a_status_that_there_is_not_is_refused_with_those_that_there_are(world: World) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        listed(world, "done")

    known = "editing, pending, scheduling, processing, success, error, cancelled"
    assert str(refused.value) == f"List.Status: 'done' is not one of {known}"


def test_a_job_is_shown_with_its_workers_and_nothing_else(world: World) -> None:
    answer = manage_deployment_jobs(world, ManageDeploymentJobs(show=ShowDeploymentJob(job_id=1)))

    assert answer.job == world.jobs.get(1)
    assert answer.workers == tuple(world.workers.list(1))
    assert len(answer.workers) == 2
    assert answer.counts == dict(Counter(worker.status for worker in answer.workers))
    fields = {"job", "workers", "counts", "outcome", "hints", "deliveries", "quota"}
    assert set(answer.model_dump(exclude_none=True)) == fields


def test_workers_are_shown_by_what_is_asked_for_and_counted_as_a_whole(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.jobs.save(a_job(1))
    cdn, alb = a_resource(), a_listener_slot()
    refused = "SetX: OverQuota: no more (RequestId R-1)"
    world.workers.add(
        [
            a_worker(1, resource=cdn, status=WorkerStatus.ERROR, reason=refused),
            a_worker(
                2, resource=alb, status=WorkerStatus.ERROR, reason=f"{refused}; SetX: Odd: ? (RequestId -)"
            ),
            a_worker(
                3, resource=alb, status=WorkerStatus.SUCCESS, reason="SetX: Forbidden: once (RequestId -)"
            ),
        ]
    )

    def shown(**asked: object) -> tuple[list[int], dict[str, int]]:
        request = ManageDeploymentJobs.model_validate({"Show": {"JobId": 1, **asked}})
        answer = manage_deployment_jobs(world, request)
        assert answer.counts == {WorkerStatus.ERROR: 2, WorkerStatus.SUCCESS: 1}
        hints = {hint.code: hint.slots for hint in answer.hints or ()}
        return sorted(worker.worker_id for worker in answer.workers or ()), hints

    assert shown() == ([1, 2, 3], {"OverQuota": 2})
    assert shown(Statuses=["success"]) == ([3], {})
    assert shown(Statuses=["error", "success"], Products=["ALB"]) == ([2, 3], {"OverQuota": 1})
    assert shown(Regions=["-"]) == ([1], {"OverQuota": 1})
    assert shown(Regions=["cn-hangzhou"]) == ([2, 3], {"OverQuota": 1})
    with pytest.raises(InvalidRequestError, match="cn-hangzou is no known region"):
        shown(Regions=["cn-hangzou"])


def test_a_job_that_there_is_not_is_not_shown(world: World) -> None:
    with pytest.raises(NotFoundError):
        manage_deployment_jobs(world, ManageDeploymentJobs(show=ShowDeploymentJob(job_id=9)))


def test_a_preview_is_the_plan_with_its_digest_and_stores_nothing(world: World) -> None:
    answer = manage_deployment_jobs(world, ManageDeploymentJobs(preview=PreviewDeploymentJob(cert_ids=(7,))))

    assert answer.plan is not None
    assert [entry.resource.slot for entry in answer.plan.deployments] == ["CDN/-/www.example.com"]
    assert answer.digest == answer.plan.digest
    assert [one.code for one in answer.not_seen or ()] == ["never"]
    told = {"plan", "warnings", "digest", "quota", "expected", "not_seen"}
    assert set(answer.model_dump(exclude_none=True)) == told
    assert len(list(world.jobs.list())) == 3


@pytest.mark.parametrize(
    "request_",
    [
        ManageDeploymentJobs(),
        ManageDeploymentJobs(list_jobs=ListDeploymentJobs(), show=ShowDeploymentJob(job_id=1)),
        ManageDeploymentJobs(preview=PreviewDeploymentJob(cert_ids=(7,)), show=ShowDeploymentJob(job_id=1)),
    ],
    ids=["nothing", "two questions", "two others"],
)
def test_exactly_one_question_is_answered(world: World, request_: ManageDeploymentJobs) -> None:
    with pytest.raises(
        InvalidRequestError,
        match=r"one of List, Show, Preview, Submit, .*, Delete, ListResources, ListCertificates, Status",
    ):
        manage_deployment_jobs(world, request_)


def test_slots_certificates_and_what_needs_a_hand_are_listed_as_the_command_lists_them(world: World) -> None:
    def asked(**request: object) -> Managed:
        return manage_deployment_jobs(world, ManageDeploymentJobs.model_validate(request))

    slots = asked(ListResources={"Domains": ["www.*"]})
    certificates = asked(ListCertificates={"Unused": True})
    told = asked(Status={"EndsWithinDays": 30})

    assert slots.model_dump(exclude_none=True).keys() == {"slots"}
    assert slots.slots == list_resources(world, ListResources(domains=("www.*",)))
    assert certificates.certificates == list_certificates(world, ListCertificates(unused=True))
    assert told.status is not None
    assert "ending" in {concern.code for concern in told.status.concerns}
