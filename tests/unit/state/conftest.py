"""Every driver of the store. What a store and the repositories promise is tested on each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.state.sqlite import SqliteStore
from shared.state.store import Store
from tests.remembering import Remembering
from tests.tablestores import new_store

#: A driver adds a row: an empty store, which may keep what it needs in a folder of the test's own.
DRIVERS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: SqliteStore(folder / "state.sqlite"),
    "memory, of tests": lambda folder: Remembering(),
    "tablestore": lambda folder: new_store(),
}


@pytest.fixture(params=DRIVERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return DRIVERS[request.param](tmp_path)
