"""The engine `cas`: CAS's own deployment job writes, and a success is none before the slot proves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.api import ApiError
from emulator.faults import Fault
from shared.domain.engines import Engine
from shared.domain.jobs import Handshake
from shared.domain.states import JobStatus, WorkerStatus
from shared.runtime.grants import grants
from tests.functional.pipeline.conftest import ESTATE, NAMES, TWO_SLOTS
from tests.functional.pipeline.killed import Killing, a_deployment
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import (
    IMG,
    OLD,
    WWW,
    asked_for,
    roll_back,
    statuses,
    uploaded,
    worker_of,
)
from tests.shortened import shortened, swept

ANN = {"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Platform]:
    """As `platform`; its owner has chosen the vendor's engine, and CAS has a contact."""
    with discovered({**ESTATE, "contacts": [ANN]}, tmp_path, engine=Engine.CAS) as made:
        made.cloud.calls.clear()
        yield made


def called(platform: Platform, action: str) -> list[Any]:
    return [call for call in platform.cloud.calls if call.action == action]


def refusing(platform: Platform) -> None:
    """CDN takes no certificate from CAS."""

    def taken(domain: Any, identifier: str) -> None:
        raise ApiError(403, "IllegalOperation", "Illegal domain operate is not permitted.")

    platform.cloud.service("cdn")._take = taken


def jobs_there(platform: Platform) -> list[Any]:
    platform.cloud.service("cas")._go_on()
    return list(platform.cloud.service("cas")._jobs.values())


@pytest.mark.long
def test_a_renewed_certificate_reaches_every_slot_by_jobs_of_cas(vendors: Platform) -> None:
    new = vendors.renew(*NAMES)
    vendors.tick("scan_expiry")

    assert vendors.job().status is JobStatus.SUCCESS, [one.reason for one in vendors.workers().values()]
    assert statuses(vendors) == {WorkerStatus.SUCCESS: 4}
    assert vendors.tried() == {}, "no product was written to by us"
    there = jobs_there(vendors)
    assert sorted(len(job.workers) for job in there) == [1, 1, 2], "one for each product"
    assert {job.status for job in there} == {"success"}
    assert {worker.identifier for job in there for worker in job.workers} == {new}
    proofs = {worker.verification and worker.verification.handshake for worker in vendors.workers().values()}
    assert proofs == {Handshake.SERVED}
    assert all(job.name.startswith(f"certdeploy-{vendors.job().job_id}-") for job in there)
    assert all(len(job.name) <= 63 for job in there)


@pytest.mark.ordinary_answers("a list whose total is off is asked for another page")
def test_it_costs_a_look_before_and_one_after_and_the_job(vendors: Platform) -> None:
    asked_for(vendors, uploaded(vendors), WWW)
    vendors.cloud.calls.clear()
    vendors.drain()

    assert statuses(vendors) == {WorkerStatus.SUCCESS: 1}
    looks = len([call for call in vendors.cloud.calls if call.action.startswith("DescribeCdn")])
    assert len(called(vendors, "CreateDeploymentJob")) == len(called(vendors, "ListCloudResources")) == 1
    vendors.cloud.calls.clear()
    direct = asked_for(vendors, uploaded(vendors, days=220), WWW, Engine="direct")
    vendors.drain()
    assert vendors.world.jobs.get(direct).status is JobStatus.SUCCESS
    assert looks <= len([call for call in vendors.cloud.calls if call.action.startswith("DescribeCdn")]) + 2


def test_the_function_s_role_may_do_all_that_it_asks_of_cas(vendors: Platform) -> None:
    asked_for(vendors, uploaded(vendors), WWW)
    vendors.drain(until="deploy_")
    vendors.cloud.calls.clear()
    vendors.deliver(*vendors.queue.pop(0))

    asked = {f"yundun-cert:{call.action}" for call in vendors.cloud.calls if call.api == "cas"}
    assert worker_of(vendors, WWW).status is WorkerStatus.SUCCESS
    assert len(asked) > 4
    assert asked <= grants()["deploy_cdn"]


def test_a_job_may_ask_for_the_other_engine(vendors: Platform) -> None:
    asked_for(vendors, uploaded(vendors), WWW, Engine="direct")
    vendors.drain()

    assert (vendors.job().engine, vendors.job().status) == (Engine.DIRECT, JobStatus.SUCCESS)
    assert jobs_there(vendors) == []


