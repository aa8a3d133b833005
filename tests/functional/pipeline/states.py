"""Where an installation of these tests has its state: in a file, or in an emulated Tablestore.

A path names it in either case. `make test` tells a few stories on Tablestore too, `make walk` all of them.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import deepcopy
from pathlib import Path
from typing import TypeAlias

from emulator.services.tablestore.instances import Instance
from emulator.services.tablestore.tables import Table
from emulator.services.tablestore.tablestore import Service
from shared.state.sqlite import SqliteStore
from shared.state.store import Store
from shared.state.tablestore import TablestoreStore
from shared.state.tablestore_address import Address
from tests.tablestores import hang_up, keys, new_address, serving

KINDS = ("file", "tablestore")
chosen = {"kind": KINDS[0]}
_ADDRESSES: dict[Path, Address] = {}
_CONNECTED: list[TablestoreStore] = []
_MOST_CONNECTED = 20
Kept: TypeAlias = "sqlite3.Connection | dict[str, Table]"


def opened(path: Path) -> Store:
    """The state of that path, made if need be."""
    if chosen["kind"] == "file":
        return SqliteStore(path)
    if path not in _ADDRESSES:
        _ADDRESSES[path] = new_address()
    store = TablestoreStore(_ADDRESSES[path], keys, sleep=lambda seconds: None)
    _CONNECTED.append(store)
    if len(_CONNECTED) > _MOST_CONNECTED:  # one that is asked again connects again
        hang_up(_CONNECTED.pop(0))
    return store


@contextmanager
def collecting() -> Iterator[None]:
    """Garbage is collected by the thread of the test alone, if the state is in Tablestore.

    What a killed function leaves suspended ends when it is collected, and frees its lease then: in the thread
    of the server that would be asked, it would wait for itself.
    """
    if chosen["kind"] == "tablestore":
        gc.disable()
    try:
        yield
    finally:
        gc.enable()


def begun(path: Path) -> bool:
    return path.exists() if chosen["kind"] == "file" else path in _ADDRESSES


def kept(path: Path) -> Kept:
    """What it holds now."""
    if chosen["kind"] == "tablestore":
        return deepcopy(_instance(path).tables)
    memory = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as source:
        source.backup(memory)
    return memory


def fill(path: Path, held: Kept) -> None:
    """Let it hold that."""
    if isinstance(held, dict):
        opened(path)
        _instance(path).tables = deepcopy(held)
        return
    with closing(sqlite3.connect(path)) as target:
        held.backup(target)


def copied(path: Path, to: Path) -> Store:
    """Another state that holds the same."""
    if chosen["kind"] == "tablestore":
        gc.collect()  # here: see `collecting`
    held = kept(path)
    fill(to, held)
    if isinstance(held, sqlite3.Connection):
        held.close()
    return opened(to)


def as_text(path: Path) -> str:
    """All that it holds."""
    if chosen["kind"] == "file":
        return path.read_bytes().decode(errors="replace")
    return "\n".join(f"{name}: {table.rows}" for name, table in _instance(path).tables.items())


def _instance(path: Path) -> Instance:
    return serving().cloud.service(Service).instances[_ADDRESSES[path].instance]
