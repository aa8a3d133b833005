"""What jobs did with a slot: found again, though a job has given it another name; the latest first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.domain.resources import CloudResource, ResourceRecord, SlotRole
from shared.domain.states import WorkerStatus
from shared.services.history import Touched, history_of
from shared.services.world import World
from tests.builders import NOW, a_job, a_listener_slot, a_resource, a_worker
from tests.worlds import a_world


def touched(world: World, job_id: int, *slots: CloudResource, **changes: Any) -> None:
    """By a job of its own: a worker for each."""
    products = {slot.product: 1 for slot in slots}
    world.jobs.save(a_job(job_id, products=products, created_at=NOW + timedelta(days=job_id)))
    world.workers.add(
        a_worker(number, job_id=job_id, resource=slot, **changes) for number, slot in enumerate(slots)
    )


def told(world: World, slot: CloudResource) -> list[tuple[int, str, str]]:
    return [
        (one.job_id, one.previous_cert_identifier, one.cert_identifier)
        for one in history_of(world, a_record(slot)).touched
    ]


def a_record(slot: CloudResource) -> ResourceRecord:
    return ResourceRecord(resource=slot, seen_at=NOW)


def an_additional(certificate: str, listener: str = "lsn-1") -> CloudResource:
    """The name of such a slot ends with its certificate."""
    return a_listener_slot(
        listener,
        SlotRole.ADDITIONAL,
        resource_id=f"{listener}/additional/{certificate}",
        cert_identifier=certificate,
    )


def test_jobs_that_touched_a_slot_are_told_the_latest_first(tmp_path: Path) -> None:
    world, here = a_world(tmp_path), a_resource("a.example.com")
    touched(world, 1, here, a_resource("b.example.com"), a_resource("a.example.com.cn"))
    touched(world, 2, here, status=WorkerStatus.ERROR, reason="busy", chosen_because="asked", finished_at=NOW)
    touched(world, 3, a_resource("b.example.com"))
    touched(world, 4, a_listener_slot())

    found = history_of(world, a_record(here)).touched

    assert [one.job_id for one in found] == [2, 1]
    assert found[0] == Touched(
        job_id=2,
        job_name="job-2",
        origin="manual",
        at=NOW,
        cert_identifier="7-cn-hangzhou",
        previous_cert_identifier="1-cn-hangzhou",
        status=WorkerStatus.ERROR,
        reason="busy",
        chosen_because="asked",
    )


def test_a_slot_that_jobs_have_renamed_is_followed_back_and_its_neighbours_are_not(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    touched(world, 1, an_additional("1-a"), an_additional("5-a"), cert_identifier="2-a")
    touched(world, 2, an_additional("9-a"), cert_identifier="8-a")
    touched(world, 3, an_additional("2-a", "lsn-2"), cert_identifier="3-a")
    touched(world, 4, an_additional("2-a"), cert_identifier="3-a")

    assert told(world, an_additional("3-a"))[:2] == [(4, "2-a", "3-a"), (1, "1-a", "2-a")]
    assert told(world, an_additional("8-a")) == [(2, "9-a", "8-a")]


def test_of_very_many_jobs_the_latest_ten_are_told(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    for number in range(1, 13):
        touched(world, number, a_resource("a.example.com"))

    found = history_of(world, a_record(a_resource("a.example.com")))

    assert [one.job_id for one in found.touched] == list(range(12, 2, -1))
    assert found.left_out == 2
