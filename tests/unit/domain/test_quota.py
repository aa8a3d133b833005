"""The vendor's formula, and what has become of what a job needs, by its workers."""

from __future__ import annotations

import pytest

from shared.domain.jobs import WorkerResource
from shared.domain.quota import Reservation, Use, units_of, use_of
from shared.domain.resources import CloudProduct, SlotRole
from shared.domain.states import WorkerStatus
from tests.builders import NOW, a_job, a_listener_slot, a_plan_entry, a_resource, a_worker


def workers_of(*statuses: WorkerStatus, **changes: object) -> list[WorkerResource]:
    """Each for a name of its own."""
    return [
        a_worker(number, resource=a_resource(f"{number}.example.com"), status=status, **changes)
        for number, status in enumerate(statuses)
    ]


def test_a_unit_is_one_certificate_on_one_domain_of_one_product() -> None:
    """However many slots of the product serve the domain."""
    two_names = ("a.example.com", "b.example.com")
    entries = [
        a_plan_entry(a_resource("a.example.com")),
        a_plan_entry(a_listener_slot(domains=two_names)),
        a_plan_entry(a_listener_slot("lsn-2", SlotRole.ADDITIONAL, domains=two_names)),
        a_plan_entry(a_listener_slot("lsn-3", domains=two_names[:1]), cert_identifier="8-cn-hangzhou"),
    ]

    assert units_of(entries, "UPLOAD") == {
        ("7-cn-hangzhou", "a.example.com", CloudProduct.CDN),
        ("7-cn-hangzhou", "a.example.com", CloudProduct.ALB),
        ("7-cn-hangzhou", "b.example.com", CloudProduct.ALB),
        ("8-cn-hangzhou", "a.example.com", CloudProduct.ALB),
    }


def test_a_slot_that_tells_no_domain_is_one_unit() -> None:
    slots = [a_listener_slot(domains=()), a_listener_slot("lsn-2", domains=())]

    assert len(units_of(map(a_plan_entry, slots), "UPLOAD")) == 2


@pytest.mark.parametrize("cert_type", ["BUY", "TEST", "OTHER"])
def test_what_was_not_uploaded_is_free(cert_type: str) -> None:
    assert units_of([a_plan_entry()], cert_type) == set()


def test_what_was_shared_is_free() -> None:
    entries = [a_plan_entry(), a_plan_entry(cert_identifier="8-cn-hangzhou")]

    (unit,) = units_of(entries, "UPLOAD", {"7-cn-hangzhou"})
    assert unit.cert_identifier == "8-cn-hangzhou"


W = WorkerStatus


@pytest.mark.parametrize(
    ("worker", "use"),
    [
        ({"status": W.PENDING}, Use(reserved=1)),
        ({"status": W.HELD}, Use(reserved=1)),
        ({"status": W.PENDING, "attempts": 1}, Use(consumed=1)),
        ({"status": W.PROCESSING, "attempts": 1}, Use(consumed=1)),
        ({"status": W.SUCCESS, "attempts": 1}, Use(consumed=1)),
        ({"status": W.ERROR, "attempts": 2}, Use(given_back=1)),
        ({"status": W.ERROR}, Use(released=1)),
        ({"status": W.CANCELLED}, Use(released=1)),
        ({"status": W.SUPERSEDED, "attempts": 1}, Use(given_back=1)),
        ({"status": W.ROLLBACK_SUCCESS, "attempts": 1, "succeeded": True}, Use(consumed=1)),
        ({"status": W.ROLLBACK_ERROR, "attempts": 1, "succeeded": True, "unfinished": True}, Use(consumed=1)),
        ({"status": W.ROLLBACK, "attempts": 1, "unfinished": True}, Use(given_back=1)),
    ],
)
def test_what_has_become_of_a_unit_follows_from_its_worker(worker: dict[str, object], use: Use) -> None:
    """A rollback that fails and is asked for again changes nothing of it."""
    assert use_of(a_job(), [a_worker(**worker)], frozenset()) == use


def test_a_unit_of_several_slots_is_consumed_by_the_first_that_succeeds() -> None:
    same = ("www.example.com",)
    slots = [a_listener_slot(f"lsn-{number}", domains=same) for number in range(3)]
    statuses = (W.ERROR, W.SUCCESS, W.CANCELLED)
    workers = [a_worker(n, resource=slot, status=statuses[n], attempts=1) for n, slot in enumerate(slots)]

    assert use_of(a_job(), workers, frozenset()) == Use(consumed=1)
    assert use_of(a_job(), workers[:1], frozenset()) == Use(given_back=1)


def test_no_other_job_can_have_what_is_reserved_or_consumed() -> None:
    workers = workers_of(W.PENDING, W.CANCELLED, W.SUCCESS, W.ERROR, W.PENDING)

    assert use_of(a_job(), workers, frozenset()).held == 3


def test_a_reservation_of_another_time_is_another_one() -> None:
    mine = Reservation(held=3, reserved=3, until=NOW)

    assert mine.same(mine.evolve(held=1))
    assert not mine.same(mine.evolve(until=NOW.replace(year=2030)))
    assert not mine.same(mine.evolve(end=1))
    assert not mine.same(None)
