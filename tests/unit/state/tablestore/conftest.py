"""A state in an emulated Tablestore, where time passes only while somebody sleeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.cloud import Cloud
from emulator.services.tablestore.tablestore import Service
from shared.state.tablestore import TablestoreStore
from shared.state.tablestore_address import Address
from tests.tablestores import Time, keys, new_address, serving


@pytest.fixture
def address() -> Address:
    return new_address()


@pytest.fixture
def cloud(address: Address) -> Iterator[Cloud]:
    """Its log begins when the tables are there."""
    cloud = serving().cloud
    cloud.calls.clear()
    yield cloud
    unhit = cloud.faults.unhit()
    cloud.faults.clear()
    cloud.denials.clear()
    cloud.service(Service).choose(network="as the instance says", empty_keys="refused")
    assert not unhit, "a fault never struck"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(cloud: Cloud, address: Address, time: Time) -> TablestoreStore:
    return TablestoreStore(address, keys, sleep=time.sleep, timer=time)
