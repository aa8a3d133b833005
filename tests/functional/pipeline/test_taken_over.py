"""A host that was killed, and the next one on its state: what the dead functions held is let go at once."""

from __future__ import annotations

import pytest

from shared.domain.states import JobStatus, WorkerStatus
from shared.services.taken_over import free_what_the_dead_held
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import MortalStore, asked_for, others, uploaded, worker_of

WWW = "CDN/-/www.example.com"
LONGEST_S = 120.0  #: of a deployment to these slots; leases last for minutes more


@pytest.fixture
def killed(platform: Platform) -> Platform:
    """With a job whose CDN part was in the hands of a function when its host was killed."""
    platform.timeout_s = 900
    asked_for(platform, uploaded(platform))
    platform.drain(until="deploy_cdn")
    living = platform.store
    platform.store = dying = MortalStore(living)
    dying.dies_after = 3  # it has joined the callers, holds the writer's lease, and has claimed the worker
    with pytest.raises(Cut):
        platform.call(*platform.queue[0])
    platform.store = living
    platform.queue = [call for call in platform.queue if call[0] != "deploy_cdn"]
    platform.drain()
    assert worker_of(platform, WWW).leased(platform.clock())
    assert others(platform, WWW) == {WorkerStatus.SUCCESS}
    return platform


def seconds_until_done(platform: Platform) -> float:
    began = platform.clock()
    while platform.job().status is JobStatus.PROCESSING:
        platform.clock.sleep(5)
        platform.tick("run_deployment_jobs")
    assert platform.job().status is JobStatus.SUCCESS
    return (platform.clock() - began).total_seconds()


@pytest.mark.long
def test_the_next_host_goes_on_at_once_and_writes_once(killed: Platform) -> None:
    assert free_what_the_dead_held(killed.world) == 1

    assert seconds_until_done(killed) < LONGEST_S
    assert [slot for _, slot in killed.writes()].count("www.example.com") == 1


@pytest.mark.long
def test_without_it_the_job_waits_for_the_end_of_the_leases(killed: Platform) -> None:
    """As on Function Compute, where nobody knows that a function is dead."""
    assert seconds_until_done(killed) > 7 * LONGEST_S


def test_a_plan_that_was_being_made_is_made_again_at_once(platform: Platform) -> None:
    dead = platform.world.leases.hold("automatic-plan", "dead", 900)
    dead.__enter__()
    platform.renew("example.com", "*.example.com")
    platform.tick("scan_expiry")
    assert platform.jobs() == []

    free_what_the_dead_held(platform.world)
    platform.tick("scan_expiry")

    assert platform.job().status is JobStatus.SUCCESS


def test_what_is_at_its_end_is_left_as_it_is(platform: Platform) -> None:
    asked_for(platform, uploaded(platform))
    platform.drain()
    before = platform.workers()

    assert free_what_the_dead_held(platform.world) == 0
    assert platform.workers() == before
