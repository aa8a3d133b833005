"""What asking for a rollback answers and marks; and what a slot may carry that the job did not put there."""

from __future__ import annotations

import pytest

from emulator.services.kit.settling import Settling
from shared.domain.states import WorkerStatus
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    ask,
    asked_for,
    deployed,
    others,
    roll_back,
    uploaded,
    worker_of,
)

W = WorkerStatus


def test_the_answer_has_the_workers_as_marked_and_the_plan_line_by_line(it: Platform) -> None:
    new = uploaded(it)
    job_id = asked_for(it, new, IMG, WWW)
    it.drain()
    ended = it.workers()
    old = ended[WWW].previous_cert_identifier

    answer = ask(it, WWW)

    line = {"CertIdentifier": new, "PreviousCertIdentifier": old, "Action": "restore", "Reason": ""}
    assert answer["Rollback"] == [{"Slot": WWW, **line}]
    assert answer["Job"]["JobId"] == job_id
    assert {w["Resource"]["ResourceId"]: w["Status"] for w in answer["Workers"]} == {
        "www.example.com": "rollback",
        "bucket-one/img.example.com": "success",
    }
    marked = worker_of(it, WWW)
    assert marked.started_at is not None
    before = ended[WWW]
    assert before.started_at is not None
    assert before.finished_at is not None
    assert marked.started_at > before.finished_at, "it was asked for later"
    clean = {"attempts": 0, "reason": "", "verification": None, "finished_at": None}
    assert {name: getattr(marked, name) for name in clean} == clean
    assert worker_of(it, IMG) == ended[IMG]
    assert [function for function, _ in it.queue] == ["run_deployment_jobs"]


def test_what_is_done_already_wakes_nobody_and_what_is_under_way_wakes_the_runner(it: Platform) -> None:
    deployed(it)
    ask(it)
    it.queue.clear()

    ask(it)
    assert [function for function, _ in it.queue] == ["run_deployment_jobs"]
    it.drain()
    ask(it)

    assert it.queue == []
    assert list(it.world.jobs.due(it.clock())) == [], "it was opened for nothing"


def test_a_rollback_that_failed_may_be_asked_for_again_and_starts_afresh(it: Platform) -> None:
    deployed(it)
    it.cloud.deny("oss:PutCname")
    roll_back(it)
    failed = worker_of(it, IMG)
    assert (failed.status, failed.attempts) == (W.ROLLBACK_ERROR, 1)
    assert failed.reason
    it.cloud.denials.clear()

    ask(it)

    again = worker_of(it, IMG)
    assert (again.status, again.attempts, again.reason) == (W.ROLLBACK, 0, "")
    assert others(it, IMG) == {W.ROLLBACK_SUCCESS}


@pytest.mark.parametrize(
    ("slot", "found"), [(WWW, "no certificate"), (IMG, "no certificate"), (IMG, "nothing that we know of")]
)
def test_a_slot_that_lost_what_the_job_put_there_is_left(it: Platform, slot: str, found: str) -> None:
    deployed(it)
    cnames = it.cloud.service("oss")._buckets["bucket-one"].cnames
    if slot == WWW:
        it.cloud.service("cdn")._domains["www.example.com"].certificate = Settling(None)
    elif found == "no certificate":
        cnames["img.example.com"].certificate = Settling(None)
    else:
        del cnames["img.example.com"]

    roll_back(it, slot)

    worker = worker_of(it, slot)
    assert (worker.status, worker.attempts, worker.deployed) == (W.ROLLBACK_ERROR, 1, None)
    assert worker.reason == f"{slot} carries {found} by now, not what the job put there"
    assert it.writes() == []


def test_a_rollback_asked_for_again_writes_to_no_slot_that_is_gone_since(it: Platform) -> None:
    """The first one had begun, and what it began is not half done: it was refused."""
    deployed(it)
    it.cloud.deny("oss:PutCname")
    roll_back(it, IMG)
    assert worker_of(it, IMG).deployed is not None
    it.cloud.denials.clear()
    del it.cloud.service("oss")._buckets["bucket-one"].cnames["img.example.com"]
    it.cloud.calls.clear()

    roll_back(it, IMG)

    img = worker_of(it, IMG)
    assert (img.status, img.attempts) == (W.ROLLBACK_ERROR, 1)
    assert img.reason == f"{IMG} carries nothing that we know of by now, not what the job put there"
    assert "PutCname" not in {call.action for call in it.cloud.calls}


def test_a_change_that_the_product_never_finishes_is_no_success(it: Platform) -> None:
    """It shows the new certificate at once, and is not done with it."""
    it.policy["max_attempts"] = 2
    new = uploaded(it)
    asked_for(it, new, WWW)
    it.drain(until="deploy_")
    it.cloud.settle_s = 10**5

    it.drain()

    www = worker_of(it, WWW)
    assert (www.status, www.attempts, www.verification) == (W.ERROR, 2, None)
    assert f"wait: NotYetEffective: {WWW} does not show {new} yet" in www.reason


def test_a_first_deployment_that_the_product_never_finishes_to_undo_is_no_success(it: Platform) -> None:
    off = "CDN/-/off.example.com"
    it.policy["max_attempts"] = 1
    asked_for(it, uploaded(it), off, FirstDeployment=True)
    it.drain()
    it.cloud.settle_s = 10**5

    roll_back(it)

    worker = worker_of(it, off)
    assert (worker.status, worker.verification) == (W.ROLLBACK_ERROR, None)
    assert f"{off} does not show that it has no certificate yet" in worker.reason
