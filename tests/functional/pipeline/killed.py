"""A function that is killed at one of its calls, whichever that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from emulator.faults import DroppedError
from tests.functional.pipeline import states
from tests.functional.pipeline.platform import Cut, Platform
from tests.functional.pipeline.stories import MortalStore, asked_for, uploaded


class Killing:
    """Of the calls of a function, the n-th is carried out, and the function has ended: it gets no answer,
    makes no other call, and stores nothing."""

    def __init__(self, platform: Platform, monkeypatch: pytest.MonkeyPatch, writes: Collection[str]) -> None:
        """`writes`: the actions that are counted."""
        self.at: int | None = None
        self.calls = 0
        self.order: list[str] = []  #: the actions of all calls
        self.written: Counter[str] = Counter()
        self.store: MortalStore | None = None
        execute = platform.cloud.execute

        def executed(service: Any, call: Any) -> Any:
            if self.store is None:
                return execute(service, call)
            if self.store.dead:
                raise DroppedError(call.action)
            answer = execute(service, call)
            self.calls += 1
            self.order.append(call.action)
            self.written[call.action] += call.action in writes
            if self.calls == self.at:
                self.store.dies_after = 0
                raise DroppedError(call.action)
            return answer

        monkeypatch.setattr(platform.cloud, "execute", executed)


def a_deployment(
    platform: Platform,
    killing: Killing,
    folder: Path,
    at: int | None,
    prepare: Callable[[], None] = lambda: None,
    **asked: Any,
) -> int:
    """Of all slots, killed once at that call; then only the timer. Calls made: of looks there may be one more
    or less. `prepare`: what the cloud is to be, which is as it was at first."""
    platform.cloud.reset()
    prepare()
    platform.queue.clear()
    store = MortalStore(states.copied(folder / "state.db", folder / f"{at}.db"))
    platform.store, killing.store = store, None
    asked_for(platform, uploaded(platform), **asked)
    killing.store, killing.at, killing.calls, killing.written = store, at, 0, Counter()
    try:
        platform.drain()
    except Cut:
        killing.at = store.dies_after = None
        platform.queue.clear()
        for _ in range(3):
            platform.clock.sleep(100)
            platform.tick("run_deployment_jobs")
    return killing.calls
