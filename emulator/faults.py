"""Faults to order: a call that fails before it did anything, or after it did everything."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Literal

When = Literal["before", "after"]


class DroppedError(Exception):
    """The connection ends here, without an answer."""


@dataclass
class Fault:
    """The next `times` calls of `action` go wrong, after `passing` that do not.

    `when="after"`: the change has happened and only the answer is lost. `drop`: the connection
    closes without any answer. `api` (a product, "cdn") and `region` narrow it where an action's
    name is not enough.
    """

    action: str
    status: int = 503
    code: str = "ServiceUnavailable"
    when: When = "before"
    times: int = 1
    passing: int = 0
    region: str | None = None
    api: str | None = None
    drop: bool = False
    message: str = "injected by the emulator"
    retry_after_ms: int | None = None

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError(f'when must be "before" or "after", not {self.when!r}')

    def meets(self, api: str, action: str, region: str, when: When) -> bool:
        return (
            self.times > 0
            and self.action == action
            and self.when == when
            and self.region in (None, region)
            and (self.api is None or self.api.lower() == api.lower())
        )


class Faults(list[Fault]):
    """All faults ordered; those that have struck stay listed with `times` 0."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self.append(fault)
        return fault

    def unhit(self) -> list[Fault]:
        """Those still waiting for a call. A test that ends with one of them has proved nothing."""
        return [fault for fault in self if fault.times > 0]

    def take(self, api: str, action: str, region: str, when: When) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        with self._lock:
            for fault in self:
                if fault.meets(api, action, region, when):
                    if fault.passing > 0:
                        fault.passing -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None
