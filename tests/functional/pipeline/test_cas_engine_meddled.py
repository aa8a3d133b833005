"""The engine `cas` where somebody is at CAS's job in its console: what they did is told, no success."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.cloud.cas_jobs import CREATE_DEPLOYMENT_JOB as _CREATE
from shared.cloud.openapi import OpenApi
from shared.domain.engines import Engine
from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline.conftest import ESTATE
from tests.functional.pipeline.platform import Cut, Platform, discovered
from tests.functional.pipeline.stories import IMG, OLD, WWW, asked_for, statuses, uploaded, worker_of

ANN = {"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Platform]:
    with discovered({**ESTATE, "contacts": [ANN]}, tmp_path, engine=Engine.CAS) as made:
        yield made


class At:
    """`happens` once, before or after CAS carries out an action the nth time; it takes CAS's only job."""

    def __init__(
        self,
        platform: Platform,
        monkeypatch: pytest.MonkeyPatch,
        when: str,
        happens: Callable[[Any], object],
        nth: int = 1,
    ) -> None:
        self.happened = False
        self._left = nth
        moment, _, action = when.partition(" ")
        execute = platform.cloud.execute

        def meddled() -> None:
            self.happened = True
            service = platform.cloud.service("cas")
            service._go_on()
            happens(next(iter(service._jobs.values())))

        def executed(service: Any, call: Any) -> Any:
            self._left -= call.action == action
            mine = call.action == action and not self.happened and not self._left
            if mine and moment == "before":
                meddled()
            answer = execute(service, call)
            if mine and moment == "after":
                meddled()
            return answer

        monkeypatch.setattr(platform.cloud, "execute", executed)


def told(platform: Platform, monkeypatch: pytest.MonkeyPatch, when: str, happens: Any) -> str:
    """Why www.example.com ended in error."""
    asked_for(platform, uploaded(platform), WWW)
    at = At(platform, monkeypatch, when, happens)
    platform.drain()
    assert at.happened
    assert worker_of(platform, WWW).status is WorkerStatus.ERROR
    assert platform.job().status is JobStatus.ERROR
    return worker_of(platform, WWW).reason


