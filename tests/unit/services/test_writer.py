"""The workers of one writer, by an adapter of our own: in turn or at once, as long as there is time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from shared.cloud.openapi import OpenApi
from shared.domain.certificates import CertificateRecord
from shared.domain.jobs import HalfMade, WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import WorkerStatus
from shared.products import supported_products
from shared.products.kit.base import ProductAdapter, Step
from shared.products.kit.changes import Change, Look, carrying
from shared.products.kit.means import Means
from shared.runtime.app import App
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings
from shared.services.deploy import kinds_of
from shared.services.side_by_side import run_side_by_side
from shared.services.world import ProbeResult, World
from shared.services.writer import work_on
from tests.builders import NOW, a_certificate, a_job, a_resource, a_worker
from tests.clocks import StandingClock

W = WorkerStatus


class OneListener(ProductAdapter):
    """Slots by name; a write takes `write_s`, and is shown at once."""

    product = CloudProduct.CDN
    writes: list[list[str]]
    looked: list[str]

    def __init__(self, clock: StandingClock, write_s: float, at_once: bool) -> None:
        super().__init__(Means(cast(OpenApi, None)))
        self.carried: dict[str, str] = {}
        self.writes, self.looked = [], []
        self._clock, self._write_s = clock, write_s
        self.at_once = at_once  # type: ignore[misc]

    def discover(self, region: str) -> Iterator[CloudResource]:
        raise NotImplementedError

    def _look_at_all(self, changes: Sequence[Change]) -> list[Look | None]:
        return [self._look(change) for change in changes]

    def _look(self, change: Change) -> Look:
        slot = change.resource
        self.looked.append(slot.resource_id)
        identifier = self.carried.get(slot.resource_id, slot.cert_identifier)
        return Look(carrying(change, identifier), slot.evolve(cert_identifier=identifier))

    def together(self, steps: Sequence[Step]) -> Sequence[Step]:
        return steps if self.at_once else steps[:1]

    def _advance(self, steps: Sequence[Step]) -> None:
        self._clock.sleep(self._write_s)
        self.writes.append([change.resource.resource_id for change, _ in steps])
        for change, _ in steps:
            assert change.wanted is not None
            self.carried[change.resource.resource_id] = change.wanted.identifier


@dataclass
class Story:
    folder: Path
    clock: StandingClock = field(default_factory=StandingClock)

    def world(self, timeout_s: float) -> World:
        began = self.clock.passed
        app = App.build(
            Instance(Settings(state=str(self.folder / "state.db"))),
            lambda: pytest.fail("no call is made"),
            left_s=lambda: timeout_s - (self.clock.passed - began),
            holder="test",
            clock=self.clock,
            sleep=self.clock.sleep,
        )
        met = ProbeResult(True, "ours")
        return replace(app.world, probe=lambda endpoint, name, certificate: met)

    def workers(self, world: World) -> list[WorkerResource]:
        return sorted(world.workers.list(1), key=lambda worker: worker.worker_id)

    def carried_out(self, adapter: OneListener, timeout_s: float) -> list[WorkerStatus]:
        world = self.world(timeout_s)
        task = work_on(world, adapter, self.workers(world), kinds_of(world, a_job()))
        run_side_by_side([task], parallel=1, clock=world.steady(), sleep=world.sleep)
        return [worker.status for worker in self.workers(world)]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Three workers of one listener."""
    made = Story(tmp_path)
    world = made.world(60)
    new = a_certificate(8)
    world.certificates.save(CertificateRecord(certificate=new))
    for number, name in enumerate(("a.example.com", "b.example.com", "c.example.com"), start=1):
        slot = a_resource(name, writer_id="lb/443", cert_identifier="7-cn-hangzhou")
        world.resources.put(slot, world.clock())
        world.workers.save(
            WorkerResource(job_id=1, worker_id=number, resource=slot, cert_identifier=new.identifier)
        )
    return made


def test_slots_of_one_writer_are_changed_one_after_the_other(story: Story) -> None:
    adapter = OneListener(story.clock, write_s=1, at_once=False)

    assert story.carried_out(adapter, timeout_s=600) == [W.SUCCESS] * 3

    assert adapter.writes == [["a.example.com"], ["b.example.com"], ["c.example.com"]]


def test_a_call_that_takes_several_slots_is_made_once(story: Story) -> None:
    adapter = OneListener(story.clock, write_s=1, at_once=True)

    assert story.carried_out(adapter, timeout_s=600) == [W.SUCCESS] * 3

    assert adapter.writes == [["a.example.com", "b.example.com", "c.example.com"]]


class Slow(OneListener):
    """What is written is shown a minute later."""

    shown_at = 0.0

    def _look(self, change: Change) -> Look:
        return replace(super()._look(change), settled=self._clock.passed >= self.shown_at)

    def _advance(self, steps: Sequence[Step]) -> None:
        super()._advance(steps)
        self.shown_at = self._clock.passed + 60


