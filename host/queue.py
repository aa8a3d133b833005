"""Asynchronous invocations: accepted once, run at least once, retried like in Function Compute.

The table says what to do, APScheduler says when. Each function has its own executor, so that a slow
function does not delay another. An invocation interrupted by a crash runs again after the next start.
"""

import json
import logging
import re
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from threading import Condition

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from host.errors import HostStoppedError, InvalidTaskIdError
from host.instances import InvocationResult
from host.tasks import NewTask, Task, TaskTable
from host.template import FunctionSpec

log = logging.getLogger(__name__)

Run = Callable[[str, bytes, str], InvocationResult]
MAX_BACKOFF_S = 300.0
AGAIN_S = 10.0  #: after which an invocation is looked at again that could not be written down
_TASK_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")


class AsyncQueue:
    """`retry_base_s`: delay of the first retry; doubles with each retry. `clock`: POSIX seconds."""

    def __init__(
        self,
        table: TaskTable,
        functions: Mapping[str, FunctionSpec],
        run: Run,
        scheduler: BackgroundScheduler,
        *,
        concurrency: int,
        retry_base_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table, self._functions, self._run = table, functions, run
        self._scheduler, self._retry_base_s, self._clock = scheduler, retry_base_s, clock
        self._changed = Condition()
        self._active = 0
        self._stopping = False
        for name in functions:
            scheduler.add_executor(ThreadPoolExecutor(concurrency), alias=name)

    def start(self) -> None:
        for task in self._table.recover():
            if task.function in self._functions:
                self._schedule(task.id, task.function, task.due_at)
            else:
                log.error("%s %s: no longer a function", task.function, task.request_id)
                self._table.finish(task.id, "Failed", self._clock(), "FunctionNotFound")

    def accept(self, task: NewTask) -> None:
        """Store the invocation on disk. A task id that is still known is refused."""
        if task.task_id is not None and not _TASK_ID.fullmatch(task.task_id):
            raise InvalidTaskIdError(
                f"task id {task.task_id!r}: 1 to 128 of letters, digits, '_', '-', "
                "starting with a letter or '_'"
            )
        if self._stopping:
            raise HostStoppedError("the host is stopping")
        now = self._clock()
        self._schedule(self._table.add(task, now), task.function, now)

    def stop(self, grace_s: float) -> None:
        """Start nothing new, wait `grace_s` for running invocations; the rest stays in the table."""
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: self._active == 0, grace_s)

    def drained(self) -> None:
        """Wait until no thread works on an invocation; call it after the instances are stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._active == 0)

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until nothing accepted is unfinished; False if the time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._table.pending() == 0, timeout_s)

    def _schedule(self, task_id: int, function: str, due_at: float) -> None:
        self._scheduler.add_job(
            self._work,
            "date",
            args=(task_id, function),
            run_date=datetime.fromtimestamp(due_at, timezone.utc),
            misfire_grace_time=None,
            executor=function,
        )

    @contextmanager
    def working(self) -> Iterator[None]:
        """Wraps every run, so that `stop` waits for it. Raises HostStoppedError after a stop."""
        with self._changed:
            if self._stopping:
                raise HostStoppedError("the host is stopping")
            self._active += 1
        try:
            yield
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify_all()

    def _work(self, task_id: int, function: str) -> None:
        # Stopped before the run: still waiting in the table. Stopped during the run: still Running there,
        # which counts as not run at the next start.
        try:
            with suppress(HostStoppedError), self.working():
                task = self._table.begin(task_id)
                if task:
                    self._attempt(task, self._functions[task.function])
        except sqlite3.Error as error:  # such as a full disk: it has run, perhaps, and nobody wrote that down
            log.error("%s %s: %s; again in %g s", function, task_id, error, AGAIN_S)
            self._schedule(task_id, function, self._clock() + AGAIN_S)

    def _attempt(self, task: Task, spec: FunctionSpec) -> None:
        if self._clock() - task.enqueued_at > spec.max_age_s:
            self._fail(task, spec, "Expired", InvocationResult(200, b"", "EventAgeExceeded"))
            return
        try:
            result = self._run(task.function, task.payload, task.request_id)
        except HostStoppedError:
            raise
        except Exception:
            # The host itself failed, like a 500 of the platform: retried until the event is too old.
            log.exception("%s %s could not be run", task.function, task.request_id)
            self._retry(task, "InternalServerError")
            return
        if result.error_type is None:
            self._table.finish(task.id, "Succeeded", self._clock())
        elif task.attempts <= spec.max_retries:
            self._retry(task, result.error_type)
        else:
            self._fail(task, spec, "Failed", result)

    def _retry(self, task: Task, error_type: str) -> None:
        # The exponent is limited: after a week of attempts 2 ** n is too large for a float.
        wait_s = self._retry_base_s * min(2 ** (task.attempts - 1), MAX_BACKOFF_S / self._retry_base_s)
        due_at = self._clock() + wait_s
        self._table.retry(task.id, due_at, error_type)
        self._schedule(task.id, task.function, due_at)

    def _fail(self, task: Task, spec: FunctionSpec, state: str, result: InvocationResult) -> None:
        log.error("%s %s: %s, %s", task.function, task.request_id, state, result.error_type)
        now = self._clock()
        destination = spec.on_failure or ""
        follow = _failure_event(task, destination, state, result, now) if destination else None
        follow_id = self._table.finish(task.id, state, now, result.error_type, follow)
        if follow_id:
            self._schedule(follow_id, destination, now)


def _failure_event(task: Task, destination: str, state: str, result: InvocationResult, now: float) -> NewTask:
    """Function Compute's destination event. Both values of `condition` are unconfirmed."""
    runs = task.attempts if state == "Failed" else task.attempts - 1
    event = {
        "timestamp": int(now * 1000),
        "requestContext": {
            "requestId": task.request_id,
            "functionArn": f"acs:fc:::functions/{task.function}",
            "condition": "RetriesExhausted" if state == "Failed" else "EventAgeExceeded",
            "approximateInvokeCount": runs,
        },
        "requestPayload": task.payload.decode(errors="replace"),
        "responseContext": {"statusCode": 200, "functionError": result.error_type or ""},
        "responsePayload": result.body.decode(errors="replace"),
    }
    payload = json.dumps(event, ensure_ascii=False).encode()
    return NewTask(destination, payload, str(uuid.uuid4()))
