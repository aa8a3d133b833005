"""One served cloud for all contract tests of a process: it is emptied for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running
from shared.domain.resources import CloudResource
from tests.contract import aws_bench
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import Case
from tests.contract.gateways import CLASSIC, NATIVE, REGION
from tests.contract.store import stored
from tests.seeds import seed_of


@pytest.fixture(scope="session")
def one_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """Strict: a parameter that no action has is a mistake of an adapter.

    `pytest tests/contract --answers random --answers-seed 7` runs them all with answers in other words.
    """
    with running(Cloud(strict=True, answers=pytestconfig.getoption("--answers"))) as server:
        yield server


@pytest.fixture
def server(one_server: Server, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Faults that never struck fail the test, which then proved nothing."""
    one_server.cloud.load(None)  # first: a reset would set up again what the test before had
    one_server.cloud.reset()
    one_server.cloud.answers.seed = seed_of(request.node)
    yield one_server
    assert not one_server.cloud.faults.unhit(), "a fault never struck"


@pytest.fixture
def cloud(server: Server) -> Cloud:
    return server.cloud


@pytest.fixture
def slot(case: Case, bench: Bench) -> CloudResource:
    return stored(bench, case)


@pytest.fixture
def amazon(server: Server, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """An AWS account, which moto plays."""
    return aws_bench.account(server, monkeypatch)


@pytest.fixture
def classic(server: Server) -> Bench:
    """An account of the traditional API Gateway."""
    return new_bench(server, CLASSIC.product, CLASSIC.estate, REGION)


@pytest.fixture
def native(server: Server) -> Bench:
    """An account of the cloud-native API Gateway."""
    return new_bench(server, NATIVE.product, NATIVE.estate, REGION)
