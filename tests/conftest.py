"""Fixtures for every test: a cloud, and a cloud that listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.server import Server, running


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A fresh cloud. A fault that never struck fails the test, which then proved nothing."""
    cloud = Cloud()
    yield cloud
    assert not cloud.faults.unhit(), "a fault never struck"


@pytest.fixture
def server(cloud: Cloud) -> Iterator[Server]:
    """The cloud on a loopback port."""
    with running(cloud) as server:
        yield server
