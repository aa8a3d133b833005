"""The quota, whatever two do at a time, and wherever a function is killed: never below zero, charged once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.state.tables import JOBS, OPEN_JOBS, QUOTA_ENTRIES, QUOTA_USE, WORKERS
from tests.functional.pipeline.budgets import check, check_at_rest, enforce, figures
from tests.functional.pipeline.conftest import TWO_SLOTS
from tests.functional.pipeline.platform import TIMEOUT_S, Platform, discovered
from tests.functional.pipeline.stories import WWW, asked_for, uploaded
from tests.meddling import Cut
from tests.remembering import Remembering
from tests.shortened import WHOLE
from tests.turns import Choose, Turns, in_every_order

AT = (JOBS, OPEN_JOBS, QUOTA_USE, QUOTA_ENTRIES, *((WORKERS,) if WHOLE else ()))  #: operations on these
SET = "cdn:SetCdnDomainSSLCertificate"
NEED = 3  #: of TWO_SLOTS: a domain of CDN, and two names of ALB


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Platform]:
    with discovered(TWO_SLOTS, tmp_path) as made:
        yield made


def created(new: str, *slots: str, name: str = "x") -> dict[str, Any]:
    cert_id = int(new.partition("-")[0])
    return {"CertIds": [cert_id], "ResourceIds": slots, "Name": name, "ClientToken": name}


@contextmanager
def a_course(platform: Platform, rows: Remembering, choose: Choose) -> Iterator[Turns]:
    """One order of steps, on the same rows and at the same time as the others."""
    began, own, turns = platform.clock(), rows.again(), Turns(choose)
    platform.queue.clear()
    platform.store = turns.pausing(own, AT)
    yield turns
    platform.store = own
    platform.clock.sleep((began - platform.clock()).total_seconds())


def at_rest(platform: Platform, turns: Turns) -> None:
    """What was killed is over; the timer fires until nothing is left to do."""
    platform.store = platform.store._store  # type: ignore[attr-defined]
    platform.clock.sleep(TIMEOUT_S + 65)
    for _ in range(3):
        platform.tick("run_deployment_jobs")
    check_at_rest(platform)


def by(platform: Platform, function: str, request: dict[str, Any]) -> Callable[[], object]:
    return lambda: platform.call(function, request)


def killed_anywhere(
    platform: Platform, rows: Remembering, function: str, request: dict[str, Any], kills: int = 1
) -> list[tuple[int, int, int, int]]:
    """How it ended, wherever the function was killed."""
    ends: list[tuple[int, int, int, int]] = []

    def run(choose: Choose) -> None:
        with a_course(platform, rows, choose) as turns:
            (end,) = turns.run(by(platform, function, request))
            assert end is None or isinstance(end, Cut)
            platform.store = platform.store._store  # type: ignore[attr-defined]
            check(platform)
            platform.store = turns.pausing(platform.store)  # type: ignore[arg-type]
            at_rest(platform, turns)
            ends.append(figures(platform))

    assert in_every_order(run, switches=0, kills=kills) > 4
    return ends


def test_of_two_jobs_for_the_last_of_it_one_is_refused_in_whatever_order(
    two: Platform, tmp_path: Path
) -> None:
    enforce(two, 1)
    new = uploaded(two)
    rows = Remembering.copy_of(tmp_path / "state.db")
    accepted: set[int] = set()

    def run(choose: Choose) -> None:
        with a_course(two, rows, choose) as turns:
            calls = (created(new, WWW, name=name) for name in ("one", "two"))
            ends = turns.run(*(by(two, "create_deployment_job", call) for call in calls))
            assert all(end is None for end in ends), ends
            accepted.add(len(two.jobs()))
            at_rest(two, turns)
            assert figures(two) == (1, 0, 0, 0)

    assert in_every_order(run, switches=2 if WHOLE else 1) > 8
    assert accepted == {1}


@pytest.mark.long
def test_a_creation_that_is_killed_anywhere_keeps_nothing_or_is_a_job(two: Platform, tmp_path: Path) -> None:
    enforce(two, 5)
    new = uploaded(two)
    rows = Remembering.copy_of(tmp_path / "state.db")

    ends = killed_anywhere(two, rows, "create_deployment_job", created(new))

    assert set(ends) == {(0, 0, 0, 5), (NEED, 0, 0, 5 - NEED)}


def test_a_run_that_is_killed_anywhere_at_the_end_of_a_job_charges_it_once(
    two: Platform, tmp_path: Path
) -> None:
    enforce(two, 5)
    asked_for(two, uploaded(two))
    two.drain(until="deploy_")
    for function, payload in list(two.queue):
        two.call(function, payload)
    rows = Remembering.copy_of(tmp_path / "state.db")

    assert set(killed_anywhere(two, rows, "run_deployment_jobs", {}, kills=2 if WHOLE else 1)) == {
        (NEED, 0, 0, 5 - NEED)
    }


@pytest.mark.long
def test_two_runs_at_the_end_of_a_job_charge_it_once(two: Platform, tmp_path: Path) -> None:
    enforce(two, 5)
    asked_for(two, uploaded(two))
    two.drain(until="deploy_")
    for function, payload in list(two.queue):
        two.call(function, payload)
    rows = Remembering.copy_of(tmp_path / "state.db")

    def run(choose: Choose) -> None:
        with a_course(two, rows, choose) as turns:
            ends = turns.run(*[by(two, "run_deployment_jobs", {})] * 2)
            assert all(end is None or isinstance(end, ConflictError) for end in ends), ends
            at_rest(two, turns)
            assert figures(two) == (NEED, 0, 0, 5 - NEED)

    assert in_every_order(run, switches=1) > 8


def test_a_retry_that_is_killed_anywhere_reserves_for_itself_or_nothing(
    two: Platform, tmp_path: Path
) -> None:
    enforce(two, 5)
    two.cloud.deny(SET)
    job = asked_for(two, uploaded(two))
    two.drain()
    two.cloud.denials.clear()
    assert two.world.jobs.get(job).status is JobStatus.ERROR
    rows = Remembering.copy_of(tmp_path / "state.db")

    ends = killed_anywhere(two, rows, "manage_deployment_jobs", {"Retry": {"JobId": job}})

    assert set(ends) == {(NEED - 1, 0, 0, 5 - NEED + 1), (NEED, 0, 0, 5 - NEED)}


def test_a_submission_beside_a_run_is_held_to_what_is_left(two: Platform, tmp_path: Path) -> None:
    """What a run takes back of those that were cut off is none of one that is on its way."""
    enforce(two, NEED)
    job = asked_for(two, uploaded(two), Submit=False)
    digest = two.world.jobs.get(job).plan_digest
    rows = Remembering.copy_of(tmp_path / "state.db")

    def run(choose: Choose) -> None:
        with a_course(two, rows, choose) as turns:
            asked = by(two, "manage_deployment_jobs", {"Submit": {"JobId": job, "Digest": digest}})
            ends = turns.run(asked, by(two, "run_deployment_jobs", {}))
            assert all(end is None or isinstance(end, ConflictError) for end in ends), ends
            at_rest(two, turns)
            assert figures(two) == (NEED, 0, 0, 0)

    assert in_every_order(run, switches=2 if WHOLE else 1) > 8
