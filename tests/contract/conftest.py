"""One served cloud for all contract tests of a process: it is emptied for each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running
from tests.contract import aws_bench
from tests.contract.bench import Bench


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the same official SDK runs in one process: importing one takes a second."""
    for item in items:
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        sdk = getattr(params.get("product"), "SDK", None) or params.get("service")
        if isinstance(sdk, str):
            item.add_marker(pytest.mark.xdist_group(re.sub(r"\d+$|[-_]", "", sdk)))


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


@pytest.fixture
def amazon(server: Server, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """An AWS account, which moto plays."""
    return aws_bench.account(server, monkeypatch)
