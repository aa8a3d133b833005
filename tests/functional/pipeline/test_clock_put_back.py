"""A machine's clock was hours ahead and is put right: what was begun meanwhile goes on at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.state.tables import JOBS, LEASES, WORKERS, Table
from tests.clocks import RunningClock
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import statuses
from tests.meddling import Cut, Meddling, killed

AHEAD_S = 6 * 3600.0


class Wrong(RunningClock):
    """That of the machine; the cloud's is right."""

    def __init__(self, right: RunningClock) -> None:
        super().__init__()
        self.right, self.ahead = right, timedelta(seconds=AHEAD_S)

    def __call__(self) -> datetime:
        return self.right() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.right.sleep(seconds)


@pytest.fixture
def wrong(platform: Platform) -> Platform:
    """A clock that is hours ahead is put on the machine."""
    platform.clock = Wrong(platform.clock)
    return platform


def put_back(platform: Platform) -> None:
    """What was on its way is lost, and some minutes pass in which the timers fire."""
    platform.queue.clear()
    assert isinstance(platform.clock, Wrong)
    platform.clock.ahead = timedelta()
    for _ in range(3):
        platform.clock.sleep(120)
        platform.tick("discover_resources", "scan_expiry", "run_deployment_jobs")


def until(function: str) -> Callable[[Platform], None]:
    return lambda platform: platform.drain(until=function)


def killed_at(table: Table, *, passing: int = 0, removal: bool = False) -> Callable[[Platform], None]:
    def begins(platform: Platform) -> None:
        store = platform.store
        platform.store = Meddling(store, table, killed, passing=passing, removal=removal)
        with pytest.raises(Cut):
            platform.drain()
        platform.store = store

    return begins


@pytest.mark.long
@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(until("create_deployment_job"), id="announced"),
        pytest.param(killed_at(LEASES, removal=True), id="killed while it planned"),
        pytest.param(killed_at(JOBS, passing=1), id="killed while it stored workers"),
        pytest.param(until("run_deployment_jobs"), id="submitted"),
        pytest.param(until("deploy_"), id="handed out"),
        pytest.param(killed_at(WORKERS, passing=6), id="killed while it deployed"),
        pytest.param(until("notify_contacts"), id="ended"),
        pytest.param(lambda platform: platform.queue.append(("discover_resources", b"{}")), id="none"),
    ],
)
def test_a_renewal_that_was_begun_by_a_clock_that_is_put_back_is_finished_at_once(
    wrong: Platform, begun: Callable[[Platform], None]
) -> None:
    platform = wrong
    platform.renew(*NAMES)
    platform.queue.append(("scan_expiry", b"{}"))
    begun(platform)

    put_back(platform)

    assert [job.status for job in platform.jobs()] == [JobStatus.SUCCESS]
    assert statuses(platform) == {WorkerStatus.SUCCESS: 4}


@pytest.mark.long
def test_a_discovery_that_was_begun_by_a_clock_that_is_put_back_holds_up_no_renewal(
    wrong: Platform,
) -> None:
    platform = wrong
    platform.call("discover_resources", {})
    platform.renew(*NAMES)

    put_back(platform)

    assert [job.status for job in platform.jobs()] == [JobStatus.SUCCESS]


@pytest.mark.long
def test_a_certificate_whose_time_has_not_come_by_a_clock_that_is_behind_waits_for_a_right_one(
    platform: Platform,
) -> None:
    """It may be in place already: an end in error would be told of what clients are served."""
    right = platform.clock
    platform.renew(*NAMES, age=1 / 24)
    platform.queue.append(("scan_expiry", b"{}"))
    platform.drain(until="run_deployment_jobs")
    behind = Wrong(right)
    behind.ahead = -timedelta(hours=6)
    platform.clock = behind
    platform.drain(until="deploy_")
    for function, payload in [*platform.queue]:
        platform.deliver(function, payload)
    assert statuses(platform) == {WorkerStatus.PENDING: 4}
    assert "it is valid only from" in next(iter(platform.workers().values())).reason

    platform.clock = right
    platform.queue.clear()
    for _ in range(3):
        platform.clock.sleep(120)
        platform.tick("run_deployment_jobs")

    assert statuses(platform) == {WorkerStatus.SUCCESS: 4}
