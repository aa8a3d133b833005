"""Lives of jobs that CAS writes by its own: it lacks things, and somebody is in its console."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from emulator.faults import Fault
from shared.domain.engines import Engine
from tests.functional.pipeline.conftest import TWO_SLOTS
from tests.functional.pipeline.lives import Lives
from tests.functional.pipeline.platform import Platform, discovered

ANN = {"name": "Ann", "email": "ann@example.com", "mobile": "13900000000"}
_CALLS = (
    *("CreateDeploymentJob", "UpdateDeploymentJobStatus", "ListWorkerResource", "ListDeploymentJob"),
    *("DescribeDeploymentJob", "ListCloudResources", "ListContact"),
)
_FAULTS = [
    Fault(api="cas", action=action, when=when, times=times)
    for action in _CALLS
    for when in ("before", "after")
    for times in (1, 3)
]
_USUAL: dict[str, Any] = {"resources": "synced", "deployments": "bought", "worker_list": "when created"}
_CHOICES: list[dict[str, Any]] = [
    *({}, {}, {}),
    {"resources": "never synced"},
    {"deployments": "none"},
    {"worker_list": "when submitted"},
    {"job_starts": "when created"},
]
_MANY = 6  #: jobs of one life


class LivesByCas(Lives):
    def installed(self, folder: Path) -> AbstractContextManager[Platform]:
        return discovered({**TWO_SLOTS, "contacts": [ANN]}, folder, engine=Engine.CAS)

    def teardown(self) -> None:
        self.platform.cloud.faults.clear()
        super().teardown()

    @property
    def vendor(self) -> Any:
        return self.platform.cloud.service("cas")

    @rule(
        choice=st.sampled_from(_CHOICES),
        fault=st.sampled_from([None, *_FAULTS]),
        contact=st.sampled_from([True, True, True, False]),
        waves=st.booleans(),
        dies=st.sampled_from([None, None, 3, 5, 8, 13]),
    )
    def a_job_is_carried_out(
        self,
        choice: dict[str, Any],
        fault: Fault | None,
        contact: bool,
        waves: bool,
        dies: int | None,
    ) -> None:
        """A new one, or what waits of earlier ones, while CAS is otherwise."""
        contacts = self.vendor._contacts
        kept, self.vendor._contacts = contacts, contacts if contact else []
        self.vendor.choose(**choice)
        self.platform.cloud.faults.clear()
        if fault is not None:
            self.platform.cloud.faults.add(replace(fault))
        if len(self.jobs()) < _MANY:
            self.create(submit=True, later=False, both=True, waves={} if waves else None)
        self.dies_at = dies
        with self.mortal():
            self.platform.drain()
        self.vendor._contacts = kept
        self.vendor.choose(**_USUAL)
        self.platform.cloud.faults.clear()
        self.platform.clock.sleep(120)
        self.platform.tick("run_deployment_jobs")

    @precondition(lambda self: self.vendor._jobs)
    @rule(which=st.integers(0, 9), what=st.sampled_from(["delete", "edit", "roll back", "fail"]))
    def somebody_is_in_its_console(self, which: int, what: str) -> None:
        jobs = self.vendor._jobs
        number = list(jobs)[which % len(jobs)]
        job = jobs[number]
        if what == "delete":
            del jobs[number]
        elif what == "edit" and job.status != "editing":
            job.status = "editing"
            for worker in job.workers:
                worker.status = "editing"
        elif what == "roll back" and job.status == "success":
            for worker in job.workers:
                worker.status, worker.until = "rollback", self.platform.clock()
        elif what == "fail" and job.status == "processing":
            job.status = "error"
            for worker in job.workers:
                worker.status = "error"

    @invariant()
    def no_slot_is_given_to_cas_twice_in_one_try(self) -> None:
        """But where somebody has deleted a job: of that nobody knows any more."""
        given: Counter[tuple[str, int]] = Counter()
        for job in self.vendor._jobs.values():
            share = re.sub(r"-[0-9]+$", "", job.name)
            given.update((share, worker.resource_id) for worker in job.workers if job.status != "editing")
        assert max(given.values(), default=1) == 1, given
