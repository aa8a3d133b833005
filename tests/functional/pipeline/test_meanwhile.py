"""Discoveries, scans and plans that meet others: what the other one wrote stays, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.state.tables import CERTIFICATES, RESOURCES, SYNC_STATUS, Table
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, AProduct, synced, with_product
from tests.meddling import Meddling


def meanwhile(platform: Platform, table: Table, happens: Callable[[], object], *, removal: bool) -> Meddling:
    """Something happens right before the next write to `table`, or removal from it."""
    store = Meddling(platform.store, table, happens, removal=removal)
    platform.store = store
    return store


def test_a_slot_that_another_discovery_sees_again_meanwhile_stays_and_the_others_go(
    platform: Platform,
) -> None:
    """This one did not find them; the other, which began later, found the first one that goes."""
    with_product(platform, AProduct([""]))
    first = next(iter(platform.world.resources.list(CloudProduct.CDN))).resource
    later = platform.clock() + timedelta(seconds=60)
    world = platform.world
    store = meanwhile(platform, RESOURCES, lambda: world.resources.put(first, later), removal=True)

    platform.call("discover_resources", {"Products": ["CDN"], "Region": ""})

    assert store.happened
    assert [r.resource for r in platform.world.resources.list(CloudProduct.CDN)] == [first]


def test_a_region_that_is_discovered_while_it_is_forgotten_is_not_forgotten(platform: Platform) -> None:
    with_product(platform, AProduct(["cn-hangzhou"]))
    seen = SyncStatus(
        product=CloudProduct.ALB,
        region="cn-beijing",
        state=SyncState.SYNCED,
        started_at=platform.clock() + timedelta(seconds=60),
    )
    world = platform.world
    store = meanwhile(platform, SYNC_STATUS, lambda: world.syncs.put(seen), removal=True)

    assert platform.call("discover_resources", {"Products": ["ALB"]})["Started"] == ["ALB/cn-hangzhou"]

    assert store.happened
    assert set(synced(platform, CloudProduct.ALB)) == {"cn-hangzhou", "cn-beijing"}


def test_a_scan_that_meets_another_leaves_the_row_to_it_and_goes_on(platform: Platform) -> None:
    """Both scans read that the certificates are new; the other one stores the first of them first."""
    first, second = platform.renew(*NAMES), platform.renew("example.net")
    listed = {one.identifier: one for one in platform.world.cas("cn-hangzhou").list_certificates()}
    world, record = (
        platform.world,
        platform.world.certificates.get(str(platform.world.resources.get(IMG).resource.cert_identifier)),
    )

    def other_scan() -> Any:
        for identifier in (first, second):
            if world.certificates.find(identifier) is None:
                new = record.evolve(certificate=listed[identifier], version=0)
                return world.certificates.save(new)
        return None

    store = meanwhile(platform, CERTIFICATES, other_scan, removal=False)

    announced = platform.call("scan_expiry", {})["Issued"]

    assert store.happened
    assert len(announced) == 1, "one is the other scan's to announce"
    assert {first, second} == {i for i in (first, second) if platform.world.certificates.find(i)}


@pytest.mark.ordinary_answers("nothing is forgotten while a total is off")
def test_a_certificate_that_another_scan_writes_while_it_is_forgotten_stays_and_others_go(
    platform: Platform,
) -> None:
    gone = [platform.renew("a.example.net"), platform.renew("b.example.net")]
    platform.call("scan_expiry", {})
    platform.queue.clear()
    world = platform.world
    for identifier in gone:
        del platform.cloud.service("cas")._certificates[int(identifier.partition("-")[0])]
    written: list[str] = []

    def other_scan() -> None:
        record = world.certificates.get(gone[0])
        world.certificates.save(record.evolve(issued_handled=True))
        written.append(gone[0])

    store = meanwhile(platform, CERTIFICATES, other_scan, removal=True)

    platform.call("scan_expiry", {})

    assert store.happened
    assert [identifier for identifier in gone if platform.world.certificates.find(identifier)] == written


def test_a_plan_whose_certificate_a_scan_wrote_meanwhile_is_made_once(platform: Platform) -> None:
    """What was handled cannot be kept; the next scan announces again, and meets the job."""
    new = platform.renew(*NAMES)
    platform.queue.append(("scan_expiry", b"{}"))
    platform.drain(until="create_deployment_job")
    world = platform.world
    meddled = meanwhile(
        platform, CERTIFICATES, lambda: world.certificates.save(world.certificates.get(new)), removal=False
    )

    platform.drain()

    assert meddled.happened
    assert not platform.world.certificates.get(new).issued_handled
    platform.tick("scan_expiry")
    assert platform.world.certificates.get(new).issued_handled
    assert platform.job().origin == f"issued-{new}"
    assert platform.failures == []
