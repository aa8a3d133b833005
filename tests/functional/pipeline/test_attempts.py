"""A worker in a function's hands: held while it works, tried again where that can help, ended where not."""

from __future__ import annotations

import logging

import pytest

from shared.domain.certificates import Certificate
from shared.domain.jobs import HalfMade, WorkerResource
from shared.domain.states import JobStatus, WorkerStatus
from shared.errors import ConflictError
from shared.services.world import ProbeResult
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import TIMEOUT_S, Platform
from tests.functional.pipeline.stories import (
    IMG,
    WRITE_OF_WWW,
    WWW,
    AtHandshake,
    asked_for,
    deployed,
    others,
    roll_back,
    uploaded,
    worker_of,
)

W = WorkerStatus


def broken(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
    """Clients cannot be asked, for a reason that nobody thought of."""
    raise KeyError("the probe's own fault")


def test_an_internal_error_is_no_success(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    platform.ports["probe"] = broken
    platform.renew(*NAMES)

    with caplog.at_level(logging.ERROR, "certdeploy.deploy"):
        platform.tick("scan_expiry")

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, www.verification) == (W.ERROR, 1, None)
    assert www.reason == "internal error: KeyError; see the function's log"
    assert (platform.job().status, platform.job().success_count, platform.job().error_count) == (
        JobStatus.ERROR,
        0,
        4,
    )
    logged = [record for record in caplog.records if record.exc_info and record.__dict__["slot"] == WWW]
    assert len(logged) == 1, "the log does not have it"


@pytest.mark.long
def test_an_internal_error_is_no_successful_rollback(platform: Platform) -> None:
    deployed(platform)
    platform.ports["probe"] = broken

    roll_back(platform)

    img = worker_of(platform, IMG)
    assert (img.status, img.verification) == (W.ROLLBACK_ERROR, None)
    assert img.reason == "internal error: KeyError; see the function's log"
    assert others(platform, IMG) == {W.ROLLBACK_ERROR}


def to_www(platform: Platform) -> bytes:
    """A job of one worker; what its function will be invoked with."""
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    return platform.queue[0][1]


def test_a_worker_is_held_until_its_function_can_no_longer_be_running(platform: Platform) -> None:
    """The event comes again; and in the last second, the runner looks for work that nobody does."""
    event = to_www(platform)
    platform.policy["redispatch_after_s"] = 5
    began = platform.clock()
    seen: list[WorkerResource] = []

    def until_the_last_second() -> None:
        seen.append(worker_of(platform, WWW))
        platform.deliver("deploy_cdn", event)
        platform.queue.clear()
        platform.clock.sleep((began - platform.clock()).total_seconds() + TIMEOUT_S - 1)
        platform.call("run_deployment_jobs", {})
        assert platform.queue == [], "handed out again"
        with pytest.raises(ConflictError), platform.world.leases.hold(seen[0].resource.writer, "another", 1):
            pytest.fail("the slot is free")
        seen.append(worker_of(platform, WWW))

    meeting = AtHandshake(platform, "www.example.com", until_the_last_second)
    platform.drain()

    assert meeting.happened
    assert seen[0] == seen[1], "another one has touched it"
    assert (seen[0].status, seen[0].attempts) == (W.PROCESSING, 1)
    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, www.lease_until) == (W.SUCCESS, 1, None)
    assert platform.writes() == [WRITE_OF_WWW]
    with platform.world.leases.hold(www.resource.writer, "another", 1):
        """Whoever comes next need not wait."""


def test_a_worker_whose_function_died_is_taken_over_soon(platform: Platform) -> None:
    event = to_www(platform)

    def dies() -> None:
        raise SystemExit

    AtHandshake(platform, "www.example.com", dies)
    with pytest.raises(SystemExit):
        platform.deliver(*platform.queue.pop(0))
    platform.clock.sleep(TIMEOUT_S + 15)
    platform.deliver("deploy_cdn", event)

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts) == (W.SUCCESS, 2)
    assert platform.writes() == [WRITE_OF_WWW]


