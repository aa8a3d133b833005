"""One served cloud for all contract tests of a process: it is emptied for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running
from shared.domain.resources import CloudResource
from tests.contract import aws_bench
from tests.contract.bench import Bench
from tests.contract.cases import Case


@pytest.fixture(scope="session")
def one_server() -> Iterator[Server]:
    with running(Cloud()) as server:
        yield server


@pytest.fixture
def server(one_server: Server) -> Iterator[Server]:
    """Faults that never struck fail the test, which then proved nothing."""
    one_server.cloud.reset()
    yield one_server
    assert not one_server.cloud.faults.unhit(), "a fault never struck"


@pytest.fixture
def cloud(server: Server) -> Cloud:
    return server.cloud


@pytest.fixture(scope="session")
def stored() -> dict[str, CloudResource]:
    """The slots of cases, as their first discovery gave them."""
    return {}


@pytest.fixture
def slot(case: Case, it: Bench, stored: dict[str, CloudResource]) -> CloudResource:
    """The slot of a case from store, as a deployment takes it: this account was not discovered."""
    if case.name not in stored:
        stored[case.name] = it.slot(case.slot)
        it.cloud.calls.clear()
    return stored[case.name]


@pytest.fixture
def amazon(server: Server, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """An AWS account, which moto plays."""
    return aws_bench.account(server, monkeypatch)
