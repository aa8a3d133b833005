"""The platform of a run: asynchronous invocations that wait, their retries, and the timers."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from emulator.cloud import Cloud
from host.instances import InvocationResult
from tests.chaos.clock import SharedClock
from tests.chaos.orders import MEETS, Order, Result, go_on, send_order

_RETRIES, _RETRY_S = 3, 60.0
_PREFIX = "certdeploy-"
_HANGS_S = 60.0  #: of real time: no function here takes as long
_TIMERS_S = {"run_deployment_jobs": 60.0, "scan_expiry": 600.0}
_LONGEST_S = 7200.0
TIMEOUT_S = 900.0  #: of the functions that deploy, as template.yml has it


@dataclass
class Delivery:
    due: float  #: by the steady clock
    function: str
    payload: bytes
    attempt: int = 1


@dataclass
class Platform:
    """`cloud.functions`: what the emulated Function Compute invokes."""

    cloud: Cloud
    clock: SharedClock
    orders: socket.socket
    queue: list[Delivery] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)  #: every payload
    killed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)  #: functions of events that failed for good
    met: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  #: boundaries by function
    invocations: int = 0
    active: list[str] = field(default_factory=list)  #: functions that run now, each within the one before it
    loads: bool = False
    timeout_s: float = TIMEOUT_S
    settings: dict[str, Any] = field(default_factory=dict)
    #: which of those that are due is next; and how long one that was sent is under way
    choose: Callable[[int], int] = lambda due: 0
    delays: Callable[[], list[float]] = lambda: [0.0]
    in_between: Callable[[], None] | None = None  #: before a function writes to its state
    _ids: Any = field(default_factory=lambda: count(1))

    def begin_again(self) -> None:
        for kept in (self.queue, self.sent, self.killed, self.errors, self.given_up):
            kept.clear()
        self.met.clear()
        self.invocations, self.timeout_s = 0, TIMEOUT_S

    def invoke(
        self, name: str, payload: bytes, *, asynchronous: bool, request_id: str, task_id: str | None
    ) -> InvocationResult:
        assert asynchronous, "our functions never wait for each other"
        self.send(name.removeprefix(_PREFIX), payload)
        return InvocationResult(202)

    def send(self, function: str, payload: bytes) -> None:
        """Each copy after a delay of its own."""
        self.sent.append(payload)
        now = self.clock.steady()
        self.queue += [Delivery(now + delay, function, payload) for delay in self.delays()]

    def tick(self, *functions: str) -> None:
        """Their timers fire."""
        for function in functions:
            trigger = {"triggerTime": "2026-01-01T00:00:00Z", "triggerName": "timer", "payload": "{}"}
            self.send(function, json.dumps(trigger).encode())

    def deliver_one(self) -> bool:
        """False: nothing is due."""
        now = self.clock.steady()
        due = [one for one in self.queue if one.due <= now]
        if not due:
            return False
        delivery = due[self.choose(len(due))]
        self.queue.remove(delivery)
        result = self.run(delivery.function, delivery.payload)
        if result.killed:
            self.killed.append(f"{delivery.function}: {result.killed}")
        elif result.error:
            self.errors.append(f"{delivery.function}: {result.error}")
        if (result.killed or result.error) and delivery.attempt <= _RETRIES:
            wait = _RETRY_S * 2 ** (delivery.attempt - 1)
            again = Delivery(now + wait, delivery.function, delivery.payload, delivery.attempt + 1)
            self.queue.append(again)
        elif result.killed or result.error:
            self.given_up.append(delivery.function)
        return True

    def drain(self) -> None:
        while self.deliver_one():
            pass

    def pass_time(self, gap_s: float) -> None:
        """Until the next delivery is due, or for so long."""
        now = self.clock.steady()
        next_due = min((one.due for one in self.queue), default=now + gap_s)
        self.clock.sleep(max(0.001, min(next_due - now, gap_s)))

    def until_quiet(self, done: Callable[[], bool], *, at_most_s: float) -> bool:
        """Deliver, and fire the timers, until nothing waits and `done`; whether that was in time.

        Of the ticks that would find nothing to do, most are left out.
        """
        end, gap, scanned, ticks = self.clock.steady() + at_most_s, _TIMERS_S["run_deployment_jobs"], 0.0, 0
        while True:
            before = self.invocations
            self.drain()
            if not self.queue and done():
                return True
            if self.clock.steady() > end:
                return False
            gap = min(gap * 1.5, _LONGEST_S) if self.invocations <= before + ticks else 60.0
            self.pass_time(gap)
            ticks = 0
            if not any(one.due <= self.clock.steady() for one in self.queue):
                self.tick("run_deployment_jobs")
                ticks = 1
                if self.clock.steady() >= scanned + _TIMERS_S["scan_expiry"]:
                    scanned = self.clock.steady()
                    self.tick("scan_expiry")
                    ticks = 2

    def run(self, function: str, payload: bytes) -> Result:
        """Once, in a process of its own."""
        self.invocations += 1
        key = self.cloud.key
        order = Order(
            function=function,
            payload=payload.decode(),
            request_id=f"request-{next(self._ids)}",
            key=(key.access_key_id, key.access_key_secret),
            timeout_s=self.timeout_s,
            loads=self.loads,
            settings=self.settings,
            meets=self.in_between is not None,
        )
        self.settings = {}
        self.active.append(function)
        with send_order(self.orders, order) as answers:
            result = _result(answers, self.in_between or (lambda: None))
        self.active.pop()
        self.met[function] += result.met
        return result


def _result(answers: socket.socket, in_between: Callable[[], None]) -> Result:
    answers.settimeout(_HANGS_S)
    told: dict[str, Any] = {}
    pid = 0
    try:
        with answers.makefile("rb") as lines:
            for line in lines:
                if line.strip() == MEETS:
                    in_between()
                    go_on(answers)
                    continue
                told |= json.loads(line)
                pid = told.pop("pid", pid)
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        return Result(error=f"it hung for {_HANGS_S:g} s")
    if not told:
        return Result(error="it ended without a word")
    return Result(**{**told, "met": tuple(told.get("met", ()))})