def test_an_end_in_error_there_is_one_here_with_what_the_slot_shows(vendors: Platform) -> None:
    asked_for(vendors, uploaded(vendors), WWW, IMG)
    refusing(vendors)
    vendors.drain()

    assert vendors.job().status is JobStatus.ERROR
    assert worker_of(vendors, IMG).status is WorkerStatus.SUCCESS
    failed = worker_of(vendors, WWW)
    assert failed.status is WorkerStatus.ERROR
    assert "WorkerError" in failed.reason
    assert "tells no reason" in failed.reason
    assert f"carries {OLD}, as before" in failed.reason


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"resources": "never synced"}, "NotSynchronised"),
        ({"deployments": "none"}, "InsufficientQuota"),
    ],
)
def test_what_cas_lacks_is_told_and_nothing_is_left_there(
    vendors: Platform, choice: dict[str, str], told: str
) -> None:
    vendors.cloud.service("cas").choose(**choice)
    asked_for(vendors, uploaded(vendors), WWW)
    vendors.drain()

    worker = worker_of(vendors, WWW)
    assert worker.status is WorkerStatus.ERROR
    assert told in worker.reason
    assert jobs_there(vendors) == []


def test_without_a_contact_cas_takes_no_job(vendors: Platform) -> None:
    vendors.cloud.service("cas")._contacts.clear()
    asked_for(vendors, uploaded(vendors), WWW)
    vendors.drain()

    assert "NoContact" in worker_of(vendors, WWW).reason
    assert jobs_there(vendors) == []


AT_ONCE = {"job_starts": "when created"}
LATE = {"worker_list": "when submitted"}


@pytest.mark.parametrize(
    ("faults", "choice"),
    [
        ([("CreateDeploymentJob", "before", 2)], {}),
        ([("CreateDeploymentJob", "after", 1)], {}),
        ([("CreateDeploymentJob", "after", 1)], AT_ONCE),
        ([("UpdateDeploymentJobStatus", "before", 2)], LATE),
        ([("UpdateDeploymentJobStatus", "before", 1)], AT_ONCE),
        ([("UpdateDeploymentJobStatus", "after", 1)], LATE),
        ([("UpdateDeploymentJobStatus", "after", 1), ("DescribeDeploymentJob", "before", 1)], {}),
        ([("ListWorkerResource", "before", 3)], {}),
        ([("ListCloudResources", "before", 1), ("ListDeploymentJob", "before", 1)], {}),
    ],
)
def test_a_lost_answer_makes_no_second_job(
    vendors: Platform, faults: list[tuple[str, Any, int]], choice: dict[str, str]
) -> None:
    vendors.cloud.service("cas").choose(**choice)
    asked_for(vendors, uploaded(vendors), WWW)
    for action, when, times in faults:
        vendors.cloud.faults.add(Fault(api="cas", action=action, when=when, times=times))
    vendors.drain()

    assert worker_of(vendors, WWW).status is WorkerStatus.SUCCESS, worker_of(vendors, WWW).reason
    assert [job.status for job in jobs_there(vendors)] == ["success"]


@pytest.mark.long
@pytest.mark.parametrize("share", shortened(range(3), every=3))
def test_killed_at_any_call_it_goes_on_with_the_job_that_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    with discovered({**TWO_SLOTS, "contacts": [ANN]}, tmp_path, engine=Engine.CAS) as platform:
        killing = Killing(platform, monkeypatch, {"CreateDeploymentJob"})
        calls = a_deployment(platform, killing, tmp_path, None)
        assert calls > 12
        for number in swept(range(1 + share, calls + 1, 3)):
            a_deployment(platform, killing, tmp_path, number)
            reasons = [worker.reason for worker in platform.workers().values()]
            assert statuses(platform) == {WorkerStatus.SUCCESS: 2}, (number, reasons)
            assert [job.status for job in jobs_there(platform)] == ["success"] * 2, number
            assert killing.written["CreateDeploymentJob"] == 2, number


@pytest.mark.long
def test_killed_right_after_it_was_submitted_it_makes_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with discovered({**TWO_SLOTS, "contacts": [ANN]}, tmp_path, engine=Engine.CAS) as platform:
        killing = Killing(platform, monkeypatch, {"CreateDeploymentJob"})
        a_deployment(platform, killing, tmp_path, None)
        submitted = 1 + killing.order.index("UpdateDeploymentJobStatus")
        a_deployment(platform, killing, tmp_path, submitted)

        assert statuses(platform) == {WorkerStatus.SUCCESS: 2}
        assert killing.written["CreateDeploymentJob"] == 2, "one for each product"


def test_it_goes_on_where_the_time_of_day_stands(vendors: Platform) -> None:
    """As it seems to, where it is put back again and again."""
    asked_for(vendors, uploaded(vendors), WWW)
    now = vendors.clock()
    vendors.ports["clock"] = lambda: now
    vendors.drain()

    assert statuses(vendors) == {WorkerStatus.SUCCESS: 1}


def test_a_rollback_is_written_by_the_product_s_own_api(vendors: Platform) -> None:
    asked_for(vendors, uploaded(vendors), WWW)
    vendors.drain()
    assert vendors.job().status is JobStatus.SUCCESS

    roll_back(vendors)

    assert statuses(vendors) == {WorkerStatus.ROLLBACK_SUCCESS: 1}
    assert worker_of(vendors, WWW).previous_cert_identifier == OLD
    assert vendors.tried() == {"SetCdnDomainSSLCertificate": 1}
