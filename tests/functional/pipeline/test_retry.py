"""What failed in a job is tried again in the same job: that alone, with what the first try had begun."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from tests.functional.pipeline import states
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
    MortalStore,
    asked_for,
    by_console,
    statuses,
    uploaded,
    worker_of,
)
from tests.receiver import Receiver
from tests.shortened import swept

J, W = JobStatus, WorkerStatus


def retry(platform: Platform, **named: Any) -> Any:
    return platform.call("manage_deployment_jobs", {"Retry": {"JobId": platform.job().job_id, **named}})


def failed(platform: Platform, *denied: str) -> Platform:
    """A job of four slots that ended in error where it was denied; by now it is allowed."""
    for action in denied or ("oss:PutCname", "cdn:SetCdnDomainSSLCertificate"):
        platform.cloud.deny(action)
    asked_for(platform, uploaded(platform))
    platform.drain()
    assert platform.job().status is J.ERROR
    platform.cloud.denials.clear()
    platform.cloud.calls.clear()
    return platform


@pytest.mark.long
def test_what_failed_is_tried_again_and_nothing_else_is_touched(platform: Platform) -> None:
    failed(platform)
    reason = worker_of(platform, WWW).reason
    others = {slot: one for slot, one in platform.workers().items() if one.status is W.SUCCESS}

    answer = retry(platform)
    assert answer["Job"]["Status"] == "processing"
    platform.drain()

    job = platform.job()
    assert (job.status, job.success_count, job.error_count) == (J.SUCCESS, 4, 0)
    assert {slot: platform.workers()[slot] for slot in others} == others
    assert {what for _, what in platform.writes()} == {"www.example.com", "bucket-one"}
    (earlier,) = worker_of(platform, WWW).failed_before
    assert (earlier.reason, "NoPermission" in reason or "Forbidden" in reason) == (reason, True)
    assert list(platform.world.jobs.due(platform.clock())) == []


@pytest.mark.long
@pytest.mark.parametrize("named", [{"ResourceIds": [WWW]}, {"Products": ["CDN"]}])
def test_only_what_is_named_is_tried_again(platform: Platform, named: dict[str, Any]) -> None:
    failed(platform)

    retry(platform, **named)
    platform.drain()

    assert platform.job().status is J.ERROR
    assert (worker_of(platform, WWW).status, worker_of(platform, IMG).status) == (W.SUCCESS, W.ERROR)
    assert platform.job().error_count == 1


@pytest.mark.long
def test_what_fails_again_says_so_and_may_be_tried_once_more(told: Platform, receiver: Receiver) -> None:
    failed(told)
    told.cloud.deny("oss:PutCname")
    retry(told)
    told.drain()
    assert (told.job().status, told.job().error_count) == (J.ERROR, 1)
    told.cloud.denials.clear()

    retry(told)
    told.drain()

    assert told.job().status is J.SUCCESS
    assert len(worker_of(told, IMG).failed_before) == 2
    ends = [(one.id, one.body["Status"]) for one in receiver.take() if "JobId" in one.body]
    number = told.job().job_id
    assert ends == [
        (f"finished-{number}", "error"),
        (f"finished-{number}-1", "error"),
        (f"finished-{number}-2", "success"),
    ]


@pytest.mark.long
def test_a_slot_that_somebody_has_changed_since_is_left(platform: Platform) -> None:
    failed(platform)
    newer = platform.renew("example.com", "*.example.com", days=20)
    platform.call("scan_expiry", {})
    platform.queue.clear()
    by_console(platform, newer)

    retry(platform)
    platform.drain()

    assert worker_of(platform, WWW).status is W.ERROR
    assert f"carries {newer} by now" in worker_of(platform, WWW).reason
    assert worker_of(platform, IMG).status is W.SUCCESS


@pytest.mark.long
def test_what_was_rolled_back_stays_so(platform: Platform) -> None:
    failed(platform, "oss:PutCname")
    platform.call("manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id}})
    platform.drain()
    back = {slot for slot, one in platform.workers().items() if one.status is W.ROLLBACK_SUCCESS}
    assert WWW in back

    answer = retry(platform, ResourceIds=[WWW])
    assert "nothing to try again" in answer["Message"]
    assert {one.status for slot, one in platform.workers().items() if slot in back} == {W.ROLLBACK_SUCCESS}


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"ResourceIds": ["CDN/-/nope.example.com"]}, "not a slot of job"),
        ({"Products": ["WAF"]}, "has no slots of WAF"),
        ({"Products": ["ALB"]}, "nothing to try again"),
    ],
)
def test_what_cannot_be_tried_again_is_refused(platform: Platform, named: dict[str, Any], told: str) -> None:
    failed(platform)
    before = platform.job()

    assert told in retry(platform, **named)["Message"]
    assert (platform.job(), platform.queue) == (before, [])


@pytest.mark.long
def test_while_it_runs_or_is_rolled_back_nothing_is_tried_again(platform: Platform) -> None:
    asked_for(platform, uploaded(platform))
    assert "is pending: what fails is known at its end" in retry(platform)["Message"]
    platform.cloud.deny("oss:PutCname")
    platform.drain()
    platform.call("manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id}})

    assert "is being rolled back" in retry(platform)["Message"]


def test_what_failed_in_a_job_that_was_cancelled_is_tried_again_and_the_rest_stays_cancelled(
    platform: Platform,
) -> None:
    platform.cloud.deny("cdn:SetCdnDomainSSLCertificate")
    asked_for(platform, uploaded(platform))
    platform.drain(until="deploy_")
    cdn = next(call for call in platform.queue if call[0] == "deploy_cdn")
    platform.deliver(*cdn)
    platform.call("manage_deployment_jobs", {"Cancel": {"JobId": platform.job().job_id}})
    platform.drain()
    platform.cloud.denials.clear()
    assert statuses(platform) == {W.ERROR: 1, W.CANCELLED: 3}

    retry(platform)
    platform.drain()

    assert statuses(platform) == {W.SUCCESS: 1, W.CANCELLED: 3}
    assert (platform.job().status, platform.job().cancelled_count) == (J.CANCELLED, 3)


@pytest.mark.long
def test_asked_for_twice_and_delivered_twice_it_is_tried_again_once(platform: Platform) -> None:
    failed(platform)
    platform.copies = 2

    retry(platform)
    retry(platform)
    platform.drain()
    platform.tick("run_deployment_jobs")

    assert platform.job().status is J.SUCCESS
    assert len(platform.writes()) == len(set(platform.writes()))
    assert platform.job().retries == 1


def test_killed_after_any_write_it_comes_to_one_end(platform: Platform, tmp_path: Path) -> None:
    failed(platform)

    def asked(dies_after: int | None) -> int:
        """Writes made."""
        store = MortalStore(states.copied(tmp_path / "state.db", tmp_path / f"{dies_after}.db"))
        platform.store, store.dies_after = store, dies_after
        with suppress(Cut):
            retry(platform)
        made, store.dies_after = store.writes, None
        platform.queue.clear()
        platform.call("run_deployment_jobs", {})
        job = platform.job()
        if job.retries:
            assert (job.status, statuses(platform)) == (J.PROCESSING, {W.SUCCESS: 2, W.PENDING: 2})
            assert {name for name, _ in platform.queue} == {"deploy_cdn", "deploy_oss"}
        else:
            assert (job.status, statuses(platform)) == (J.ERROR, {W.SUCCESS: 2, W.ERROR: 2})
        return made

    writes = asked(None)
    for number in swept(range(1, writes)):
        asked(number)
    assert writes > 4, "it is cut off nowhere"


@pytest.mark.long
def test_a_product_is_rolled_back_alone_and_the_job_reads_so(platform: Platform) -> None:
    asked_for(platform, uploaded(platform))
    platform.drain()
    request = {"JobId": platform.job().job_id, "Products": ["CDN"]}

    platform.call("manage_deployment_jobs", {"RollBack": request})
    platform.drain()

    assert worker_of(platform, WWW).status is W.ROLLBACK_SUCCESS
    assert statuses(platform) == {W.ROLLBACK_SUCCESS: 1, W.SUCCESS: 3}
    shown = platform.call("manage_deployment_jobs", {"Show": {"JobId": platform.job().job_id}})
    assert (shown["Outcome"], shown["Job"]["Status"]) == ("partly rolled back", "success")
    platform.call("manage_deployment_jobs", {"RollBack": {"JobId": platform.job().job_id}})
    platform.drain()
    shown = platform.call("manage_deployment_jobs", {"Show": {"JobId": platform.job().job_id}})
    assert (shown["Outcome"], platform.job().rolled_back_count) == ("rolled back", 4)
