"""Creations of jobs side by side, on rows in memory, and what all of them come to.

Products take no part: what has been dispatched ends well. So a run takes milliseconds, and each order of the
steps that matter can be tried.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from shared.domain.events import JobFinished
from shared.domain.jobs import DeploymentJob
from shared.domain.requests import RunDeploymentJobs
from shared.domain.states import JobStatus, WorkerStatus
from shared.services.run import run_deployment_jobs
from shared.services.storing import undo_cut_off
from shared.state.repositories import Jobs, Workers
from shared.state.tables import JOBS, OPEN_JOBS, WORKERS
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import TIMEOUT_S, Platform
from tests.remembering import Remembering
from tests.turns import Turns

OF_JOBS: Final = (JOBS, OPEN_JOBS, WORKERS)
OVER_S: Final = TIMEOUT_S + 11  #: by then a function that began to create a job is over


@dataclass
class Installation:
    """Invocations of it, as actors. `runs` and the products act on the rows without a pause."""

    platform: Platform
    rows: Remembering
    turns: Turns
    calls: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def jobs(self) -> list[DeploymentJob]:
        return list(Jobs(self.rows).list())

    def creates(self, payload: bytes | dict[str, Any]) -> Callable[[], None]:
        def act() -> None:
            self.platform.call("create_deployment_job", payload)

        return act

    def runs(self) -> None:
        """The timer of jobs fires until all are closed; the products do what they are told."""
        world = replace(self.platform.world, jobs=Jobs(self.rows), workers=Workers(self.rows))
        for _ in range(3):
            self.turns.pause()
            run_deployment_jobs(world, RunDeploymentJobs())
            for job in self.jobs:
                self._deployed(job)

    def runs_late(self) -> None:
        """What it undoes first, it undoes step by step."""
        self.platform.clock.sleep(OVER_S)
        undo_cut_off(self.platform.world)
        self.runs()

    def _deployed(self, job: DeploymentJob) -> None:
        workers = Workers(self.rows)
        assert sum(1 for _ in workers.list(job.job_id)) == job.worker_count, "a job without all its workers"
        for worker in workers.list(job.job_id) if job.status is JobStatus.PROCESSING else ():
            if worker.status is WorkerStatus.PENDING:
                workers.save(worker.to(WorkerStatus.PROCESSING).to(WorkerStatus.SUCCESS))

    def finished_events(self) -> Counter[str]:
        envelopes = [json.loads(sent) for name, sent in self.platform.queue if name == "notify_contacts"]
        return Counter(one["id"] for one in envelopes if one["type"] == JobFinished.type)


def renewal(platform: Platform, folder: Path) -> tuple[Remembering, bytes]:
    """The state after the scan that found a renewal, and the event that it sent."""
    platform.renew(*NAMES)
    platform.call("scan_expiry", {})
    ((name, event),) = platform.queue
    assert name == "create_deployment_job"
    platform.queue.clear()
    return Remembering.copy_of(folder / "state.db"), event


def all_ended_well(it: Installation, *, killed_late: bool = False) -> None:
    """Each job has all its workers and is told; nothing is left of others.

    `killed_late`: one that was held up until it was undone may have gone on all the same, and been killed
    before it saw that. Then workers are left of a job that is none, which nobody finds.
    """
    assert {job.status for job in it.jobs} == {JobStatus.SUCCESS}
    assert it.finished_events().keys() == {f"finished-{job.job_id}" for job in it.jobs}
    assert list(it.rows.range(OPEN_JOBS, ("-",))) == list(it.rows.range(OPEN_JOBS, ("storing",))) == []
    own = {job.job_id for job in it.jobs}
    others = {int(row.key[0]) for row in it.rows.all_of(WORKERS)} - own
    undone = {job_id for job_id in others if (job := Jobs(it.rows).find_begun(job_id)) and job.undone}
    assert others == (undone if killed_late else set()), "workers of no job"
