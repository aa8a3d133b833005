"""One listening cloud for a whole module: to start and stop one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running


@pytest.fixture(scope="module")
def standing() -> Iterator[Server]:
    with running(Cloud()) as server:
        yield server


@pytest.fixture
def server(standing: Server) -> Server:
    return standing


@pytest.fixture
def cloud(standing: Server) -> Cloud:
    """The module's cloud, emptied of what the test before has left."""
    standing.cloud.reset()
    return standing.cloud
