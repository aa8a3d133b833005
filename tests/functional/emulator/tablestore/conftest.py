"""One listening cloud for a whole module, with nothing but Tablestore, and a table in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server, running
from tests.functional.emulator.tablestore.ots import Tablestore, a_client


@pytest.fixture(scope="module")
def standing() -> Iterator[Server]:
    with running(Cloud(only=["tablestore"])) as server:
        yield server


@pytest.fixture
def server(standing: Server) -> Server:
    return standing


@pytest.fixture
def tablestore(standing: Server) -> Tablestore:
    """An instance with the table `rows`, and nothing of what the test before has left."""
    standing.cloud.load(parse_estate({}))
    standing.cloud.reset()
    found = Tablestore(standing, a_client(standing))
    found.create()
    return found
