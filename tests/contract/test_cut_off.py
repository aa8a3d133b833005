"""Every kind of slot: a function dies after any of its writes, the next ones are refused for good, and the
rollback that a person then asks for leaves the account as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count, product
from pathlib import Path

import pytest

from emulator.server import Server
from shared.domain.jobs import WorkerResource
from shared.domain.states import WorkerStatus
from shared.services.world import World
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.store import stored
from tests.contract.working import a_world, ask_for_rollback, carry_out, planned
from tests.killing import Killing
from tests.meddling import Cut
from tests.shortened import shortened

W = WorkerStatus


@dataclass(frozen=True)
class Story:
    name: str
    case: Case
    wanted: str = "new"
    prepared: Callable[[Bench], None] = lambda bench: None
    accept_outage: bool = False


def _case(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def _refusing(bench: Bench) -> None:
    bench.cloud.service("eas").replaces = False


STORIES = [
    *(Story(case.name, case) for case in CASES),
    Story("PAI-by-detaching", _case("PAI"), prepared=_refusing, accept_outage=True),
    *(Story(f"{name}-from-additional", _case(f"{name}-default"), "second") for name in ("ALB", "NLB")),
]


def _named(value: object) -> str:
    return value.name if isinstance(value, Story) else str(value)


@pytest.mark.long
@pytest.mark.parametrize(("story", "refused"), shortened(product(STORIES, (1, 99)), every=15), ids=_named)
def test_an_exchange_that_is_cut_off_and_then_refused_is_rolled_back(
    story: Story, refused: int, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`refused`: of the writes that the next function tries; with one only, it may put back by itself."""
    killing, case = Killing(monkeypatch), story.case
    for at in count(1):
        killing.begins()
        bench = new_bench(server, case.product, case.estate, case.region)
        story.prepared(bench)
        world = a_world(bench, server, tmp_path / f"{at}.db")
        carry_on = partial(_function, world, bench, story)

        planned(world, stored(bench, case), bench.estate.identifier(story.wanted))
        killing.begins(at)
        try:
            carry_on()
        except Cut:
            pass
        else:
            assert at > 1, "it was cut off nowhere"
            return
        killing.begins(refused=refused)
        world.sleep(100)  # its lease runs out
        worker = carry_on()
        tried = killing.writes
        killing.begins()

        assert _as_before(world, worker, bench, story), (at, tried)


@pytest.mark.long
@pytest.mark.parametrize("story", shortened(STORIES, every=15), ids=_named)
def test_an_exchange_whose_answer_is_lost_and_that_is_then_refused_is_rolled_back(
    story: Story, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killing, case = Killing(monkeypatch), story.case
    for lost in count(1):
        killing.begins()
        bench = new_bench(server, case.product, case.estate, case.region)
        story.prepared(bench)
        world = a_world(bench, server, tmp_path / f"{lost}.db")
        planned(world, stored(bench, case), bench.estate.identifier(story.wanted))
        killing.begins(lost=lost)

        worker = _function(world, bench, story)

        tried = killing.writes
        killing.begins()
        assert _as_before(world, worker, bench, story), (lost, tried)
        if len(tried) < lost:
            return


def _as_before(world: World, worker: WorkerResource, bench: Bench, story: Story) -> bool:
    """After a rollback, if there is anything to roll back."""
    if worker.previous_cert_identifier is not None:
        ask_for_rollback(world)
        worker = _function(world, bench, story)
        assert worker.status is W.ROLLBACK_SUCCESS, worker.reason
    return bench.carried() == story.case.carried


def _function(world: World, bench: Bench, story: Story) -> WorkerResource:
    """One that knows nothing but what is stored; the worker afterwards."""
    return carry_out(world, bench.adapter_with(seconds=0, accept_outage=story.accept_outage).adapter)
