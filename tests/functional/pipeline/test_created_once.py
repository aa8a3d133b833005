"""A job is created once, whatever two or three deliveries do at a time, and wherever they are killed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import BusyError, ConflictError
from shared.services import storing
from shared.state.repositories import Workers
from shared.state.tables import OPEN_JOBS, WORKERS
from tests.functional.pipeline.creations import OF_JOBS, OVER_S, Installation, all_ended_well, renewal
from tests.functional.pipeline.platform import Platform
from tests.meddling import Cut
from tests.remembering import Remembering
from tests.shortened import WHOLE
from tests.turns import Choose, Turns, in_every_order

MORE = 1 if WHOLE else 0


@pytest.fixture
def renewed(platform: Platform, tmp_path: Path) -> tuple[Remembering, bytes]:
    return renewal(platform, tmp_path)


def played(
    platform: Platform,
    rows: Remembering,
    choose: Choose,
    *creations: bytes | dict[str, Any],
    late: bool = False,
) -> Installation:
    """The creations side by side with the timer; then, after what was killed is over, each once more.

    `late`: the timer fires when the creations are over by the clock, at whatever step they are held up.
    """
    platform.queue.clear()
    turns = Turns(choose)
    it = Installation(platform, rows.again(), turns)
    platform.store = turns.pausing(it.rows, OF_JOBS)
    began = platform.clock()
    ends = turns.run(*map(it.creates, creations), it.runs_late if late else it.runs)
    assert all(error is None or isinstance(error, (Cut, ConflictError)) for error in ends), ends
    seen = {job.job_id: job for job in it.jobs if job.status.final}
    platform.store = it.rows
    platform.clock.sleep(OVER_S)
    for creation in creations:
        platform.deliver(
            "create_deployment_job", creation if isinstance(creation, bytes) else _sent(creation)
        )
        it.runs()
    platform.clock.sleep((began - platform.clock()).total_seconds())
    for job in it.jobs:
        assert job.job_id not in seen or job == seen[job.job_id], "a finished job was reset"
    return it


def _sent(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode()


def by_hand(event: bytes) -> dict[str, Any]:
    """A person's request for the certificate of the event."""
    cert_id = int(json.loads(event)["data"]["CertIdentifier"].partition("-")[0])
    return {"CertIds": [cert_id], "Name": "by hand", "ClientToken": "one"}


def told_once(it: Installation) -> None:
    """The end that every order of one creation must come to: one job for all slots."""
    (job,) = it.jobs
    slots = [worker.resource.slot for worker in Workers(it.rows).list(job.job_id)]
    assert len(slots) == len(set(slots)) == 4
    all_ended_well(it)


@pytest.mark.long
def test_two_deliveries_of_an_event_make_one_job_in_whatever_order(
    platform: Platform, renewed: tuple[Remembering, bytes]
) -> None:
    rows, event = renewed

    def run(choose: Choose) -> None:
        it = played(platform, rows, choose, event, event)
        told_once(it)
        assert set(it.finished_events().values()) == {1}

    assert in_every_order(run, switches=1 + MORE) > 20


def test_killed_anywhere_the_job_is_made_by_the_next_delivery(
    platform: Platform, renewed: tuple[Remembering, bytes]
) -> None:
    rows, event = renewed

    def run(choose: Choose) -> None:
        told_once(played(platform, rows, choose, event))

    assert in_every_order(run, switches=MORE, kills=1) > 10


def test_a_delivery_that_is_held_up_for_too_long_is_undone_or_makes_the_job(
    platform: Platform, renewed: tuple[Remembering, bytes]
) -> None:
    """It may go on at any step while it is undone, and after."""
    rows, event = renewed

    def run(choose: Choose) -> None:
        told_once(played(platform, rows, choose, event, late=True))

    assert in_every_order(run, switches=1 + 2 * MORE) > 10


def test_a_delivery_that_was_asleep_beyond_its_time_makes_no_job_beside_what_was_planned_since(
    platform: Platform, renewed: tuple[Remembering, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of its plan is over by then, and what it has begun is taken for cut off."""
    rows, event = renewed
    platform.store = rows = rows.again()
    store_workers = storing._store_workers

    def slowly(*stored: Any) -> None:
        store_workers(*stored)
        platform.clock.sleep(OVER_S)

    with monkeypatch.context() as asleep:
        asleep.setattr(storing, "_store_workers", slowly)
        assert platform.call("create_deployment_job", event)["Jobs"] == []
        with pytest.raises(BusyError, match="was not stored in the time that its function has"):
            platform.call("create_deployment_job", by_hand(event))
    assert platform.jobs() == []
    assert [list(rows.all_of(table)) for table in (WORKERS, OPEN_JOBS)] == [[], []]

    assert len(platform.call("create_deployment_job", event)["Jobs"]) == 1


@pytest.mark.long
@pytest.mark.parametrize(("switches", "kills"), [(1 + MORE, 0), *([(1, 1)] if WHOLE else [])])
def test_two_who_ask_under_one_token_make_one_job_in_whatever_order(
    platform: Platform, renewed: tuple[Remembering, bytes], switches: int, kills: int
) -> None:
    """No plan of theirs waits for the other's."""
    rows, event = renewed
    request = by_hand(event)

    def run(choose: Choose) -> None:
        told_once(played(platform, rows, choose, request, request))

    assert in_every_order(run, switches=switches, kills=kills) > 20


@settings(
    max_examples=60 if WHOLE else 8,
    deadline=None,
    database=None,
    derandomize=not WHOLE,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_deliveries_of_several_events_and_requests_in_orders_by_chance_come_to_a_sound_end(
    platform: Platform, renewed: tuple[Remembering, bytes], data: st.DataObject
) -> None:
    """Two or three at a time, and each may be killed at any step."""
    rows, event = renewed
    cert_id = int(json.loads(event)["data"]["CertIdentifier"].partition("-")[0])
    request: dict[str, Any] = {"CertIds": [cert_id], "Name": "by hand", "ClientToken": "one"}
    sent = [event, request, {**request, "ClientToken": "two", "ResourceIds": ["CDN/-/www.example.com"]}]
    creations = data.draw(st.lists(st.sampled_from(sent), min_size=2, max_size=3))
    killed: set[int] = set()

    def choose(living: Sequence[int]) -> int:
        chosen = data.draw(st.sampled_from(living))
        if chosen < len(creations) and not killed and data.draw(st.integers(0, 15)) == 15:
            killed.add(chosen)
            return ~chosen
        return chosen

    it = played(platform, rows, choose, *creations, late=data.draw(st.booleans()))

    all_ended_well(it)
    tokens = Counter(job.token for job in it.jobs)
    asked = {f"person/{one['ClientToken']}" for one in creations if isinstance(one, dict)}
    assert set(tokens.values()) == {1}
    assert asked <= tokens.keys()
    automatic = [job.job_id for job in it.jobs if job.token not in asked]
    planned = [worker.resource.slot for job_id in automatic for worker in Workers(it.rows).list(job_id)]
    assert len(planned) == len(set(planned)), "a slot is in two automatic jobs"
