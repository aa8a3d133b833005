"""Lives of jobs by chance: created, edited, submitted, cancelled, retried, rolled back, deleted in any order.

Events come twice, late, in another order, or not at all; products deny and allow; time passes. After each
write of a row the step is one of the table; a worker that succeeds is what a TLS client is served; nothing
but the slots of jobs is written. CERTDEPLOY_LIVES: how many lives are lived.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.jobs import DeploymentJob, WorkerResource
from shared.domain.states import JOB_TRANSITIONS, WORKER_TRANSITIONS, JobStatus, WorkerStatus
from shared.errors import ConflictError
from shared.state.store import Document, Key, Store
from shared.state.tables import JOBS, WORKERS, Table
from tests.functional.pipeline.conftest import TWO_SLOTS
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import WWW, uploaded
from tests.shortened import WHOLE

LIVES = int(os.environ.get("CERTDEPLOY_LIVES", "40" if WHOLE else "2"))
_ANSWERS = {"InvalidParameter", "PlanChanged", "InvalidStatus", "NotFound"}
_MANY = 3  #: jobs of one life


class Watching:
    """The store, with each step of a job or a worker looked at when it is written."""

    def __init__(self, store: Store, platform: Platform) -> None:
        self._store, self._platform = store, platform
        self.wrong: list[str] = []  #: what must not be

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, table: Table, key: Key, document: Document, *, version: int) -> int:
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
        if table is WORKERS and before != after == "success":
            worker = WorkerResource.model_validate(document)
            if not self._is_served(worker):
                self.wrong.append(f"{worker.resource.slot}: {worker.cert_identifier} is served to nobody")

    def _is_served(self, worker: WorkerResource) -> bool:
        world = self._platform.world
        certificate = world.certificates.get(worker.cert_identifier).certificate
        name = next(one for one in worker.resource.domains if "*" not in one)
        return bool(world.probe(worker.resource.endpoint, name, certificate).served)


class Lives(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self.platform = self._stack.enter_context(discovered(TWO_SLOTS, Path(folder)))
        self.certificates: list[str] = []
        self.planned: set[str] = set()

    def teardown(self) -> None:
        """All that goes on comes to an end, however it was disturbed."""
        self.platform.cloud.denials.clear()
        self.platform.queue.clear()
        for days in (0.01, 0.1, 3.0, 0.01, 0.1):
            self.platform.pass_days(days)
            self.platform.tick("run_deployment_jobs")
        ends = {job.status for job in self.jobs()} - {JobStatus.EDITING}
        left = list(self.platform.world.jobs.due(self.platform.clock()))
        self.each_step_was_right()
        self._stack.close()
        assert all(status.final for status in ends), ends
        assert left == [], "a job is looked at for ever"

    def jobs(self) -> list[DeploymentJob]:
        return self.platform.jobs()

    @initialize()
    def begins(self) -> None:
        self.watching = Watching(self.platform.store, self.platform)
        self.platform.store = self.watching  # type: ignore[assignment]
        self.certificates.append(uploaded(self.platform))
        self.platform.cloud.calls.clear()

    def _ask(self, what: str, job: DeploymentJob, **more: Any) -> None:
        named = {"JobIds": [job.job_id]} if what == "Delete" else {"JobId": job.job_id}
        try:
            answer = self.platform.call("manage_deployment_jobs", {what: {**named, **more}})
        except ConflictError:
            return
        assert answer.get("Code") in {None, *_ANSWERS}, answer

    @precondition(lambda self: len(self.jobs()) < _MANY)
    @rule(submit=st.booleans(), later=st.booleans(), both=st.booleans())
    def create(self, submit: bool, later: bool, both: bool) -> None:
        at = self.platform.clock() + timedelta(hours=1)
        slots = [] if both else [WWW]
        more = {"ScheduleTime": at.isoformat()} if later else {}
        request = {"CertIds": [int(self.certificates[-1].partition("-")[0])], "Name": "by chance", **more}
        self.platform.call("create_deployment_job", {**request, "ResourceIds": slots, "Submit": submit})

    @precondition(lambda self: len(self.certificates) < 3)
    @rule()
    def renew(self) -> None:
        days = 200 + 50 * len(self.certificates)
        self.certificates.append(uploaded(self.platform, days=days))

    @precondition(lambda self: self.jobs())
    @rule(data=st.data())
    def do(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.jobs()))
        what, more = data.draw(
            st.sampled_from(
                [
                    ("Submit", {"Digest": job.plan_digest}),
                    ("Edit", {"Drop": {"Products": ["CDN"]}}),
                    ("Edit", {"Add": {"Domains": ["*"]}}),
                    ("Edit", {"Renew": True}),
                    ("Edit", {"AtOnce": True}),
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
    @rule(data=st.data(), fate=st.sampled_from(["delivered", "twice", "late", "lost"]))
    def deliver(self, data: st.DataObject, fate: str) -> None:
        queue = self.platform.queue
        event = queue.pop(data.draw(st.integers(0, len(queue) - 1)))
        if fate != "lost":
            self.platform.deliver(*event)
        if fate in ("twice", "late"):
            queue.append(event)

    @rule(minutes=st.sampled_from([1, 10, 120]))
    def time_passes(self, minutes: int) -> None:
        self.platform.clock.sleep(minutes * 60)
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
    def only_slots_of_jobs_are_written(self) -> None:
        self.planned |= set(_slots(self.platform))
        for _, what in self.platform.writes():
            assert what == "www.example.com" or what.startswith("lsn-"), what
        assert self.planned or not self.platform.writes()


def _slots(platform: Platform) -> Iterable[str]:
    for job in platform.jobs():
        yield from (worker.resource.slot for worker in platform.world.workers.list(job.job_id))


Lives.TestCase.settings = settings(
    max_examples=LIVES,
    stateful_step_count=40 if LIVES > 2 else 8,
    deadline=None,
    database=None,
    derandomize=LIVES <= 2,
    suppress_health_check=list(HealthCheck),
)
test_lives_by_chance = Lives.TestCase
