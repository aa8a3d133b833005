"""A storm: what goes wrong with calls, deliveries, clocks, slots and certificates, by lot."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from emulator.api import ApiError, Call
from emulator.faults import DroppedError
from emulator.service import EmulatedService
from tests.receiver import DOWN, GARBAGE, LOST, TROUBLE

_THROTTLED: Final = 0.3
_HOUR_S: Final = 3600.0
#: What happens to calls, and how often, beside that.
_TO_CALLS: Final = (
    ("answered 5xx", 0.05),
    ("connection reset", 0.04),
    ("delayed", 0.05),
    ("another function in between", 0.12),
    ("somebody else in between", 0.03),
)
_LOST: Final = 0.07
_TROUBLE: Final = ((500, "InternalError"), (502, "BadGateway"), (503, "ServiceUnavailable"))
#: What the receiver of messages does, and how often.
_TO_MESSAGES: Final = (*TROUBLE, DOWN, GARBAGE, LOST, "receiver slow")
_TROUBLED: Final = 0.5
_MET: Final = 0.1  #: of writes to a state that is not asked by calls
_DOUBLED, _LATE, _JUMP, _OUTAGE, _KILLED = 0.15, 0.2, 0.03, 0.03, 0.3
OF_STORMS: Final = (
    *("throttled", *(name for name, _ in _TO_CALLS[:4]), "answer lost", "event doubled", "event late"),
    *("events out of order", "emulator stopped", "clock put forward", "clock put back"),
    "function killed",
    *_TO_MESSAGES,
    *("slot changed by hand", "slot removed", "certificate removed", "newer certificate"),
)


class Storm:
    """`others`: deliver something else now, False if nothing is due; `meddle`: somebody else acts now."""

    def __init__(
        self,
        seed: str,
        struck: Counter[str],
        sleep: Callable[[float], None],
        others: Callable[[], bool],
        meddle: Callable[[random.Random], str],
    ) -> None:
        self.lots = random.Random(seed)
        self._struck, self._sleep, self._others, self._meddle = struck, sleep, others, meddle
        self._inside = 0

    def before(self, service: EmulatedService, call: Call) -> None:
        if self.lots.random() < _THROTTLED:
            self._struck["throttled"] += 1
            raise _throttling(service, call)
        lot = self.lots.random()
        for kind, share in _TO_CALLS:
            if lot < share:
                self._strike(kind)
                return
            lot -= share

    def after(self, service: EmulatedService, call: Call) -> None:
        if self.lots.random() < _LOST:
            self._struck["answer lost"] += 1
            raise DroppedError(call.action)

    def _strike(self, kind: str) -> None:
        if kind == "answered 5xx":
            self._struck[kind] += 1
            raise ApiError(*self.lots.choice(_TROUBLE), "It is stormy.")
        if kind == "connection reset":
            self._struck[kind] += 1
            raise DroppedError(kind)
        if kind == "delayed":
            self._struck[kind] += 1
            self._sleep(self.lots.uniform(1, 60))
        elif self._inside < 2:
            self._inside += 1
            try:
                if kind == "somebody else in between":
                    self._struck[self._meddle(self.lots)] += 1
                elif self._others():
                    self._struck[kind] += 1
            finally:
                self._inside -= 1

    def at_state(self) -> None:
        """Between a function's reading of its state and its writing."""
        if self.lots.random() < _MET:
            self._strike("another function in between")

    def at_receiver(self) -> str:
        """What a message meets there."""
        if self.lots.random() >= _TROUBLED:
            return ""
        kind = self.lots.choice(_TO_MESSAGES)
        self._struck[kind] += 1
        if kind == "receiver slow":
            self._sleep(self.lots.uniform(1, 60))
            return ""
        return kind

    def delays(self) -> list[float]:
        """Of the copies of an event that is sent."""
        delays = [0.0]
        if self.lots.random() < _LATE:
            self._struck["event late"] += 1
            delays[0] = self.lots.uniform(1, 900)
        if self.lots.random() < _DOUBLED:
            self._struck["event doubled"] += 1
            delays.append(self.lots.uniform(0, 600))
        return delays

    def choose(self, due: int) -> int:
        chosen = self.lots.randrange(due)
        self._struck["events out of order"] += chosen > 0
        return chosen

    def fatal(self, boundaries: Mapping[str, int]) -> dict[str, list[int]]:
        """Where functions are killed, those that are."""
        names = [name for name in boundaries if self.lots.random() < _KILLED]
        return {name: [self.lots.randint(1, 2 * boundaries[name])] for name in names}

    def jump(self) -> float:
        """Seconds by which the clock is set wrong, or right again; mostly 0."""
        if self.lots.random() >= _JUMP:
            return 0.0
        seconds = self.lots.choice([-1, 1]) * self.lots.uniform(60, 5 * _HOUR_S)
        self._struck["clock put forward" if seconds > 0 else "clock put back"] += 1
        return seconds

    def outage(self) -> int:
        """How many deliveries find no cloud; mostly 0."""
        if self.lots.random() >= _OUTAGE:
            return 0
        self._struck["emulator stopped"] += 1
        return self.lots.randint(1, 6)


def _throttling(service: EmulatedService, call: Call) -> ApiError:
    if service.style == "OTS":
        return ApiError(503, "OTSServerBusy", "The server is busy.")
    if service.api == "Kubernetes":
        return ApiError(429, "TooManyRequests", "Try again later.")
    return service.throttling(call)
