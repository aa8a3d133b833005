"""A function that is killed at one of its calls, whichever that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import pytest

from emulator.faults import DroppedError
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import MortalStore


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
