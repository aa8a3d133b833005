"""How often a worker is tried, at what intervals, and when that ends."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from emulator.faults import Fault
from shared.domain.certificates import Certificate
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.services.world import ProbeResult
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import (
    IMG,
    WWW,
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


def test_tries_come_at_growing_intervals_of_a_minute_at_most(platform: Platform) -> None:
    platform.policy["max_attempts"] = 9

    pauses = failing_writes(platform, 9)

    for pause, least in zip(pauses, (1, 2, 4, 8, 16, 32, 60, 60), strict=True):
        assert least <= pause < least + 15
    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.ERROR, 9)


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


def test_a_worker_is_not_tried_beyond_its_age(platform: Platform) -> None:
    platform.policy |= {"max_attempts": 10**6, "worker_age_limit_s": 20.0}

    pauses = failing_writes(platform, 5)

    assert sum(pauses[:-1]) < 20 <= sum(pauses)
    img = worker_of(platform, IMG)
    assert (img.status, img.attempts) == (W.ERROR, 5)
    assert "ServiceUnavailable" in img.reason


def test_an_edge_is_waited_for_ten_minutes_at_a_time_where_the_function_has_longer(
    platform: Platform,
) -> None:
    """Then the product is asked anew, which may know that the change failed."""
    asked_for(platform, uploaded(platform), WWW)
    platform.policy["max_attempts"] = 2
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
