"""Whether a rollback is offered, slot by slot, and why not: asked before anything is written."""

from __future__ import annotations

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


def offered(it: Platform, *slots: str) -> dict[str, RollbackEntry]:
    plan = plan_rollback(it.world, RollBackDeploymentJob(job_id=it.job().job_id, resource_ids=slots))
    return {entry.worker.resource.slot: entry for entry in plan.entries}


def test_what_each_slot_would_be_given_back_is_said_and_nothing_is_changed(it: Platform) -> None:
    old = it.world.resources.get(WWW).resource.cert_identifier
    deployed(it)
    job, workers = it.job(), it.workers()

    entries = offered(it)

    assert {entry.action for entry in entries.values()} == {RollbackAction.RESTORE}
    assert {entry.worker.previous_cert_identifier for entry in entries.values()} == {old}
    assert {entry.reason for entry in entries.values()} == {""}
    assert len(entries) == 4
    assert list(offered(it, WWW, IMG)) == [s for s in entries if s in (WWW, IMG)]
    assert (it.job(), it.workers(), it.queue, it.cloud.calls) == (job, workers, [], [])


def test_no_rollback_is_offered_when_the_job_s_own_certificate_is_gone(it: Platform) -> None:
    """Without it nothing tells whether the slot is still as the job left it."""
    deployed(it)
    new = worker_of(it, WWW).cert_identifier
    it.world.certificates.delete(it.world.certificates.get(new))

    entries = offered(it)
    roll_back(it)

    reason = f"CAS no longer holds the job's certificate ({new})"
    assert {(entry.action, entry.reason) for entry in entries.values()} == {(RollbackAction.CANNOT, reason)}
    assert statuses(it) == {W.ROLLBACK_ERROR: 4}
    assert {worker.reason for worker in it.workers().values()} == {reason}
    assert it.writes() == []


def test_slots_of_a_job_are_told_apart_by_what_it_did_to_them(it: Platform) -> None:
    """One was written, one had the certificate already, one was out of reach, one failed half way."""
    new = uploaded(it)
    asked_for(it, new)
    it.drain(until="deploy_")
    by_console(it, new)
    it.cloud.deny("oss:ListCname")
    it.cloud.faults.add(Fault("UpdateListenerAttribute", 403, "Forbidden.RAM"))
    it.drain()
    (default,) = (slot for slot in it.workers() if slot.endswith("/default"))
    (additional,) = (slot for slot in it.workers() if "/additional/" in slot)

    entries = offered(it)

    assert {slot: (entry.action, entry.reason) for slot, entry in entries.items()} == {
        additional: (RollbackAction.RESTORE, ""),
        default: (RollbackAction.RESTORE, ""),
        WWW: (RollbackAction.LEAVE, "the job's certificate was already in place, so it changed nothing"),
        IMG: (RollbackAction.LEAVE, "the job changed nothing here"),
    }


def test_a_job_that_wrote_nothing_has_nothing_to_roll_back(it: Platform) -> None:
    it.cloud.deny("oss:ListCname")
    it.cloud.deny("cdn:DescribeDomainCertificateInfo")
    asked_for(it, uploaded(it), IMG, WWW)
    it.drain()

    answer = roll_back(it)

    assert answer["Code"] == "InvalidParameter"
    why = "the job changed nothing here"
    assert answer["Message"] == f"nothing to roll back: {WWW}: {why}; {IMG}: {why}"
    assert statuses(it) == {W.ERROR: 2}
    assert list(it.world.jobs.due(it.clock())) == []


def test_what_cannot_be_rolled_back_is_refused_and_named(it: Platform) -> None:
    job = deployed(it).job()
    refused = []

    unknown = it.call("manage_deployment_jobs", {"RollBack": {"JobId": 1}})
    assert (unknown["Code"], unknown["Message"]) == ("NotFound", "DeploymentJob 1 does not exist")
    answer = roll_back(it, "CDN/-/nope", WWW, "CDN/-/neither")
    assert answer["Code"] == "InvalidParameter"
    assert "ResourceIds: CDN/-/nope, CDN/-/neither: not a slot of job" in answer["Message"]
    for status in JobStatus:
        job = it.world.jobs.save(job.evolve(status=status))
        if "is " + status.value + "; wait until it ends" in roll_back(it, "CDN/-/nope")["Message"]:
            refused.append(status)

    assert refused == [JobStatus.EDITING, JobStatus.PENDING, JobStatus.SCHEDULING, JobStatus.PROCESSING]
    assert statuses(it) == {W.SUCCESS: 4}
    assert it.writes() == []
