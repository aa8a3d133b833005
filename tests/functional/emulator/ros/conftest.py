"""One listening cloud for a whole module, and ROS in it by the vendor's typed client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running
from tests.functional.emulator.official import populate
from tests.functional.emulator.ros.account import LASTS_S, Account


@pytest.fixture(scope="module")
def standing() -> Iterator[Server]:
    with running(Cloud(settle_s=LASTS_S, strict=True)) as server:
        yield server


@pytest.fixture
def account(standing: Server) -> Iterator[Account]:
    """An account without any stack, whose time stands until it is moved."""
    standing.cloud.reset()
    standing.cloud.settle_s = LASTS_S
    clock = populate(standing.cloud, {"regions": ["cn-hangzhou"], "certificates": {}})
    yield Account(standing, clock)
    assert not standing.cloud.faults.unhit(), "a fault never struck"
