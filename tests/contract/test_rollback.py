"""For every kind of slot: a worker deployed and rolled back by the services leaves the account as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.server import Server
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import WorkerStatus
from shared.services.world import World
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case
from tests.contract.working import a_world, ask_for_rollback, carry_out, planned, the_worker


def a_deployed_worker(world: World, bench: Bench, slot: CloudResource) -> WorkerResource:
    planned(world, slot, bench.estate.identifier("new"))
    worker = carry_out(world, bench.adapter.adapter)
    assert worker.status is WorkerStatus.SUCCESS, worker.reason
    return worker


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worker_that_is_rolled_back_leaves_the_account_as_it_was(
    case: Case, server: Server, tmp_path: Path
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    world = a_world(bench, server, tmp_path / "state.db")
    slot = bench.slot(case.slot)
    a_deployed_worker(world, bench, slot)

    ask_for_rollback(world)
    worker = carry_out(world, bench.adapter.adapter)

    assert worker.status is WorkerStatus.ROLLBACK_SUCCESS, worker.reason
    assert worker.verification is not None
    assert bench.carried() == case.carried
    (row,) = world.resources.list(case.product)
    assert (row.resource.slot, row.resource.cert_identifier) == (slot.slot, slot.cert_identifier)


@pytest.mark.parametrize(("attempts", "ends"), [(1, "rollback_success"), (0, "rollback_error")])
def test_a_slot_that_is_gone_is_made_good_only_if_an_attempt_was_cut_off(
    server: Server, tmp_path: Path, attempts: int, ends: str
) -> None:
    """PAI may have to take a domain off before it attaches it again."""
    case = next(case for case in CASES if case.product is CloudProduct.PAI)
    bench = new_bench(server, case.product, case.estate, case.region)
    world = a_world(bench, server, tmp_path / "state.db")
    slot = bench.slot(case.slot)
    left = {
        "attempts": attempts,
        "deployed": slot.evolve(cert_identifier=bench.estate.identifier("new")),
    }
    waiting = a_deployed_worker(world, bench, slot).to(WorkerStatus.ROLLBACK, **left)
    domains = bench.cloud.service("eas")._gateways[0].domains
    domains[:] = [d for d in domains if (d.name, d.type) != ("eas.example.com", "internet")]

    world.workers.save(waiting)
    carry_out(world, bench.adapter.adapter)

    assert the_worker(world).status.value == ends, the_worker(world).reason
    assert (bench.carried() == case.carried) is bool(attempts)
