"""Whether a rollback is offered, slot by slot, and why not: asked before anything is written."""

from __future__ import annotations

import pytest

from emulator.faults import Fault
from shared.domain.requests import RollBackDeploymentJob
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.rollback_plan import RollbackAction, RollbackEntry, plan_rollback
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    asked_for,
    by_console,
    deployed,
    roll_back,
    statuses,
    uploaded,
    worker_of,
)

W = WorkerStatus


def offered(platform: Platform, *slots: str) -> dict[str, RollbackEntry]:
    plan = plan_rollback(
        platform.world, RollBackDeploymentJob(job_id=platform.job().job_id, resource_ids=slots)
    )
    return {entry.worker.resource.slot: entry for entry in plan.entries}


def test_what_each_slot_would_be_given_back_is_said_and_nothing_is_changed(platform: Platform) -> None:
    old = platform.world.resources.get(WWW).resource.cert_identifier
    deployed(platform)
    job, workers = platform.job(), platform.workers()

    entries = offered(platform)

    assert {entry.action for entry in entries.values()} == {RollbackAction.RESTORE}
    assert {entry.worker.previous_cert_identifier for entry in entries.values()} == {old}
    assert {entry.reason for entry in entries.values()} == {""}
    assert len(entries) == 4
    assert list(offered(platform, WWW, IMG)) == [s for s in entries if s in (WWW, IMG)]
    assert (platform.job(), platform.workers(), platform.queue, platform.cloud.calls) == (
        job,
        workers,
        [],
        [],
    )


@pytest.mark.long
def test_no_rollback_is_offered_when_the_job_s_own_certificate_is_gone(platform: Platform) -> None:
    """Without it nothing tells whether the slot is still as the job left it."""
    deployed(platform)
    new = worker_of(platform, WWW).cert_identifier
    platform.world.certificates.delete(platform.world.certificates.get(new))

    entries = offered(platform)
    roll_back(platform)

    reason = f"CAS no longer holds the job's certificate ({new})"
    assert {(entry.action, entry.reason) for entry in entries.values()} == {(RollbackAction.CANNOT, reason)}
    assert statuses(platform) == {W.ROLLBACK_ERROR: 4}
    assert {worker.reason for worker in platform.workers().values()} == {reason}
    assert platform.writes() == []


def test_slots_of_a_job_are_told_apart_by_what_it_did_to_them(platform: Platform) -> None:
    """One was written, one had the certificate already, one was out of reach, one failed half way."""
    new = uploaded(platform)
    asked_for(platform, new)
    platform.drain(until="deploy_")
    by_console(platform, new)
    platform.cloud.deny("oss:ListCname")
    platform.cloud.faults.add(Fault("UpdateListenerAttribute", 403, "Forbidden.RAM"))
    platform.drain()
    (default,) = (slot for slot in platform.workers() if slot.endswith("/default"))
    (additional,) = (slot for slot in platform.workers() if "/additional/" in slot)

    entries = offered(platform)

    assert {slot: (entry.action, entry.reason) for slot, entry in entries.items()} == {
        additional: (RollbackAction.RESTORE, ""),
        default: (RollbackAction.RESTORE, ""),
        WWW: (RollbackAction.LEAVE, "the job's certificate was already in place, so it changed nothing"),
        IMG: (RollbackAction.LEAVE, "the job changed nothing here"),
    }


def test_a_job_that_wrote_nothing_has_nothing_to_roll_back(platform: Platform) -> None:
    platform.cloud.deny("oss:ListCname")
    platform.cloud.deny("cdn:DescribeDomainCertificateInfo")
    asked_for(platform, uploaded(platform), IMG, WWW)
    platform.drain()

    answer = roll_back(platform)

    assert answer["Code"] == "InvalidParameter"
    assert answer["Message"] == f"nothing to roll back: {WWW}, {IMG}: the job changed nothing here"
    assert statuses(platform) == {W.ERROR: 2}
    assert list(platform.world.jobs.due(platform.clock())) == []


def test_what_cannot_be_rolled_back_is_refused_and_named(platform: Platform) -> None:
    job = deployed(platform).job()
    refused = []

    unknown = platform.call("manage_deployment_jobs", {"RollBack": {"JobId": 1}})
    assert (unknown["Code"], unknown["Message"]) == ("NotFound", "DeploymentJob 1 does not exist")
    answer = roll_back(platform, "CDN/-/nope", WWW, "CDN/-/neither")
    assert answer["Code"] == "InvalidParameter"
    assert "ResourceIds: CDN/-/nope, CDN/-/neither: not a slot of job" in answer["Message"]
    for status in JobStatus:
        job = platform.world.jobs.save(job.evolve(status=status))
        if "is " + status.value + "; wait until it ends" in roll_back(platform, "CDN/-/nope")["Message"]:
            refused.append(status)

    assert refused == [JobStatus.EDITING, JobStatus.PENDING, JobStatus.SCHEDULING, JobStatus.PROCESSING]
    assert statuses(platform) == {W.SUCCESS: 4}
    assert platform.writes() == []
