"""Runs the functions of a folder on one machine, as a ROS template declares them.

    with Host(Path("template.yml"), Path("functions"), Path("host.db"), environment={...}) as host:
        host.invoke("certdeploy-scan_expiry", b"{}")
        host.invoke("certdeploy-scan_expiry", b"{}", asynchronous=True)
        host.deliver_event({"source": "certdeploy", "type": "certdeploy:Certificate:Issued", ...})

Synchronous and asynchronous invocations, timers and event rules, with Function Compute's limits. An
accepted asynchronous invocation runs even if the host is stopped or killed in between.
"""

import json
import logging
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from host.child import Launch
from host.clock import ClockWatch
from host.errors import HostStoppedError, PayloadTooLargeError, TemplateError
from host.instances import Instances, InvocationResult, import_beforehand
from host.intrinsics import PSEUDO
from host.patterns import matches
from host.queue import AsyncQueue
from host.tasks import NewTask, Task, TaskTable
from host.template import FunctionSpec, TimerSpec, load_template

MAX_SYNC_PAYLOAD = 32 * 1024 * 1024
MAX_ASYNC_PAYLOAD = 128 * 1024
_INDEX = "index"


class Host:
    """`state`: the host's own SQLite file, created if missing.

    `environment` is passed to every function and overrides the template's EnvironmentVariables; nothing
    else of this process's environment is passed. `log`: file that functions' output is appended to,
    None = stderr. `concurrency`: instances per function. `preload`: modules that many functions import,
    without side effects on import; instances start faster with them. Functions can also import the
    packages next to `functions_dir`.
    """

    def __init__(
        self,
        template: Path,
        functions_dir: Path,
        state: Path,
        parameters: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        *,
        concurrency: int = 4,
        retry_base_s: float = 0.5,
        grace_s: float = 10.0,
        preload: Sequence[str] = (),
    ) -> None:
        import_beforehand(preload)
        self._template = load_template(template, parameters)
        self._grace_s = grace_s
        self._launch_all = {
            spec.name: _launch(
                spec,
                functions_dir.resolve(),
                {**PSEUDO, **(parameters or {})},
                environment or {},
                log.resolve() if log else None,
            )
            for spec in self.functions.values()
        }
        self._instances = {name: Instances(launch, concurrency) for name, launch in self._launch_all.items()}
        # APScheduler logs every job at INFO; the function itself logs its invocation.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(timezone=timezone.utc)
        self._table = TaskTable(state)
        self._queue = AsyncQueue(
            self._table,
            self.functions,
            self._run,
            self._scheduler,
            concurrency=concurrency,
            retry_base_s=retry_base_s,
        )
        self._clock = ClockWatch(self._scheduler)
        self._state = "new"

    @property
    def functions(self) -> Mapping[str, FunctionSpec]:
        """The declared functions by name."""
        return self._template.functions

    def start(self) -> None:
        """Resume what an earlier host left unfinished and start the timers; missed ticks fire once."""
        if self._state != "new":
            raise HostStoppedError("a host can be started only once")
        self._state = "running"
        self._queue.start()
        for timer in self._template.timers:
            if timer.enabled:
                self._add_timer(timer)
        self._scheduler.start()
        self._clock.start()

    def stop(self) -> None:
        """Wait up to `grace_s` for running invocations, then kill them.

        Unfinished asynchronous invocations run after the next start.
        """
        if self._state == "stopped":
            return
        self._state = "stopped"
        self._clock.stop()
        self._queue.stop(self._grace_s)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        with ThreadPoolExecutor(len(self._instances) or 1) as threads:
            list(threads.map(Instances.stop, self._instances.values()))
        self._queue.drained()
        self._table.close()

    def __enter__(self) -> "Host":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def invoke(
        self,
        name: str,
        payload: bytes,
        *,
        asynchronous: bool = False,
        request_id: str | None = None,
        task_id: str | None = None,
    ) -> InvocationResult:
        """Synchronous: run it now and block. Asynchronous: accept it, on disk, with status 202.

        LookupError for an unknown name; PayloadTooLargeError, InvalidTaskIdError, TaskExistsError,
        HostStoppedError.
        """
        if name not in self.functions:
            raise LookupError(f"no function is called {name!r}")
        limit = MAX_ASYNC_PAYLOAD if asynchronous else MAX_SYNC_PAYLOAD
        if len(payload) > limit:
            raise PayloadTooLargeError(f"{name}: payload of {len(payload)} bytes, limit {limit}")
        if self._state != "running":
            raise HostStoppedError("the host is not running")
        request_id = request_id or str(uuid.uuid4())
        if not asynchronous:
            with self._queue.working():
                return self._run(name, payload, request_id)
        self._queue.accept(NewTask(name, payload, request_id, task_id))
        return InvocationResult(202)

    def deliver_event(self, event: Mapping[str, Any]) -> list[str]:
        """Invoke every function with a matching rule asynchronously; returns their names."""
        payload = json.dumps(event, ensure_ascii=False).encode()
        names = [
            rule.function for rule in self._template.rules if rule.enabled and matches(rule.pattern, event)
        ]
        for name in names:
            self.invoke(name, payload, asynchronous=True)
        return names

    def pending(self) -> int:
        """Accepted asynchronous invocations that are not finished, including waiting retries."""
        return self._table.pending()

    def idle(self) -> bool:
        return self.pending() == 0

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until everything accepted is finished; False if the time ran out first."""
        return self._queue.wait_idle(timeout_s)

    def tasks(self) -> list[Task]:
        """All known asynchronous invocations with their states, oldest first."""
        return self._table.list()

    def _run(self, name: str, payload: bytes, request_id: str) -> InvocationResult:
        return self._instances[name].run(payload, request_id)

    def _add_timer(self, timer: TimerSpec) -> None:
        last = self._table.last_tick(timer.function, timer.name)
        now = datetime.now(timezone.utc)
        if last is None:
            self._table.save_tick(timer.function, timer.name, now.timestamp())
            before = now
        else:
            before = min(now, datetime.fromtimestamp(last, timezone.utc))  # else by a clock that was ahead
        self._scheduler.add_job(
            self._tick,
            timer.trigger,
            args=(timer,),
            next_run_time=timer.trigger.get_next_fire_time(before, before),
            coalesce=True,
            misfire_grace_time=None,
        )

    def _tick(self, timer: TimerSpec) -> None:
        now = time.time()
        moment = datetime.fromtimestamp(int(now), timezone.utc)
        event = {
            "triggerTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "triggerName": timer.name,
            "payload": timer.payload,
        }
        try:
            self.invoke(timer.function, json.dumps(event).encode(), asynchronous=True)
        except HostStoppedError:
            return
        self._table.save_tick(timer.function, timer.name, now)


def _launch(
    spec: FunctionSpec,
    functions_dir: Path,
    parameters: Mapping[str, str],
    environment: Mapping[str, str],
    log: Path | None,
) -> Launch:
    module, _, attribute = spec.handler.rpartition(".")
    # One code object may serve all functions, each a module of its own: here that is a folder again.
    folder = functions_dir / (spec.folder if module == _INDEX else module)
    if not (folder / f"{_INDEX}.py").is_file():
        raise TemplateError(f"function {spec.name}: there is no {folder / f'{_INDEX}.py'}")
    return Launch(
        function=spec.name,
        folder=folder,
        code_root=functions_dir.parent,
        handler=spec.handler,
        entry=f"{_INDEX}.{attribute}",
        memory_mb=spec.memory_mb,
        timeout_s=spec.timeout_s,
        region=parameters["ALIYUN::Region"],
        account=parameters["ALIYUN::TenantId"],
        environment={**spec.environment, **environment},
        log=log,
        host=os.getpid(),
    )
