"""Lives of jobs by chance: created, edited, submitted, cancelled, retried, rolled back, deleted in any order.

At once, or in waves. Events come twice, late, in another order, or not at all; products deny and allow; time
passes; functions are killed between two writes; the quota is short, and some is bought. After each write of a
row the step is one of the table; a wave begins after the one before; a worker that succeeds is what a TLS
client is served; nothing but the slots of jobs is written; the quota is never below zero, and in the end each
job is charged once for what it deployed.
CERTDEPLOY_LIVES: how many lives are lived.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import TestCase

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.states import JOB_TRANSITIONS, WORKER_TRANSITIONS, JobStatus, WorkerStatus
from shared.errors import ConflictError
from shared.services.waves import waits_for_somebody
from shared.state.store import Document, Key, Store
from shared.state.tables import JOBS, WORKERS, Table
from tests.functional.pipeline.budgets import check_at_rest, enforce
from tests.functional.pipeline.conftest import TWO_SLOTS
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW, uploaded
from tests.meddling import Cut
from tests.shortened import WHOLE

LIVES = int(os.environ.get("CERTDEPLOY_LIVES", "40" if WHOLE else "2"))
_ANSWERS = {"InvalidParameter", "PlanChanged", "InvalidStatus", "NotFound", "InsufficientQuota"}
_MANY = 3  #: jobs of one life


class Watching:
    """The store, with each step of a job or a worker looked at when it is written."""

    def __init__(self, store: Store, platform: Platform) -> None:
        self._store, self._platform = store, platform
        self.wrong: list[str] = []  #: what must not be
        self.dies_at: int | None = None  #: the write before which the function is killed, counted from now

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def delete(self, table: Table, key: Key, *, version: int) -> None:
        self._live()
        self._store.delete(table, key, version=version)

    def _live(self) -> None:
        if self.dies_at is not None:
            self.dies_at -= 1
            if self.dies_at <= 0:
                raise Cut

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
        self._live()
        row = self._store.get(table, key)
        written = self._store.put(table, key, document, version=version)
        if row is not None and table in (JOBS, WORKERS):
            self._stepped(table, row.document["Status"], document)
        return written

    def _stepped(self, table: Table, before: str, document: Document) -> None:
        """Noted, and not raised: a function may take what is raised for its own error."""
        after = document["Status"]
        if table is JOBS:
            allowed = before == after or JobStatus(after) in JOB_TRANSITIONS[JobStatus(before)]
        else:
            allowed = before == after or WorkerStatus(after) in WORKER_TRANSITIONS[WorkerStatus(before)]
        if not allowed:
            self.wrong.append(f"{table.name}: {before} → {after}")
        if table is WORKERS and (before, after) == ("held", "pending"):
            worker = WorkerResource.model_validate(document)
            if not self._is_released(worker):
                self.wrong.append(f"{worker.resource.slot}: wave {worker.wave} began too soon")
        if table is WORKERS and before != after == "success":
            worker = WorkerResource.model_validate(document)
            if not self._is_served(worker):
                self.wrong.append(f"{worker.resource.slot}: {worker.cert_identifier} is served to nobody")

    def _is_released(self, worker: WorkerResource) -> bool:
        """The waves before have ended, and the job says that this one may begin."""
        world = self._platform.world
        earlier = (one for one in world.workers.list(worker.job_id) if one.wave < worker.wave)
        return world.jobs.get(worker.job_id).wave >= worker.wave and all(
            one.status.settled for one in earlier
        )

    def _is_served(self, worker: WorkerResource) -> bool:
        world = self._platform.world
        certificate = world.certificates.get(worker.cert_identifier).certificate
        name = next(one for one in worker.resource.domains if "*" not in one)
        return bool(world.probe(worker.resource.endpoint, name, certificate).served)


class Lives(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.platform = self._stack.enter_context(self.installed(folder))
        self.certificates: list[str] = []
        self.planned: set[str] = set()
        self.dies_at: int | None = None
        self.asked = 0

    def installed(self, folder: Path) -> AbstractContextManager[Platform]:
        return discovered(TWO_SLOTS, folder)

    def teardown(self) -> None:
        """All that goes on comes to an end, however it was disturbed."""
        self.platform.cloud.denials.clear()
        self.platform.queue.clear()
        if hasattr(self, "watching"):
            self.watching.dies_at = None
        for days in (0.01, 0.1, 3.0, 0.01, 0.1):
            self.platform.pass_days(days)
            self.platform.tick("run_deployment_jobs")
            for job in filter(waits_for_somebody, self.jobs()):
                self._answered("Continue", {"JobId": job.job_id})
                self.platform.drain()
        ends = {job.status for job in self.jobs()} - {JobStatus.EDITING}
        left = list(self.platform.world.jobs.due(self.platform.clock()))
        self.each_step_was_right()
        check_at_rest(self.platform)
        self._stack.close()
        assert all(status.final for status in ends), ends
        assert left == [], "a job is looked at for ever"

    def jobs(self) -> list[DeploymentJob]:
        return self.platform.jobs()

    @contextmanager
    def mortal(self) -> Iterator[None]:
        """What is called may be killed, if that is due. The next one lives."""
        self.watching.dies_at, self.dies_at = self.dies_at, None
        with suppress(Cut):
            yield
        self.watching.dies_at = None

    @rule(at=st.integers(1, 12))
    def the_next_one_is_killed(self, at: int) -> None:
        self.dies_at = at

    @rule(count=st.integers(1, 3))
    def buy(self, count: int) -> None:
        self.platform.call("manage_quota", {"Add": {"Count": count}})

    @initialize(bought=st.integers(1, 8))
    def begins(self, bought: int) -> None:
        enforce(self.platform, bought)
        self.watching = Watching(self.platform.store, self.platform)
        self.platform.store = self.watching  # type: ignore[assignment]
        self.certificates.append(uploaded(self.platform))
        self.platform.cloud.calls.clear()

    def _ask(self, what: str, job: DeploymentJob, **more: Any) -> None:
        named = {"JobIds": [job.job_id]} if what == "Delete" else {"JobId": job.job_id}
        with self.mortal():
            self._answered(what, {**named, **more})

    def _answered(self, what: str, request: dict[str, Any]) -> None:
        try:
            answer = self.platform.call("manage_deployment_jobs", {what: request})
        except ConflictError:
            return
        assert answer.get("Code") in {None, *_ANSWERS}, answer

    @precondition(lambda self: len(self.jobs()) < _MANY)
    @rule(
        submit=st.booleans(),
        later=st.booleans(),
        both=st.sampled_from([True, True, False]),
        waves=st.sampled_from([None, {}, {"Approval": True}, {"PauseMinutes": 30}, {"HaltAtPercent": 99}]),
    )
    def create(self, submit: bool, later: bool, both: bool, waves: dict[str, Any] | None) -> None:
        at = self.platform.clock() + timedelta(hours=1)
        slots = [] if both else [WWW]
        more: dict[str, Any] = {"ScheduleTime": at.isoformat()} if later else {}
        more |= {} if waves is None else {"Waves": {"Canaries": ["one"], **waves}}
        self.asked += 1
        named = {"Name": "by chance", "ClientToken": f"life-{self.asked}"}  # so that ids are the same again
        request = {"CertIds": [int(self.certificates[-1].partition("-")[0])], **named, **more}
        with self.mortal():
            self.platform.call("create_deployment_job", {**request, "ResourceIds": slots, "Submit": submit})

    @precondition(lambda self: len(self.certificates) < 3)
    @rule()
    def renew(self) -> None:
        days = 200 + 50 * len(self.certificates)
        self.certificates.append(uploaded(self.platform, days=days))

    @precondition(lambda self: self.jobs())
    @rule(data=st.data(), which=st.integers(0, _MANY - 1))
    def do(self, data: st.DataObject, which: int) -> None:
        job = self.jobs()[which % len(self.jobs())]
        what, more = data.draw(
            st.sampled_from(
                [
                    ("Submit", {"Digest": job.plan_digest}),
                    ("Edit", {"Drop": {"Products": ["CDN"]}}),
                    ("Edit", {"Add": {"Domains": ["*"]}}),
                    ("Edit", {"Renew": True}),
                    ("Edit", {"AtOnce": True}),
                    ("Continue", {}),
                    ("Cancel", {}),
                    ("Retry", {}),
                    ("RollBack", {}),
                    ("RollBack", {"Products": ["CDN"]}),
                    ("Delete", {}),
                ]
            )
        )
        self._ask(what, job, **more)

    @precondition(lambda self: self.platform.queue)
    @rule(which=st.integers(0, 9), fate=st.sampled_from(["delivered", "twice", "late", "lost"]))
    def deliver(self, which: int, fate: str) -> None:
        queue = self.platform.queue
        event = queue.pop(which % len(queue))
        if fate != "lost":
            with self.mortal():
                self.platform.deliver(*event)
        if fate in ("twice", "late"):
            queue.append(event)

    @precondition(lambda self: self.platform.queue)
    @rule(until=st.sampled_from(["", "deploy_", "run_"]))
    def all_is_delivered(self, until: str) -> None:
        """In its order, once; else few lives would get far."""
        self.platform.drain(until=until)

    @rule(minutes=st.sampled_from([1, 10, 120]))
    def time_passes(self, minutes: int) -> None:
        self.platform.clock.sleep(minutes * 60)
        with self.mortal():
            self.platform.call("run_deployment_jobs", {})

    @rule(action=st.sampled_from(["cdn:SetCdnDomainSSLCertificate", ""]))
    def deny(self, action: str) -> None:
        self.platform.cloud.denials.clear()
        if action:
            self.platform.cloud.deny(action)

    @invariant()
    def each_step_was_right(self) -> None:
        assert not hasattr(self, "watching") or self.watching.wrong == []

    @invariant()
    def the_quota_is_never_below_zero(self) -> None:
        account = self.platform.world.quota.account.get()
        held = [one.held for one in account.jobs.values()]
        assert min([account.used, *held]) >= 0, account
        assert self.platform.world.quota.budget.get().bought >= account.used + sum(held), account

    @invariant()
    def only_slots_of_jobs_are_written(self) -> None:
        self.planned |= set(_slots(self.platform))
        for _, what in self.platform.writes():
            assert what == "www.example.com" or what.startswith("lsn-"), what
        assert self.planned or not self.platform.writes()


def _slots(platform: Platform) -> Iterable[str]:
    for job in platform.jobs():
        yield from (worker.resource.slot for worker in platform.world.workers.list(job.job_id))


def lived(machine: type[Lives]) -> type[TestCase]:
    """As a test: so many lives as are asked for."""
    case: type[TestCase] = machine.TestCase
    case.settings = settings(  # type: ignore[attr-defined]
        max_examples=LIVES,
        stateful_step_count=40 if LIVES > 2 else 8,
        deadline=None,
        database=None,
        derandomize=LIVES <= 2,
        suppress_health_check=list(HealthCheck),
    )
    return case
