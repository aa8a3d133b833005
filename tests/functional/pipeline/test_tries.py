"""How often a worker is tried, at what intervals, and when that ends."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from emulator.faults import Fault
from shared.domain.certificates import Certificate
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.errors import CloudThrottledError
from shared.services.world import ProbeResult
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WRITE_OF_WWW,
    WWW,
    BetweenTries,
    asked_for,
    uploaded,
    worker_of,
)

W = WorkerStatus


def failing_writes(platform: Platform, times: int) -> list[float]:
    """img.example.com refuses for now, so often; the pauses between the tries."""
    platform.cloud.faults.add(Fault("PutCname", times=times))
    asked_for(platform, uploaded(platform), IMG)
    platform.drain()
    tries = [call.time for call in platform.cloud.calls if call.action == "PutCname" and call.status == 503]
    return [(after - before).total_seconds() for before, after in pairwise(tries)]


@pytest.mark.long
def test_tries_come_at_growing_intervals_of_a_minute_at_most(platform: Platform) -> None:
    platform.policy |= {"least_attempts": 9, "worker_age_limit_s": 1.0}

    pauses = failing_writes(platform, 9)

    for pause, least in zip(pauses, (1, 2, 4, 8, 16, 32, 60, 60), strict=True):
        assert least <= pause < least + 15
    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.ERROR, 9)


@pytest.mark.long
def test_a_worker_that_is_tried_again_waits_and_tells_why(platform: Platform) -> None:
    platform.cloud.faults.add(Fault("PutCname"))
    platform.renew(*NAMES)
    seen: list[WorkerResource] = []
    real = platform.world.sleep
    platform.ports["sleep"] = lambda seconds: (seen.append(worker_of(platform, IMG)), real(seconds))

    platform.tick("scan_expiry")

    waiting = next(worker for worker in seen if worker.attempts and worker.status is W.PENDING)
    assert (waiting.attempts, waiting.finished_at) == (1, None)
    assert "ServiceUnavailable" in waiting.reason
    assert waiting.not_before is not None
    img = worker_of(platform, IMG)
    assert (img.status, img.attempts, img.reason) == (W.SUCCESS, 2, "")
    assert img.started_at == waiting.started_at, "its age counts from the first try"


@pytest.mark.long
def test_an_outage_of_minutes_ends_no_job(platform: Platform) -> None:
    """As many failed tries as come in that time: a small count would end it within half a minute."""
    outage = timedelta(minutes=10)
    fault = Fault("PutCname", times=10**6)
    platform.cloud.faults.add(fault)
    asked_for(platform, uploaded(platform), IMG)
    over, sleep = platform.clock() + outage, platform.world.sleep

    def until_it_is_over(seconds: float) -> None:
        sleep(seconds)
        if platform.clock() >= over:
            platform.cloud.faults.clear()

    platform.ports["sleep"] = until_it_is_over
    platform.drain()

    img = worker_of(platform, IMG)
    assert (img.status, img.reason) == (W.SUCCESS, "")
    assert img.attempts > 10


def test_hours_that_the_machine_was_off_are_no_tries(platform: Platform) -> None:
    platform.cloud.faults.add(Fault("PutCname", times=2))
    BetweenTries(platform, IMG, lambda: platform.clock.sleep(8 * 3600))

    asked_for(platform, uploaded(platform), IMG)
    platform.drain()

    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.SUCCESS, 3)


def test_a_worker_is_not_tried_beyond_its_age(platform: Platform) -> None:
    platform.policy |= {"least_attempts": 1, "worker_age_limit_s": 20.0}

    pauses = failing_writes(platform, 5)

    assert sum(pauses[:-1]) < 20 <= sum(pauses)
    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.ERROR, 5)
    assert "ServiceUnavailable" in img.reason


@pytest.mark.long
def test_an_edge_is_waited_for_ten_minutes_at_a_time_where_the_function_has_longer(
    platform: Platform,
) -> None:
    """Then the product is asked anew, which may know that the change failed."""
    asked_for(platform, uploaded(platform), WWW)
    platform.policy |= {"least_attempts": 2, "worker_age_limit_s": 1.0}
    platform.timeout_s = 10_000
    began: list[datetime] = []

    def stays_behind(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        worker = worker_of(platform, WWW)
        if worker.attempts > len(began):
            began.append(platform.clock())
        return ProbeResult(False, "the old one")

    platform.ports["probe"] = stays_behind
    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts) == (W.ERROR, 2)
    assert www.finished_at is not None
    waited = [(end - start).total_seconds() for start, end in pairwise([*began, www.finished_at])]
    assert waited == [pytest.approx(600, abs=20)] * 2


@pytest.mark.long
def test_a_change_that_takes_longer_than_the_functions_live_uses_up_no_tries(platform: Platform) -> None:
    """Each function hands it on to the next, until the product shows it."""
    platform.policy |= {"least_attempts": 2, "worker_age_limit_s": 1.0}
    platform.cloud.settle_s, platform.timeout_s = 60.0, 25.0
    asked_for(platform, uploaded(platform), WWW)

    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.reason) == (W.SUCCESS, "")
    assert platform.writes() == [WRITE_OF_WWW]


@pytest.mark.long
def test_an_edge_that_is_later_than_the_functions_live_uses_up_no_tries(platform: Platform) -> None:
    platform.policy |= {"least_attempts": 2, "worker_age_limit_s": 1.0}
    platform.timeout_s = 25.0
    asked_for(platform, uploaded(platform), WWW)
    probe, until = platform.world.probe, platform.clock() + timedelta(seconds=60)

    def late(endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        if platform.clock() < until:
            return ProbeResult(False, "the old one")
        return probe(endpoint, server_name, certificate)

    platform.ports["probe"] = late
    platform.drain()

    www = worker_of(platform, WWW)
    assert www.status is W.SUCCESS
    assert www.attempts > 2


def test_a_turn_at_the_api_that_comes_too_late_for_this_function_is_no_try(platform: Platform) -> None:
    """Many share the rate: the next function has the time. It is not asked for in vain until then."""
    platform.policy |= {"least_attempts": 1, "worker_age_limit_s": 1.0}
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    pacer = platform.pacer
    paced: list[float] = []

    def too_late(key: Hashable, action: str, per_second: float | None, left_s: float | None = None) -> None:
        if action == WRITE_OF_WWW[0] and len(paced) < 1:
            paced.append(left_s or 0.0)
            raise CloudThrottledError(action, "Paced", "the next call is due in 90.0 s")
        wait(key, action, per_second, left_s)

    wait, pacer.wait = pacer.wait, too_late  # type: ignore[method-assign]

    platform.deliver(*platform.queue.pop(0))
    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, len(paced)) == (W.PENDING, 1, 1)
    platform.drain()

    www = worker_of(platform, WWW)
    assert (www.status, www.attempts, www.reason) == (W.SUCCESS, 2, "")
