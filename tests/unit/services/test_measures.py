"""What is counted of slots: those in the scope that serve a certificate, and which of them ends first."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord, SyncState, SyncStatus
from shared.services.measures import Measured, SlotsSeen
from shared.services.world import Policy, World
from tests.builders import NOW, a_resource

ALB, CDN, OSS = CloudProduct.ALB, CloudProduct.CDN, CloudProduct.OSS
SCOPE = Policy(products=(ALB, CDN, OSS), regions=("cn-hangzhou",))


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def a_slot(name: str, end: datetime | None, **changes: Any) -> CloudResource:
    return a_resource(resource_id=name, **{"domains": (name,), "cert_not_after": end, **changes})


def measured(*slots: CloudResource, syncs: tuple[SyncStatus, ...] = ()) -> Measured:
    stored = SimpleNamespace(of=lambda products: tuple(one for one in syncs if one.product in products))
    world = cast(World, SimpleNamespace(policy=SCOPE, clock=lambda: NOW, syncs=stored))
    seen = SlotsSeen(world)
    records = [ResourceRecord(resource=slot, seen_at=NOW) for slot in slots]
    assert list(seen.among(records)) == records, "others read the same"
    return seen.measured(world)


def test_the_slot_that_ends_first_is_told_with_how_many_days_are_left() -> None:
    found = measured(
        a_slot("late.example.com", days(40)),
        a_slot("soon.example.com", days(2.5)),
        a_slot("unknown.example.com", None),
    )

    assert (found.slots, found.slots_expired, found.worst_days_left) == (3, 0, 2.5)
    assert found.worst_slot.endswith("soon.example.com")


def test_an_end_that_has_come_is_below_zero_and_expired() -> None:
    found = measured(a_slot("a.example.com", days(-1)), a_slot("b.example.com", NOW))

    assert (found.slots_expired, found.worst_days_left) == (2, -1)


def test_what_serves_no_certificate_or_is_outside_the_scope_is_not_counted() -> None:
    found = measured(
        a_slot("bare.example.com", days(-3), cert_identifier=""),
        a_slot("off.example.com", days(-3), https=False),
        a_slot("a/b.example.com", days(-3), domains=("b.example.com",), product=OSS, location="cn-beijing"),
    )

    assert (found.slots, found.slots_expired, found.worst_days_left, found.worst_slot) == (0, 0, None, "")


def test_what_was_not_read_whole_is_counted_and_the_oldest_reading_tells_the_age() -> None:
    syncs = (
        SyncStatus(product=CDN, state=SyncState.SYNCED, started_at=days(-3), finished_at=days(-2)),
        SyncStatus(product=ALB, region="cn-hangzhou", state=SyncState.FAILED, started_at=days(-1)),
        SyncStatus(product=ALB, region="cn-beijing", state=SyncState.PARTIAL, started_at=days(-1)),
    )

    found = measured(syncs=syncs)

    assert (found.regions_incomplete, found.products_never_read) == (2, 1)
    assert found.discovery_age_s == 2 * 86_400
