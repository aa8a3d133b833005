"""Function instances: processes that start on demand, stay warm and serve one request at a time.

As in Function Compute's built-in runtimes, a function scales by instances. Each is a pebble pool with
one worker: pebble kills it at its timeout and starts another. Memory limits are not enforced.
"""

import logging
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import Any
from weakref import WeakSet

from pebble import ProcessExpired, ProcessPool

from host import child
from host.errors import HostStoppedError

log = logging.getLogger(__name__)
# Forked from one clean process that has already imported `preload`: milliseconds instead of seconds.
_CONTEXT = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)


def import_beforehand(modules: Sequence[str]) -> None:
    """Import these modules once for all instances. Call it before the first instance starts."""
    _CONTEXT.set_forkserver_preload([ProcessPool.__module__, child.__name__, *modules])


@dataclass(frozen=True)
class InvocationResult:
    """`status` as in the API: 200 = run, 202 = accepted. A function error is 200 with `error_type`."""

    status: int
    body: bytes = b""
    error_type: str | None = None


class Instances:
    """The instances of one function, at most `concurrency` at once; further requests wait."""

    def __init__(self, launch: child.Launch, concurrency: int) -> None:
        self._launch = launch
        self._slots = BoundedSemaphore(concurrency)
        self._lock = Lock()
        self._idle: list[ProcessPool] = []
        self._all: WeakSet[ProcessPool] = WeakSet()
        # Awaited together with each result: a stopped pool never completes its futures.
        self._stopped: Future[Any] = Future()

    def run(self, payload: bytes, request_id: str) -> InvocationResult:
        """Raises HostStoppedError if the host stops before there is a result."""
        with self._slots:
            instance = self._take()
            try:
                return self._run(instance, payload, request_id)
            finally:
                with self._lock:
                    self._idle.append(instance)

    def stop(self) -> None:
        """Kill running requests; their callers get HostStoppedError."""
        with self._lock:
            self._stopped.set_result(None)
            instances = list(self._all)
        for instance in instances:
            instance.stop()  # type: ignore[no-untyped-call]
        for instance in instances:
            instance.join()

    def _take(self) -> ProcessPool:
        with self._lock:
            self._refuse_if_stopped()
            while self._idle:
                instance = self._idle.pop()
                if instance.active:
                    return instance
                # pebble abandons a pool whose worker died between two requests; this ends its threads.
                instance.join()
            instance = ProcessPool(
                max_workers=1,
                context=_CONTEXT,
                initializer=child.start,
                initargs=(self._launch,),
            )
            self._all.add(instance)
            return instance

    def _run(self, instance: ProcessPool, payload: bytes, request_id: str) -> InvocationResult:
        """The wording of both messages is unconfirmed."""
        timeout_s = self._launch.timeout_s
        try:
            future = instance.schedule(child.call, (payload, request_id), timeout=timeout_s)
            either: tuple[Future[Any], ...] = (future, self._stopped)
            wait(either, return_when=FIRST_COMPLETED)
            body, error_type = future.result(timeout=0)
        except Exception as error:
            # A stop kills instances in several ways; an interrupted invocation counts as not run.
            self._refuse_if_stopped()
            if isinstance(error, TimeoutError):
                message = f"Function timed out after {timeout_s} seconds"
            elif isinstance(error, ProcessExpired):
                message = "Process exited unexpectedly before completing request"
            else:
                raise
            log.warning("%s %s: %s", self._launch.function, request_id, message)
            body, error_type = child.error_body(message, child.UNHANDLED), child.UNHANDLED
        return InvocationResult(200, body, error_type)

    def _refuse_if_stopped(self) -> None:
        if self._stopped.done():
            raise HostStoppedError(f"{self._launch.function}: the host is stopping")