def test_who_was_taken_over_says_nothing_of_the_worker(platform: Platform) -> None:
    """A function that was cut off and yet goes on: another one has the worker by then."""
    event = to_www(platform)

    def taken_over() -> None:
        platform.clock.sleep(TIMEOUT_S + 15)
        platform.deliver("deploy_cdn", event)

    meeting = AtHandshake(platform, "www.example.com", taken_over)
    platform.drain()

    assert meeting.happened
    assert (worker_of(platform, WWW).status, worker_of(platform, WWW).attempts) == (W.SUCCESS, 2)


def test_a_slot_in_another_s_hands_is_waited_for_and_waiting_is_no_attempt(platform: Platform) -> None:
    platform.policy |= {"least_attempts": 1, "worker_age_limit_s": 1.0}
    to_www(platform)
    writer = "CDN/-/www.example.com"

    with platform.world.leases.hold(writer, "another function", 10 * TIMEOUT_S):
        platform.deliver(*platform.queue.pop(0))
        waiting = worker_of(platform, WWW)
        assert (waiting.status, waiting.attempts, platform.writes()) == (W.PENDING, 0, [])
        assert "Lease" in waiting.reason
        assert not waiting.leased(platform.clock())
    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, www.reason) == (W.SUCCESS, 1, "")


def test_a_worker_in_hand_is_not_given_up_however_old(platform: Platform) -> None:
    to_www(platform)
    platform.policy["worker_age_limit_s"] = 10.0

    def beyond_the_age() -> None:
        platform.clock.sleep(30)
        platform.call("run_deployment_jobs", {})
        assert worker_of(platform, WWW).status is W.PROCESSING

    meeting = AtHandshake(platform, "www.example.com", beyond_the_age)
    platform.drain()

    assert meeting.happened
    assert (worker_of(platform, WWW).status, platform.job().status) == (W.SUCCESS, JobStatus.SUCCESS)


def test_a_worker_that_waits_for_others_of_its_shard_is_not_given_up(platform: Platform) -> None:
    """There may be so many that their turns take longer than a worker may."""
    org = "CDN/-/www.example.org"
    asked_for(platform, uploaded(platform, *NAMES, "example.org", "*.example.org"), WWW, org)
    platform.drain(until="deploy_cdn")
    platform.queue.clear()
    platform.clock.sleep(3590)
    now = platform.clock()
    www = worker_of(platform, WWW).to(W.PROCESSING, attempts=1, started_at=now, lease_until=now)
    platform.world.workers.save(www)

    platform.clock.sleep(3590)
    platform.call("run_deployment_jobs", {})
    assert worker_of(platform, org).status is W.PENDING

    for _ in range(2):  # it is handed out once more, and not taken up
        platform.clock.sleep(100)
        platform.call("run_deployment_jobs", {})
    assert worker_of(platform, org).reason == "deploy_cdn did not take it up"


def test_a_worker_is_not_given_up_because_the_machine_was_off(platform: Platform) -> None:
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    platform.queue.clear()

    platform.clock.sleep(8 * 3600)
    platform.tick("run_deployment_jobs")

    assert (worker_of(platform, WWW).status, platform.job().status) == (W.SUCCESS, JobStatus.SUCCESS)


def test_a_worker_that_is_given_up_half_way_says_that_it_is_to_be_rolled_back(platform: Platform) -> None:
    """Its function was killed, and none has taken it up since."""
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    platform.queue.clear()
    now = platform.clock()
    cut_off = worker_of(platform, WWW).to(
        W.PROCESSING, attempts=1, started_at=now, lease_until=now, half_made=(HalfMade.FREED,)
    )
    platform.world.workers.save(cut_off)

    platform.clock.sleep(3700)
    platform.call("run_deployment_jobs", {})
    platform.clock.sleep(90)
    platform.call("run_deployment_jobs", {})

    www = worker_of(platform, WWW)
    told = "deploy_cdn did not take it up; its exchange was cut off half made: roll the job back"
    assert (www.status, www.reason) == (W.ERROR, told)
