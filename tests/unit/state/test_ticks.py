"""When a timer fired last: noted now and then, and never at the cost of what the function is there for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.errors import ConflictError, StateUnavailableError
from shared.state.sqlite import SqliteStore
from shared.state.tables import META
from shared.state.ticks import Ticks
from tests.builders import NOW
from tests.clocks import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "state.db")


def test_it_is_noted_every_five_minutes_and_after_a_clock_was_put_back(
    store: SqliteStore, clock: StandingClock
) -> None:
    ticks = Ticks(store, clock)
    assert ticks.last("run") is None
    ticks.note("run")
    seen = []
    for seconds in (60, 240, 60, -86_400):
        clock.sleep(seconds)
        ticks.note("run")
        last = ticks.last("run")
        assert last is not None
        seen.append((last - NOW) / timedelta(seconds=1))

    assert seen == [0, 300, 300, -86_040]
    assert ticks.last("scan") is None


@pytest.mark.parametrize("error", [ConflictError("meta", "tick run"), StateUnavailableError("locked")])
def test_a_note_that_cannot_be_made_stops_nothing(
    store: SqliteStore, clock: StandingClock, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    asked: list[Any] = []

    def refuse(*args: Any, **kwargs: Any) -> int:
        asked.append(args[0])
        raise error

    monkeypatch.setattr(store, "put", refuse)
    ticks = Ticks(store, clock)

    ticks.note("run")

    assert (asked, ticks.last("run")) == ([META], None)
