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


def test_the_answer_has_the_workers_as_marked_and_the_plan_line_by_line(platform: Platform) -> None:
    new = uploaded(platform)
    job_id = asked_for(platform, new, IMG, WWW)
    platform.drain()
    ended = platform.workers()
    old = ended[WWW].previous_cert_identifier

    answer = ask(platform, WWW)

    line = {"CertIdentifier": new, "PreviousCertIdentifier": old, "Action": "restore", "Reason": ""}
    assert answer["Rollback"] == [{"Slot": WWW, **line}]
    assert answer["Job"]["JobId"] == job_id
    assert {w["Resource"]["ResourceId"]: w["Status"] for w in answer["Workers"]} == {
        "www.example.com": "rollback",
        "bucket-one/img.example.com": "success",
    }
    marked = worker_of(platform, WWW)
    assert marked.started_at is not None
    before = ended[WWW]
    assert before.started_at is not None
    assert before.finished_at is not None
    assert marked.started_at > before.finished_at, "it was asked for later"
    clean = {"attempts": 0, "reason": "", "verification": None, "finished_at": None}
    assert {name: getattr(marked, name) for name in clean} == clean
    assert worker_of(platform, IMG) == ended[IMG]
    assert [function for function, _ in platform.queue] == ["run_deployment_jobs"]


@pytest.mark.long
def test_what_is_done_already_wakes_nobody_and_what_is_under_way_wakes_the_runner(platform: Platform) -> None:
    deployed(platform)
    ask(platform)
    platform.queue.clear()

    ask(platform)
    assert [function for function, _ in platform.queue] == ["run_deployment_jobs"]
    platform.drain()
    ask(platform)

    assert platform.queue == []
    assert list(platform.world.jobs.due(platform.clock())) == [], "it was opened for nothing"


@pytest.mark.long
def test_a_rollback_that_failed_may_be_asked_for_again_and_starts_afresh(platform: Platform) -> None:
    deployed(platform)
    platform.cloud.deny("oss:PutCname")
    roll_back(platform)
    failed = worker_of(platform, IMG)
    assert (failed.status, failed.attempts) == (W.ROLLBACK_ERROR, 1)
    assert failed.reason
    platform.cloud.denials.clear()

    ask(platform)

    again = worker_of(platform, IMG)
    assert (again.status, again.attempts, again.reason) == (W.ROLLBACK, 0, "")
    assert others(platform, IMG) == {W.ROLLBACK_SUCCESS}


@pytest.mark.long
@pytest.mark.parametrize(
    ("slot", "found"), [(WWW, "no certificate"), (IMG, "no certificate"), (IMG, "nothing that we know of")]
)
def test_a_slot_that_lost_what_the_job_put_there_is_left(platform: Platform, slot: str, found: str) -> None:
    deployed(platform)
    cnames = platform.cloud.service("oss")._buckets["bucket-one"].cnames
    if slot == WWW:
        platform.cloud.service("cdn")._domains["www.example.com"].certificate = Settling(None)
    elif found == "no certificate":
        cnames["img.example.com"].certificate = Settling(None)
    else:
        del cnames["img.example.com"]

    roll_back(platform, slot)

    worker = worker_of(platform, slot)
    assert (worker.status, worker.attempts, worker.deployed) == (W.ROLLBACK_ERROR, 1, None)
    assert worker.reason == f"{slot} carries {found} by now, not what the job put there"
    assert platform.writes() == []


@pytest.mark.long
def test_a_rollback_asked_for_again_writes_to_no_slot_that_is_gone_since(platform: Platform) -> None:
    """The first one had begun, and what it began is not half done: it was refused."""
    deployed(platform)
    platform.cloud.deny("oss:PutCname")
    roll_back(platform, IMG)
    assert worker_of(platform, IMG).deployed is not None
    platform.cloud.denials.clear()
    del platform.cloud.service("oss")._buckets["bucket-one"].cnames["img.example.com"]
    platform.cloud.calls.clear()

    roll_back(platform, IMG)

    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.ROLLBACK_ERROR, 1)
    assert img.reason == f"{IMG} carries nothing that we know of by now, not what the job put there"
    assert "PutCname" not in {call.action for call in platform.cloud.calls}


def test_a_change_that_the_product_never_finishes_is_no_success(platform: Platform) -> None:
    """It shows the new certificate at once, and is not done with it."""
    platform.policy |= {"least_attempts": 2, "worker_age_limit_s": 1.0, "served_within_s": 20.0}
    new = uploaded(platform)
    asked_for(platform, new, WWW)
    platform.drain(until="deploy_")
    platform.cloud.settle_s = 10**5

    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, www.verification) == (W.ERROR, 2, None)
    assert f"wait: NotYetEffective: {WWW} does not show {new} yet" in www.reason


@pytest.mark.long
def test_a_first_deployment_that_the_product_never_finishes_to_undo_is_no_success(platform: Platform) -> None:
    off = "CDN/-/off.example.com"
    platform.policy |= {"least_attempts": 1, "worker_age_limit_s": 1.0}
    asked_for(platform, uploaded(platform), off, FirstDeployment=True)
    platform.drain()
    platform.cloud.settle_s = 10**5

    roll_back(platform)

    worker = worker_of(platform, off)
    assert (worker.status, worker.verification) == (W.ROLLBACK_ERROR, None)
    assert f"{off} does not show that it has no certificate yet" in worker.reason
