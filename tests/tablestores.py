"""States in an emulated Tablestore: each in an instance of its own, all of a process on one port."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from itertools import count

from emulator.cloud import Cloud
from emulator.server import Server
from emulator.services.tablestore.instances import Instance
from emulator.services.tablestore.tablestore import Service
from shared.cloud.credentials import Credentials
from shared.state.tables import TABLES
from shared.state.tablestore import TablestoreStore, create_tables
from shared.state.tablestore_address import Address

_numbers = count(1)


@cache
def serving() -> Server:
    """It runs until the process ends; its threads keep nothing from ending."""
    server = Server(Cloud(only=["tablestore"]))
    server.start()
    return server


def keys() -> Credentials:
    key = serving().cloud.key
    return Credentials(key.access_key_id, key.access_key_secret)


def new_address() -> Address:
    """Of an instance with all tables, empty ones."""
    instance, address = _new()
    instance.tables = deepcopy(_with_tables().tables)
    return address


@cache
def _with_tables() -> Instance:
    instance, address = _new()
    create_tables(address, keys, TABLES)
    return instance


def _new() -> tuple[Instance, Address]:
    server, name = serving(), f"state-{next(_numbers)}"
    made = server.cloud.service(Service).instances[name] = Instance(name, "cn-hangzhou")
    return made, Address(name, server.endpoint)


def new_store() -> TablestoreStore:
    return TablestoreStore(new_address(), keys, sleep=lambda seconds: None)


def hang_up(store: TablestoreStore) -> None:
    """Its connections would be open until somebody collects it, and a process has only so many."""
    store._client._client.connection.pool.clear()


class Time:
    """It passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


def actions(cloud: Cloud) -> list[str]:
    """What was asked, in order."""
    return [call.action for call in cloud.calls]
