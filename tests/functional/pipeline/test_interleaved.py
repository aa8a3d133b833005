"""Deliveries of events and requests, interleaved by Hypothesis: each goes on by store operations, is killed,
comes again; the timer fires, and time passes, between any two.

`CERTDEPLOY_EXAMPLES=2000` runs as many stories.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.domain.jobs import DeploymentJob
from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.services.storing import undo_cut_off
from shared.state.repositories import Certificates, Workers
from shared.state.tables import CERTIFICATES, LEASES
from tests.functional.pipeline.creations import OF_JOBS, OVER_S, Installation, all_ended_well, renewal
from tests.functional.pipeline.platform import Platform
from tests.meddling import Cut
from tests.remembering import Remembering
from tests.turns import Turns

EXAMPLES = int(os.environ.get("CERTDEPLOY_EXAMPLES", "5"))
AT_ONCE = 3
WWW = "CDN/-/www.example.com"


class Deliveries(RuleBasedStateMachine):
    """Up to three at once, of an event and of requests that ask for the same slots."""

    platform: Platform
    before: Remembering
    sent: tuple[bytes | dict[str, Any], ...]  #: the event first

    def __init__(self) -> None:
        super().__init__()
        self.turns, self.rows = Turns(), self.before.again()
        self.it = Installation(self.platform, self.rows, self.turns)
        self.platform.queue.clear()
        self.platform.store = self.turns.pausing(self.rows, (*OF_JOBS, CERTIFICATES, LEASES))
        self.began = self.platform.clock()
        self.final: dict[int, DeploymentJob] = {}  #: jobs as they were when they had ended
        self.asked: set[int] = set()

    @precondition(lambda self: len(self.turns.living) < AT_ONCE)
    @rule(number=st.integers(0, 2))
    def deliver(self, number: int) -> None:
        """For the first time, or again."""
        self.asked.add(number)
        self.turns.start(self.it.creates(self.sent[number]))

    @precondition(lambda self: self.turns.living)
    @rule(which=st.integers(0, AT_ONCE - 1), steps=st.sampled_from((1, 1, 1, 2, 5, 20)))
    def advance(self, which: int, steps: int) -> None:
        actor = self._living(which)
        for _ in range(steps):
            if actor in self.turns.living:
                self.turns.step(actor)

    @precondition(lambda self: self.turns.living)
    @rule(which=st.integers(0, AT_ONCE - 1))
    def kill(self, which: int) -> None:
        self.turns.step(~self._living(which))

    @rule()
    def tick(self) -> None:
        self.it.runs()

    @rule()
    def pass_time(self) -> None:
        """Whoever is held up is over by the clock, and goes on all the same."""
        self.platform.clock.sleep(OVER_S)
        undo_cut_off(self.platform.world)

    @invariant()
    def one_job_for_each_token(self) -> None:
        tokens = Counter(job.token for job in self.it.jobs)
        assert set(tokens.values()) <= {1}, tokens

    @invariant()
    def a_job_has_all_its_workers(self) -> None:
        workers = Workers(self.rows)
        for job in self.it.jobs:
            assert sum(1 for _ in workers.list(job.job_id)) == job.worker_count

    @invariant()
    def what_has_ended_stays_as_it_is(self) -> None:
        now = {job.job_id: job for job in self.it.jobs}
        for job_id, job in self.final.items():
            assert now.get(job_id) is not None, "a finished job is gone"
            assert (now[job_id].status, now[job_id].success_count) == (job.status, job.success_count)
        self.final |= {job_id: job for job_id, job in now.items() if job.status.final}

    @invariant()
    def what_is_marked_as_handled_has_its_job(self) -> None:
        new = json.loads(self.sent[0])["data"]["CertIdentifier"]  # type: ignore[arg-type]
        record = Certificates(self.rows).get(new)
        if record.issued_handled and not record.issued_unseen:
            planned = {w.resource.slot for job in self.it.jobs for w in Workers(self.rows).list(job.job_id)}
            assert WWW in planned, "the mark is there, and no job"

    def teardown(self) -> None:
        """All of them go on to their ends; what was killed is delivered again."""
        while self.turns.living:
            self.turns.step(self.turns.living[0])
        assert all(error is None or isinstance(error, (Cut, ConflictError)) for error in self.turns.errors)
        self.platform.store = self.rows
        for number in sorted({0, *self.asked}):
            self.platform.clock.sleep(OVER_S)
            sent = self.sent[number]
            payload = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
            self.platform.deliver("create_deployment_job", payload)
            self.it.runs()
        self.what_has_ended_stays_as_it_is()
        self.what_is_marked_as_handled_has_its_job()
        all_ended_well(self.it, killed_late=True)
        assert all(job.status is JobStatus.SUCCESS for job in self.it.jobs)
        automatic = [job.job_id for job in self.it.jobs if job.automatic]
        slots = [w.resource.slot for job_id in automatic for w in Workers(self.rows).list(job_id)]
        assert len(slots) == len(set(slots)), "a slot is in two automatic jobs"
        self.platform.clock.sleep((self.began - self.platform.clock()).total_seconds())

    def _living(self, which: int) -> int:
        living = self.turns.living
        return living[which % len(living)]


@pytest.mark.long
def test_no_interleaving_of_deliveries_makes_a_job_twice_resets_one_or_loses_a_mark(
    platform: Platform, tmp_path: Path
) -> None:
    before, event = renewal(platform, tmp_path)
    cert_id = int(json.loads(event)["data"]["CertIdentifier"].partition("-")[0])
    request: dict[str, Any] = {"CertIds": [cert_id], "Name": "by hand", "ClientToken": "one"}
    narrow = {**request, "ClientToken": "two", "ResourceIds": [WWW]}

    class OfThisAccount(Deliveries):
        pass

    OfThisAccount.platform, OfThisAccount.before = platform, before
    OfThisAccount.sent = (event, request, narrow)
    run_state_machine_as_test(
        OfThisAccount,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize="CERTDEPLOY_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
