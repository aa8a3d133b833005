"""One screen of what matters: each thing that needs a hand is told, and nothing else asks for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.policies import PolicyText
from shared.domain.resources import CloudProduct, CloudResource, SyncState, SyncStatus
from shared.domain.states import JobStatus, WorkerStatus
from shared.domain.waves import Waves
from shared.services.status import Overview, overview
from shared.services.world import World
from tests.builders import NOW, a_certificate, a_job, a_resource, a_worker
from tests.worlds import POLICY, a_world

PRODUCT = CloudProduct.CDN
DAY = timedelta(days=1)


def a_cert(number: int, days: float, **changes: Any) -> Any:
    """Issued for 90 days: its warning times are 30, 15, 7.5 days and 1 day before its end."""
    ends = NOW + timedelta(days=days)
    return a_certificate(number, not_before=ends - 90 * DAY, not_after=ends, **changes)


def serving(number: int, days: float | None, name: str = "www.example.com", **changes: Any) -> CloudResource:
    end = None if days is None else NOW + timedelta(days=days)
    return a_resource(name, cert_identifier=f"{number}-cn-hangzhou", cert_not_after=end, **changes)


@pytest.fixture
def world_of(tmp_path: Path) -> Callable[..., World]:
    """Scanned and discovered a moment ago, CDN alone in scope."""

    def make(certificates: Any = (), slots: Any = (), **policy: Any) -> World:
        policies = replace(POLICY, stores=("cn-hangzhou",), products=(PRODUCT,), **policy)
        world = a_world(tmp_path, certificates=certificates, slots=slots, policy=policies)
        world.scans.set_baseline("cn-hangzhou", NOW)
        world.syncs.put(a_sync())
        return world

    return make


def a_sync(state: SyncState = SyncState.SYNCED, **changes: Any) -> SyncStatus:
    return SyncStatus(product=PRODUCT, state=state, started_at=NOW, **changes)


def told(found: Overview) -> dict[str, int]:
    """How many of what, of those that need a hand; the others in brackets."""
    return {one.code if one.needs_hand else f"({one.code})": one.count for one in found.concerns}


def test_where_all_is_well_nothing_needs_a_hand(world_of: Callable[..., World]) -> None:
    found = overview(world_of([a_cert(1, 80)], [serving(1, 80)]))

    assert (found.needs_hand, found.concerns) == (False, ())
    assert (found.slots, found.certificates) == (1, 1)
    assert (found.scanned_at, found.discovered_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("days", "renewed", "within", "found"),
    [
        (-1, True, None, {"expired": 1}),
        (-1, False, None, {"expired": 1}),
        (29, False, None, {"ending": 1}),
        (31, False, None, {}),
        (29, True, None, {"(replaced)": 1}),
        (14, True, None, {"late": 1}),
        (29, True, 30 * DAY, {"late": 1}),
        (31, False, 30 * DAY, {}),
        (31, False, 40 * DAY, {"ending": 1}),
    ],
)
def test_an_end_needs_a_hand_if_nothing_replaces_it_or_nothing_has_for_long(
    world_of: Callable[..., World],
    days: float,
    renewed: bool,
    within: timedelta | None,
    found: dict[str, int],
) -> None:
    certificates = [a_cert(1, days), *([a_cert(2, 85)] if renewed else [])]
    world = world_of(certificates, [serving(1, days)])

    seen = told(overview(world, within=within))

    assert {code: count for code, count in seen.items() if code != "(uncovered)"} == found


def test_a_certificate_that_cas_does_not_know_needs_a_hand_when_it_ends(
    world_of: Callable[..., World],
) -> None:
    slots = [serving(8, 20), serving(9, 60, "a.example.com"), serving(7, None, "b.example.com")]

    assert told(overview(world_of([], slots))) == {"ending": 1, "(unknown)": 3, "(uncovered)": 3}


def test_what_follows_another_slot_is_counted_there(world_of: Callable[..., World]) -> None:
    followed = serving(8, 20)
    slots = [followed, serving(8, 20, "a.example.com", follows=followed.slot, obstacle="it follows")]
    alone = serving(9, 20, "b.example.com", follows="CDN/-/gone.example.com", obstacle="it follows")

    assert told(overview(world_of([], [*slots, alone])))["ending"] == 2


def test_slots_outside_the_scope_are_nobodys_concern(world_of: Callable[..., World]) -> None:
    world = world_of([], [serving(8, -1, location="cn-beijing")], regions=("cn-hangzhou",))

    assert overview(world).slots == 0
    assert told(overview(world)) == {}


@pytest.mark.parametrize(
    ("status", "in_place", "count"),
    [
        (WorkerStatus.ERROR, 1, 1),
        (WorkerStatus.ERROR, 7, 0),
        (WorkerStatus.ERROR, 9, 0),
        (WorkerStatus.ROLLBACK_ERROR, 7, 1),
        (WorkerStatus.ROLLBACK_ERROR, 1, 0),
        (WorkerStatus.SUPERSEDED, 1, 0),
    ],
)
def test_a_failed_job_needs_a_hand_until_its_slot_has_changed_since(
    world_of: Callable[..., World], status: WorkerStatus, in_place: int, count: int
) -> None:
    world = world_of([], [serving(in_place, None)])
    world.jobs.save(a_job(1, status=JobStatus.ERROR))
    world.workers.add([a_worker(1, status=status, reason="SetX: Busy: later")])

    found = {one.code: one for one in overview(world).concerns}

    assert ("failing" in found) is bool(count)
    if count:
        assert found["failing"].text == "1 slot of 1 failed job, as before the job"
        assert found["failing"].examples == ("job 1 job-1: CDN/-/www.example.com: SetX: Busy: later",)


def test_a_failed_worker_of_a_slot_that_is_gone_is_nobodys_concern(world_of: Callable[..., World]) -> None:
    world = world_of()
    world.jobs.save(a_job(1, status=JobStatus.ERROR))
    world.workers.add([a_worker(1, status=WorkerStatus.ERROR)])

    assert told(overview(world)) == {}


def test_a_job_whose_next_wave_waits_for_somebody_needs_a_hand(world_of: Callable[..., World]) -> None:
    world = world_of([], [])
    waves = Waves(canaries=("one",), approval=True)
    waiting = a_job(1, status="processing", waves=waves, wave_ended_at=NOW)
    for job in (
        waiting,
        a_job(2, status="processing", waves=waves),
        a_job(3, status="processing", waves=waves.evolve(approval=False), wave_ended_at=NOW),
        a_job(4, status="processing", waves=waves, wave_ended_at=NOW, wave_approved=1),
        a_job(5, status="error", waves=waves, wave_ended_at=NOW, halted="much failed"),
    ):
        world.jobs.save(job)

    (concern,) = overview(world).concerns

    assert (concern.code, concern.examples) == ("wave", ("job 1 job-1, after wave 1",))


def test_drafts_and_jobs_that_are_due_and_do_not_run_need_a_hand(world_of: Callable[..., World]) -> None:
    world = world_of()
    for number, (status, minutes) in enumerate(
        [
            (JobStatus.EDITING, 0),
            (JobStatus.PENDING, -11),
            (JobStatus.SCHEDULING, -11),
            (JobStatus.PENDING, -5),
            (JobStatus.PENDING, 60),
            (JobStatus.PROCESSING, -60),
            (JobStatus.SUCCESS, -60),
        ]
    ):
        due = NOW + timedelta(minutes=minutes)
        world.jobs.save(a_job(number, status=status, schedule_time=due))

    assert told(overview(world)) == {"draft": 1, "overdue": 2}


def test_a_draft_that_was_submitted_after_its_time_is_not_overdue_yet(world_of: Callable[..., World]) -> None:
    world = world_of()
    for number, minutes in enumerate((-11, -5), 1):
        facts = {"schedule_time": NOW - DAY, "submitted_at": NOW + timedelta(minutes=minutes)}
        world.jobs.save(a_job(number, status=JobStatus.PENDING, **facts))

    (concern,) = overview(world).concerns

    assert (concern.code, concern.count) == ("overdue", 1)


@pytest.mark.parametrize(
    ("sync", "found"),
    [
        (a_sync(SyncState.FAILED, reason="denied"), {"failed": 1}),
        (a_sync(SyncState.PARTIAL, reason="1 could not be read"), {"partial": 1}),
        (a_sync(SyncState.FAILED, reason="denied", code="NoPermission"), {"denied": 1}),
        (a_sync(SyncState.PARTIAL, reason="1 denied", code="NoPermission"), {"denied": 1}),
        (a_sync(SyncState.SYNCING), {}),
    ],
)
def test_what_could_not_be_read_needs_a_hand(
    world_of: Callable[..., World], sync: SyncStatus, found: dict[str, int]
) -> None:
    world = world_of()
    world.syncs.put(sync)

    seen = overview(world)

    assert told(seen) == found
    assert [one.examples for one in seen.concerns] == [(f"CDN: {sync.reason}",)] * len(found)


def test_what_was_never_read_or_long_ago_needs_a_hand(tmp_path: Path) -> None:
    world = a_world(tmp_path, policy=replace(POLICY, stores=("cn-hangzhou",), products=(PRODUCT,)))
    assert told(overview(world)) == {"never": 1, "scan": 1}

    old = NOW - timedelta(hours=25)
    world.scans.set_baseline("cn-hangzhou", old)
    world.syncs.put(SyncStatus(product=PRODUCT, state=SyncState.SYNCED, started_at=old, finished_at=old))

    assert told(overview(world)) == {"scan": 1, "discovery": 1}
    assert told(overview(world, max_age=26 * timedelta(hours=1))) == {}
    world.scans.scanned("cn-hangzhou", NOW)
    assert told(overview(world)) == {"discovery": 1}


def test_a_discovery_that_has_died_needs_a_hand(world_of: Callable[..., World]) -> None:
    world = world_of()
    begun = NOW - timedelta(hours=3)
    world.syncs.put(a_sync(SyncState.SYNCING).evolve(region="x", started_at=begun))

    assert told(overview(world)) == {"syncing": 1}


def test_policies_that_cannot_be_read_need_a_hand(world_of: Callable[..., World]) -> None:
    world = world_of()
    world.policy_texts.save(PolicyText(text="defaults: {deploi: off}", set_at=NOW))

    assert told(overview(world)) == {"policies": 1}


def test_what_needs_a_hand_comes_first_with_its_first_examples_and_the_command_that_shows_all(
    world_of: Callable[..., World],
) -> None:
    slots = [serving(8, -n, f"n{n}.example.com") for n in range(1, 8)] + [serving(9, 80, "z.example.com")]
    found = overview(world_of([], slots)).concerns

    assert [one.code for one in found] == ["expired", "uncovered", "unknown"]
    assert (found[0].count, len(found[0].examples)) == (7, 5)
    assert found[0].examples[0] == "CDN/-/n7.example.com until 2026-04-24"
    assert found[0].look == "certdeploy resource list --ends-within 0d"
