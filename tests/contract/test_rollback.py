"""For every kind of slot: a worker deployed and rolled back by the services leaves the account as it was."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.cloud.credentials import Credentials
from shared.domain.certificates import CertificateRecord
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.states import WorkerStatus
from shared.runtime.app import App, Instance
from shared.runtime.settings import Settings
from shared.services.deploy import kind_of
from shared.services.side_by_side import run_side_by_side
from shared.services.world import World
from shared.services.writer import work_on
from tests.contract.bench import STORE, Bench, new_bench
from tests.contract.cases import CASES, Case


class Clock:
    """Real time, and what was slept on top of it; of each pause a little is waited, for the cloud's clock."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(timezone.utc) + self._ahead

    def sleep(self, seconds: float) -> None:
        waited = min(seconds, 0.08)
        time.sleep(waited)
        self._ahead += timedelta(seconds=seconds - waited)


def a_world(bench: Bench, server: Server, state: Path) -> World:
    """The state knows the certificates that CAS has. Clients are not asked: listeners of these estates
    have several certificates for one name, and the default of those is served to nobody."""
    settings = Settings(state=str(state), endpoint=server.endpoint, tls="127.0.0.1:1")
    key = bench.cloud.key
    credentials = Credentials(key.access_key_id, key.access_key_secret, "")
    clock = Clock()
    app = App.build(
        Instance(settings),
        lambda: credentials,
        left_s=lambda: 60.0,
        holder="test",
        clock=clock,
        sleep=clock.sleep,
    )
    for certificate in Cas(bench.client, STORE).list_certificates():
        app.world.certificates.save(CertificateRecord(certificate=certificate))
    return app.world


def the_worker(world: World) -> WorkerResource:
    (worker,) = world.workers.list(1)
    return worker


def carry_out(world: World, bench: Bench, worker: WorkerResource) -> None:
    task = work_on(world, bench.adapter.adapter, [worker], kind_of)
    run_side_by_side([task], parallel=1, clock=world.clock, sleep=world.sleep)


def a_deployed_worker(world: World, bench: Bench, slot: CloudResource) -> WorkerResource:
    new = bench.estate.identifier("new")
    world.resources.put(slot, world.clock())
    planned = world.workers.save(WorkerResource(job_id=1, worker_id=1, resource=slot, cert_identifier=new))
    carry_out(world, bench, planned)
    worker = the_worker(world)
    assert worker.status is WorkerStatus.SUCCESS, worker.reason
    return worker


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worker_that_is_rolled_back_leaves_the_account_as_it_was(
    case: Case, server: Server, tmp_path: Path
) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    world = a_world(bench, server, tmp_path / "state.db")
    slot = bench.slot(case.slot)
    deployed = a_deployed_worker(world, bench, slot)

    waiting = world.workers.save(deployed.to(WorkerStatus.ROLLBACK))
    carry_out(world, bench, waiting)

    worker = the_worker(world)
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

    carry_out(world, bench, world.workers.save(waiting))

    assert the_worker(world).status.value == ends, the_worker(world).reason
    assert (bench.carried() == case.carried) is bool(attempts)
