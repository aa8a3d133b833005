"""Two that act on the same row: the other one acts between our reading and our writing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

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


def between(it: Platform, table: Table, happens: Callable[[], object], **when: Any) -> Meddling:
    """From now on functions meet a store in which `happens`, as others see the store."""
    store = it.store

    def by_another() -> None:
        it.store = store
        happens()

    made = Meddling(store, table, by_another, **when)
    it.store = made
    return made


def to_www(it: Platform) -> bytes:
    asked_for(it, uploaded(it), WWW)
    it.drain(until="deploy_cdn")
    return it.queue[0][1]


def test_of_two_functions_that_claim_a_worker_one_has_it(it: Platform) -> None:
    event = to_www(it)
    meddling = between(it, WORKERS, lambda: it.deliver("deploy_cdn", event))

    it.drain()

    assert meddling.happened
    assert it.failures == []
    assert (worker_of(it, WWW).status, worker_of(it, WWW).attempts) == (W.SUCCESS, 1)
    assert it.writes() == [WRITE_OF_WWW]


def test_a_function_that_lost_its_worker_before_it_wrote_does_not_write(it: Platform) -> None:
    """It was held up so long that its lease ran out, and another one has the worker and begins."""
    to_www(it)

    def taken_over() -> None:
        worker = worker_of(it, WWW)
        until = it.clock() + timedelta(seconds=TIMEOUT_S)
        it.world.workers.save(worker.to(W.PROCESSING, attempts=2, lease_until=until))

    meddling = between(it, WORKERS, taken_over, passing=1)
    it.deliver(*it.queue.pop(0))

    assert meddling.happened
    assert it.writes() == []
    assert (worker_of(it, WWW).status, worker_of(it, WWW).attempts) == (W.PROCESSING, 2)
    it.drain()
    assert (worker_of(it, WWW).status, it.writes()) == (W.SUCCESS, [WRITE_OF_WWW])


def test_a_worker_that_is_taken_up_at_the_last_moment_is_not_given_up(it: Platform) -> None:
    event = to_www(it)
    it.queue.clear()
    it.clock.sleep(3601)
    meddling = between(it, WORKERS, lambda: it.deliver("deploy_cdn", event))

    it.call("run_deployment_jobs", {})

    assert meddling.happened
    assert worker_of(it, WWW).status is W.SUCCESS
    assert it.job().status is JobStatus.PROCESSING, "closed by what was read before"
    it.drain()
    assert it.job().status is JobStatus.SUCCESS


def test_of_two_people_who_ask_for_a_rollback_both_are_answered_and_it_is_done_once(it: Platform) -> None:
    deployed(it)
    meddling = between(it, WORKERS, lambda: ask(it))

    answer = roll_back(it)

    assert meddling.happened
    assert {line["Action"] for line in answer["Rollback"]} == {"restore"}
    assert statuses(it) == {W.ROLLBACK_SUCCESS: 4}
    rolled_back_once(it)


def test_a_row_that_discovery_writes_while_its_slot_is_exchanged_is_left_to_discovery(it: Platform) -> None:
    """An additional certificate's slot has another name afterwards; the old row is to go."""
    rows = [record.resource for record in it.world.resources.list(CloudProduct.ALB)]
    (old,) = (r for r in rows if r.role is SlotRole.ADDITIONAL and "example.com" in r.domains)
    asked_for(it, uploaded(it), old.slot)
    it.drain(until="deploy_alb")
    meddling = between(it, RESOURCES, lambda: it.world.resources.put(old, it.clock()), removal=True)

    it.drain()

    assert meddling.happened
    assert worker_of(it, old.slot).status is W.SUCCESS
    assert it.world.resources.find(old.slot) is not None
    it.tick("discover_resources")
    assert it.world.resources.find(old.slot) is None
