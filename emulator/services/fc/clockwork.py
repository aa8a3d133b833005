"""What happens by itself: timers that fire, and invocations that were accepted, by the cloud's clock.

In memory: what is waiting is lost when the cloud is reset or ends. Of the ticks that a timer has missed one
is made up for. The time between two tries of a function that fails is [guess].
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from emulator.api import ApiError

_log = logging.getLogger("emulator")
AT_ONCE = 6  #: invocations; fewer than on Function Compute, the others wait
_LOOK_S = 0.05  #: real seconds between two looks at the cloud's clock
_FIRST_S, _LONGEST_S = 1.0, 300.0


@dataclass
class Task:
    """An invocation that was accepted."""

    function: str  #: ARN
    payload: bytes
    request_id: str
    accepted: datetime
    due: datetime
    tries: int = 0


class Clockwork:
    """`run` carries a task out, and says when it is to be tried again; `tick` fires what is due."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        run: Callable[[Task], datetime | None],
        tick: Callable[[datetime], object],
    ) -> None:
        self._clock, self._run, self._tick = clock, run, tick
        self._lock, self._closed = Lock(), Event()
        self._waiting: list[Task] = []
        self._running = 0
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="invocation")
        self._thread = Thread(target=self._work, name="clockwork", daemon=True)
        self._thread.start()

    def pending(self, until: datetime | None = None) -> int:
        """Accepted and not finished; with `until`, without those whose next try is later."""
        with self._lock:
            waiting = [task for task in self._waiting if until is None or task.due <= until]
            return len(waiting) + self._running

    def accept(self, task: Task) -> None:
        with self._lock:
            self._waiting.append(task)

    def close(self) -> None:
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _work(self) -> None:
        while not self._closed.wait(_LOOK_S):
            now = self._clock()
            try:
                self._tick(now)
            except Exception:  # a mistake here must not end all timers
                _log.exception("timers could not be looked at")
            with self._lock:
                due = [task for task in self._waiting if task.due <= now]
                self._waiting = [task for task in self._waiting if task.due > now]
                self._running += len(due)
            for task in due:
                self._start(task)

    def _start(self, task: Task) -> None:
        try:
            self._threads.submit(self._carry_out, task)
        except RuntimeError:  # closed in between
            self._closed.set()

    def _carry_out(self, task: Task) -> None:
        again: datetime | None = None
        try:
            again = self._run(task)
        except ApiError as error:
            _log.warning("an accepted invocation of %s is lost: %s", task.function, error.message)
        except Exception:
            _log.exception("an accepted invocation of %s is lost", task.function)
        with self._lock:
            self._running -= 1
            if again is not None:
                task.due = again
                self._waiting.append(task)


def later(now: datetime, tries: int) -> datetime:
    """When the next try is after so many."""
    return now + timedelta(seconds=min(_FIRST_S * 2 ** (tries - 1), _LONGEST_S))
