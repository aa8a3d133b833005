"""Two that act on the same row: the other one acts between our reading and our writing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import JobStatus, WorkerStatus
from shared.state.tables import RESOURCES, WORKERS, Table
from tests.functional.pipeline.platform import TIMEOUT_S, Platform
from tests.functional.pipeline.stories import (
    WRITE_OF_WWW,
    WWW,
    ask,
    asked_for,
    deployed,
    roll_back,
    rolled_back_once,
    statuses,
    uploaded,
    worker_of,
)
from tests.meddling import Meddling

W = WorkerStatus


def between(platform: Platform, table: Table, happens: Callable[[], object], **when: Any) -> Meddling:
    """From now on functions meet a store in which `happens`, as others see the store."""
    store = platform.store

    def by_another() -> None:
        platform.store = store
        happens()

    made = Meddling(store, table, by_another, **when)
    platform.store = made
    return made


def to_www(platform: Platform) -> bytes:
    asked_for(platform, uploaded(platform), WWW)
    platform.drain(until="deploy_cdn")
    return platform.queue[0][1]


@pytest.mark.long
def test_of_two_functions_that_claim_a_worker_one_has_it(platform: Platform) -> None:
    event = to_www(platform)
    meddling = between(platform, WORKERS, lambda: platform.deliver("deploy_cdn", event))

    platform.drain()

    assert meddling.happened
    assert platform.failures == []
    assert (worker_of(platform, WWW).status, worker_of(platform, WWW).attempts) == (W.SUCCESS, 1)
    assert platform.writes() == [WRITE_OF_WWW]


def test_a_function_that_lost_its_worker_before_it_wrote_does_not_write(platform: Platform) -> None:
    """It was held up so long that its lease ran out, and another one has the worker and begins."""
    to_www(platform)

    def taken_over() -> None:
        worker = worker_of(platform, WWW)
        until = platform.clock() + timedelta(seconds=TIMEOUT_S)
        platform.world.workers.save(worker.to(W.PROCESSING, attempts=2, lease_until=until))

    meddling = between(platform, WORKERS, taken_over, passing=1)
    platform.deliver(*platform.queue.pop(0))

    assert meddling.happened
    assert platform.writes() == []
    assert (worker_of(platform, WWW).status, worker_of(platform, WWW).attempts) == (W.PROCESSING, 2)
    platform.drain()
    assert (worker_of(platform, WWW).status, platform.writes()) == (W.SUCCESS, [WRITE_OF_WWW])


def test_a_worker_that_is_taken_up_at_the_last_moment_is_not_given_up(platform: Platform) -> None:
    event = to_www(platform)
    platform.queue.clear()
    platform.clock.sleep(3601)
    platform.call("run_deployment_jobs", {})
    platform.queue.clear()  # it was handed out once more, and that was lost as well
    platform.clock.sleep(100)
    meddling = between(platform, WORKERS, lambda: platform.deliver("deploy_cdn", event))

    platform.call("run_deployment_jobs", {})

    assert meddling.happened
    assert worker_of(platform, WWW).status is W.SUCCESS
    assert platform.job().status is JobStatus.PROCESSING, "closed by what was read before"
    platform.drain()
    assert platform.job().status is JobStatus.SUCCESS


@pytest.mark.long
def test_of_two_people_who_ask_for_a_rollback_both_are_answered_and_it_is_done_once(
    platform: Platform,
) -> None:
    deployed(platform)
    meddling = between(platform, WORKERS, lambda: ask(platform))

    answer = roll_back(platform)

    assert meddling.happened
    assert {line["Action"] for line in answer["Rollback"]} == {"restore"}
    assert statuses(platform) == {W.ROLLBACK_SUCCESS: 4}
    rolled_back_once(platform)


def test_a_row_that_discovery_writes_while_its_slot_is_exchanged_is_left_to_discovery(
    platform: Platform,
) -> None:
    """An additional certificate's slot has another name afterwards; the old row is to go."""
    rows = [record.resource for record in platform.world.resources.list(CloudProduct.ALB)]
    (old,) = (r for r in rows if r.role is SlotRole.ADDITIONAL and "example.com" in r.domains)
    asked_for(platform, uploaded(platform), old.slot)
    platform.drain(until="deploy_alb")
    meddling = between(
        platform, RESOURCES, lambda: platform.world.resources.put(old, platform.clock()), removal=True
    )

    platform.drain()

    assert meddling.happened
    assert worker_of(platform, old.slot).status is W.SUCCESS
    assert platform.world.resources.find(old.slot) is not None
    platform.tick("discover_resources")
    assert platform.world.resources.find(old.slot) is None
