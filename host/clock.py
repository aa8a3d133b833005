"""A clock that is put back: what was to come in a minute is not to come in hours."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

_EVERY_S: Final = 20.0
_LEAST_S: Final = 2.0  #: less is ordinary slewing


class ClockWatch:
    """Moves what `scheduler` waits for with the clock. Starts a thread; `stop` ends it.

    `wall`, `steady`: seconds by the clock, and by one that nobody sets.
    """

    def __init__(
        self,
        scheduler: Any,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheduler, self._wall, self._steady = scheduler, wall, steady
        self._apart = wall() - steady()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """A clock that is put forward needs nothing: what is overdue then runs at once."""
        before, self._apart = self._apart, self._wall() - self._steady()
        if (back := before - self._apart) < _LEAST_S:
            return
        for job in self._scheduler.get_jobs():
            if job.next_run_time is not None:
                job.modify(next_run_time=job.next_run_time - timedelta(seconds=back))

    def _run(self) -> None:
        while not self._stopped.wait(_EVERY_S):
            self.look()