def test_a_job_that_is_deleted_there(vendors: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = vendors.cloud.service("cas")._jobs

    reason = told(vendors, monkeypatch, "after UpdateDeploymentJobStatus", lambda job: jobs.clear())

    assert "JobGone" in reason
    assert "somebody has deleted it" in reason
    assert f"carries {OLD}, as before" in reason


def test_one_that_is_taken_back_to_be_edited(vendors: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken_back(job: Any) -> None:
        job.status = job.workers[0].status = "editing"

    assert "TakenBack" in told(vendors, monkeypatch, "after UpdateDeploymentJobStatus", taken_back)


def test_one_that_is_given_other_resources(vendors: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends well, and does nothing for the slot."""
    cas = vendors.cloud.service("cas")
    other = next(number for number, place in cas.places().items() if place.domain == "img.example.com")

    def edited(job: Any) -> None:
        job.workers[0].resource_id = other

    reason = told(vendors, monkeypatch, "after CreateDeploymentJob", edited)

    assert "NoWorker" in reason
    assert "has no part for this slot" in reason


def test_one_that_is_rolled_back_at_once(vendors: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    vendors.cloud.settle_s = 0
    cdn = vendors.cloud.service("cdn")

    def rolled_back(job: Any) -> None:
        assert job.status == "success"
        job.workers[0].status = "rollback_success"
        cdn._take(cdn._domains["www.example.com"], OLD)

    reason = told(vendors, monkeypatch, "before ListWorkerResource", rolled_back)

    assert "RolledBack" in reason
    assert f"carries {OLD}, as before" in reason


def test_a_success_that_the_slot_does_not_show_is_none(
    vendors: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CAS says so, and nothing of it is to be seen: it ends in error after its time."""
    vendors.cloud.settle_s = 0
    cdn = vendors.cloud.service("cdn")
    vendors.policy |= {"worker_age_limit_s": 200.0, "least_attempts": 2, "served_within_s": 30.0}

    reason = told(
        vendors,
        monkeypatch,
        "before ListWorkerResource",
        lambda job: cdn._take(cdn._domains["www.example.com"], OLD),
    )

    assert "does not show" in reason
    assert len(vendors.cloud.service("cas")._jobs) == 1


def test_an_error_there_is_one_here_though_the_slot_carries_the_certificate(
    vendors: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendors.cloud.settle_s = 0

    def failed(job: Any) -> None:
        job.status = job.workers[0].status = "error"

    reason = told(vendors, monkeypatch, "before ListWorkerResource", failed)

    assert "WorkerError" in reason
    assert "the new one, all the same" in reason


def test_what_cas_still_has_in_hand_is_no_success_though_the_slot_shows_it(
    vendors: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is put there, CAS goes on with it while functions hand on to each other, and ends in error."""
    vendors.timeout_s = 30.0
    cdn = vendors.cloud.service("cdn")

    def there_already(job: Any) -> None:
        job.workers[0].until = vendors.clock() + timedelta(days=1)
        cdn._take(cdn._domains["www.example.com"], job.workers[0].identifier)

    def failed(job: Any) -> None:
        job.status = job.workers[0].status = "error"

    later = At(vendors, monkeypatch, "before ListWorkerResource", failed, nth=8)
    reason = told(vendors, monkeypatch, "after UpdateDeploymentJobStatus", there_already)

    assert later.happened
    assert "WorkerError" in reason


def test_where_cas_takes_too_long_that_is_told(vendors: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    vendors.policy |= {"worker_age_limit_s": 60.0, "least_attempts": 1, "served_within_s": 20.0}

    def endless(job: Any) -> None:
        job.workers[0].until = vendors.clock() + timedelta(days=1)

    reason = told(vendors, monkeypatch, "after UpdateDeploymentJobStatus", endless)

    assert "does not show" in reason
    assert "yet: CAS's job 50001 is processing for it" in reason


def test_a_shell_of_ours_that_was_never_submitted_gets_what_is_wanted(
    vendors: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever somebody has made of it since."""
    job_id = asked_for(vendors, uploaded(vendors), WWW, IMG)
    cas = vendors.cloud.service("cas")
    resources = {place.domain: number for number, place in cas.places().items()}
    sent = {"Name": f"certdeploy-{job_id}-CDN-0-0-1", "JobType": "user", "ContactIds": "20001"}
    wrong = {"CertIds": OLD.partition("-")[0], "ResourceIds": str(resources["img.example.com"])}
    vendors.app().openapi.call(
        vendors.world.cas("cn-hangzhou").jobs._api, _CREATE, {**sent, **wrong}, region="cn-hangzhou"
    )
    vendors.drain()

    assert statuses(vendors) == {WorkerStatus.SUCCESS: 2}
    assert sorted((job.name, job.status) for job in cas._jobs.values()) == [
        (f"certdeploy-{job_id}-CDN-0-0-1", "success"),
        (f"certdeploy-{job_id}-OSS-0-0-1", "success"),
    ]


@pytest.mark.long
def test_one_that_is_taken_back_while_our_function_dies_is_submitted_with_what_the_plan_wants(
    vendors: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CAS does not tell it from one that was never submitted, also if it was given something else to do."""
    asked_for(vendors, uploaded(vendors), WWW)
    cas = vendors.cloud.service("cas")
    call = OpenApi.call

    def dying(client: Any, api: Any, action: Any, *rest: Any, **more: Any) -> Any:
        answer = call(client, api, action, *rest, **more)
        if action.name == "UpdateDeploymentJobStatus":
            (job,) = cas._jobs.values()
            job.status, job.workers, job.certificate_ids = "editing", [], [int(OLD.partition("-")[0])]
            raise Cut
        return answer

    monkeypatch.setattr(OpenApi, "call", dying)
    with pytest.raises(Cut):
        vendors.drain()
    monkeypatch.setattr(OpenApi, "call", call)
    vendors.pass_days(0.01)
    vendors.tick("run_deployment_jobs")

    assert statuses(vendors) == {WorkerStatus.SUCCESS: 1}
    (job,) = cas._jobs.values()
    assert (job.status, job.certificate_ids) == (
        "success",
        [int(worker_of(vendors, WWW).cert_identifier[:8])],
    )


def test_what_failed_is_tried_again_in_a_job_of_its_own(vendors: Platform) -> None:
    job_id = asked_for(vendors, uploaded(vendors), WWW)
    cas = vendors.cloud.service("cas")
    cas.choose(deployments="none")
    vendors.drain()
    assert "InsufficientQuota" in worker_of(vendors, WWW).reason

    cas.choose(deployments="bought")
    vendors.call("manage_deployment_jobs", {"Retry": {"JobId": job_id}})
    vendors.drain()

    assert statuses(vendors) == {WorkerStatus.SUCCESS: 1}
    assert [job.name for job in cas._jobs.values()] == [f"certdeploy-{job_id}-CDN-0-1-1"]


@pytest.mark.long
def test_delivered_twice_it_makes_one_job_for_each_slot(vendors: Platform) -> None:
    vendors.copies = 2
    asked_for(vendors, uploaded(vendors), WWW, IMG)
    vendors.drain()

    assert statuses(vendors) == {WorkerStatus.SUCCESS: 2}
    there = vendors.cloud.service("cas")._jobs.values()
    assert sorted(len(job.workers) for job in there) == [1, 1]
