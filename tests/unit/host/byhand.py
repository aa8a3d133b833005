"""A queue of asynchronous invocations whose time passes only when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from host.instances import InvocationResult
from host.queue import AsyncQueue
from host.tasks import NewTask, Task, TaskTable
from host.template import FunctionSpec

START = 1_800_000_000.0
FINE = InvocationResult(200, b"fine")
BAD = InvocationResult(200, b'{"errorMessage": "no"}', "UnhandledInvocationError")


@dataclass
class Schedule:
    """Stands for APScheduler: what is added waits here until it is due."""

    now: float = START
    jobs: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = field(default_factory=list)
    executors: list[str] = field(default_factory=list)

    def add_executor(self, executor: object, alias: str) -> None:
        self.executors.append(alias)

    def add_job(
        self,
        work: Callable[..., None],
        trigger: str,
        args: tuple[Any, ...],
        run_date: datetime,
        misfire_grace_time: object,
        executor: str,
    ) -> None:
        assert (trigger, executor in self.executors) == ("date", True)
        assert run_date.tzinfo is not None
        self.jobs.append((run_date.timestamp(), work, args))

    def wait(self, seconds: float) -> None:
        """Time passes; each job begins when it is due."""
        end = self.now + seconds
        while due := [job for job in self.jobs if job[0] <= end]:
            job = min(due, key=lambda job: job[0])
            self.jobs.remove(job)
            self.now = max(self.now, job[0])
            job[1](*job[2])
        self.now = end


@dataclass
class Queue:
    """`shop` with the limits given, and `told`, its failure destination. `outcomes`: of `shop`'s runs,
    in turn, the last one again and again; an exception is raised."""

    outcomes: list[InvocationResult | BaseException] = field(default_factory=lambda: [FINE])
    max_retries: int = 3
    max_age_s: int = 86400
    retry_base_s: float = 1.0
    on_failure: str | None = "told"
    table: TaskTable = field(default_factory=lambda: TaskTable(Path(":memory:")))
    schedule: Schedule = field(default_factory=Schedule)
    runs: list[float] = field(default_factory=list)  #: when `shop` ran, in seconds after the start
    told: list[bytes] = field(default_factory=list)  #: what `told` was sent
    before_end: Callable[[], object] = lambda: None  #: called in each run of `shop`

    def __post_init__(self) -> None:
        shop = FunctionSpec(
            "shop",
            "shop",
            "index.handler",
            max_retries=self.max_retries,
            max_age_s=self.max_age_s,
            on_failure=self.on_failure,
        )
        self.queue = AsyncQueue(
            self.table,
            {"shop": shop, "told": FunctionSpec("told", "told", "index.handler")},
            self._run,
            self.schedule,  # type: ignore[arg-type]
            concurrency=1,
            retry_base_s=self.retry_base_s,
            clock=lambda: self.schedule.now,
        )

    def accept(self, payload: bytes = b"{}", **more: Any) -> None:
        self.queue.accept(NewTask("shop", payload, "r-1", **more))

    def wait(self, seconds: float) -> None:
        self.schedule.wait(seconds)

    def tasks(self) -> list[Task]:
        return self.table.list()

    def states(self) -> list[tuple[str, str]]:
        return [(task.function, task.state) for task in self.tasks()]

    def _run(self, function: str, payload: bytes, request_id: str) -> InvocationResult:
        if function == "told":
            self.told.append(payload)
            return FINE
        self.runs.append(self.schedule.now - START)
        self.before_end()
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome
