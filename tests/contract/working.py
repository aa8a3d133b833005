"""A worker on an emulated account, deployed and rolled back by the services: without job and timers."""

from __future__ import annotations

from pathlib import Path

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.cloud.credentials import Credentials
from shared.domain.certificates import CertificateRecord
from shared.domain.jobs import WorkerResource
from shared.domain.resources import CloudResource
from shared.products.kit.base import ProductAdapter
from shared.runtime.app import App
from shared.runtime.instance import Instance
from shared.runtime.settings import Settings
from shared.services.deploy import kinds_of
from shared.services.rollback import to_roll_back
from shared.services.side_by_side import run_side_by_side
from shared.services.world import World
from shared.services.writer import work_on
from tests.builders import a_job
from tests.clocks import RunningClock
from tests.contract.bench import STORE, Bench


def a_world(bench: Bench, server: Server, state: Path) -> World:
    """The state knows the certificates that CAS has. Clients are not asked: listeners of these estates
    have several certificates for one name, and the default of those is served to nobody. Of each pause a
    little is waited, for the cloud's clock."""
    settings = Settings(state=str(state), endpoint=server.endpoint, tls="127.0.0.1:1", aws=True)
    key = bench.cloud.key
    credentials = Credentials(key.access_key_id, key.access_key_secret, "")
    clock = RunningClock(lambda seconds: min(seconds, 0.08))
    began = clock()
    app = App.build(
        Instance(settings),
        lambda: credentials,
        left_s=lambda: 3600.0 - (clock() - began).total_seconds(),
        holder="test",
        clock=clock,
        sleep=clock.sleep,
    )
    for certificate in Cas(bench.client, STORE).listing({}).certificates:
        app.world.certificates.save(CertificateRecord(certificate=certificate))
    return app.world


def the_worker(world: World) -> WorkerResource:
    (worker,) = world.workers.list(1)
    return worker


def carry_out(world: World, adapter: ProductAdapter) -> WorkerResource:
    """As a function does that was handed the only worker; the worker afterwards."""
    (worker,) = carry_out_all(world, adapter)
    return worker


def carry_out_all(world: World, adapter: ProductAdapter) -> list[WorkerResource]:
    """As a function does that was handed the workers, which are of one writer; they afterwards."""
    task = work_on(world, adapter, list(world.workers.list(1)), kinds_of(world, a_job()))
    run_side_by_side([task], parallel=1, clock=world.steady(), sleep=world.sleep)
    return list(world.workers.list(1))


def planned(world: World, slot: CloudResource, identifier: str, worker_id: int = 1) -> None:
    """A worker that is to put this certificate there."""
    world.resources.put(slot, world.clock())
    world.workers.save(
        WorkerResource(job_id=1, worker_id=worker_id, resource=slot, cert_identifier=identifier)
    )


def ask_for_rollback(world: World) -> None:
    """As a person does."""
    world.workers.save(to_roll_back(the_worker(world), world.clock()))