@pytest.mark.parametrize("off_by", [timedelta(), timedelta(hours=-5), timedelta(hours=5)], ids=str)
def test_a_time_of_day_that_stands_or_jumps_makes_no_wait_longer_or_shorter(
    story: Story, off_by: timedelta
) -> None:
    """Whoever sets the clock does so once the first write is made."""
    adapter, world = Slow(story.clock, write_s=1, at_once=False), story.world(3600)
    stands = replace(world, clock=lambda: NOW + off_by * bool(adapter.writes))
    task = work_on(stands, adapter, story.workers(world), kinds_of(stands, a_job()))

    run_side_by_side([task], parallel=1, clock=stands.steady(), sleep=world.sleep)

    assert [worker.status for worker in story.workers(world)] == [W.SUCCESS] * 3
    assert 3 * 61 <= story.clock.passed < 3 * 80


def test_a_worker_is_not_begun_after_its_forerunner_has_used_up_the_time(story: Story) -> None:
    adapter = OneListener(story.clock, write_s=41, at_once=False)

    assert story.carried_out(adapter, timeout_s=60) == [W.PENDING] * 3

    assert [worker.attempts for worker in story.workers(story.world(60))] == [1, 0, 0]
    assert adapter.writes == [["a.example.com"]]
    assert story.carried_out(adapter, timeout_s=600) == [W.SUCCESS] * 3
    assert adapter.writes == [["a.example.com"], ["b.example.com"], ["c.example.com"]]


class Odd(OneListener):
    """What it answers about one slot, nobody has thought of."""

    def _look(self, change: Change) -> Look:
        if change.resource.resource_id == "b.example.com":
            raise ZeroDivisionError
        return super()._look(change)

    def left_behind(self, change: Change, look: Look | None) -> str:
        return f"{change.resource.resource_id} may be off" if look is None else ""


def test_what_is_left_half_made_and_cannot_be_seen_is_told_and_holds_up_no_other(story: Story) -> None:
    world = story.world(600)
    for worker in story.workers(world):
        world.workers.save(worker.evolve(half_made=(HalfMade.DETACHED,)))

    statuses = story.carried_out(Odd(story.clock, write_s=1, at_once=False), timeout_s=600)

    assert statuses == [W.SUCCESS, W.ERROR, W.SUCCESS]
    reason = "internal error: ZeroDivisionError; see the function's log; b.example.com may be off"
    assert [worker.reason for worker in story.workers(world)] == ["", reason, ""]


class Untold(Odd):
    def left_behind(self, change: Change, look: Look | None) -> str:
        raise ValueError


def test_what_cannot_be_said_of_a_slot_holds_up_no_other(story: Story) -> None:
    world = story.world(600)
    for worker in story.workers(world):
        world.workers.save(worker.evolve(half_made=(HalfMade.DETACHED,)))

    statuses = story.carried_out(Untold(story.clock, write_s=1, at_once=False), timeout_s=600)

    assert statuses == [W.SUCCESS, W.ERROR, W.SUCCESS]


@pytest.mark.parametrize(
    ("half_made", "status"), [((), W.SUPERSEDED), ((HalfMade.ADDED,), W.ERROR), ((HalfMade.FREED,), W.ERROR)]
)
def test_a_worker_is_not_superseded_when_it_has_something_half_made_to_be_rolled_back(
    story: Story, half_made: tuple[HalfMade, ...], status: WorkerStatus
) -> None:
    world = story.world(600)
    newer = a_certificate(9, not_after=a_certificate().not_after + timedelta(days=1))
    world.certificates.save(CertificateRecord(certificate=newer))
    first, *_ = story.workers(world)
    world.workers.save(first.evolve(half_made=half_made))
    adapter = OneListener(story.clock, write_s=1, at_once=False)
    adapter.carried["a.example.com"] = newer.identifier

    assert story.carried_out(adapter, timeout_s=600) == [status, W.SUCCESS, W.SUCCESS]


@pytest.mark.parametrize("half_made", [(), (HalfMade.DETACHED,)])
@pytest.mark.parametrize("product", supported_products())
@pytest.mark.parametrize("way", [W.PENDING, W.ROLLBACK])
def test_a_slot_that_is_out_of_scope_by_now_is_neither_asked_for_nor_written(
    story: Story, product: CloudProduct, way: WorkerStatus, half_made: tuple[HalfMade, ...]
) -> None:
    only = CloudProduct.FC if product is not CloudProduct.FC else CloudProduct.ALB
    world = story.world(600)
    world = replace(world, policy=replace(world.policy, products=(only,)))
    slot = a_resource(product=product, cert_identifier="7-cn-hangzhou", domains=())
    before = {"previous_cert_identifier": "7-cn-hangzhou"} if way is W.ROLLBACK else {}
    worker = a_worker(
        resource=slot, cert_identifier="8-cn-hangzhou", status=way, half_made=half_made, **before
    )
    worker = world.workers.save(worker)
    adapter = OneListener(story.clock, write_s=1, at_once=False)

    run_side_by_side(
        [work_on(world, adapter, [worker], kinds_of(world, a_job()))],
        parallel=1,
        clock=world.steady(),
        sleep=world.sleep,
    )

    ended = world.workers.find(worker)
    assert ended is not None
    assert ended.status is (W.ERROR if way is W.PENDING else W.ROLLBACK_ERROR)
    assert ended.reason.startswith(f"outside the scope: CERTDEPLOY_PRODUCTS does not include {product.value}")
    assert (adapter.looked, adapter.writes) == ([], [])
