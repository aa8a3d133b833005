"""Parts that no plan has seen: what of them is open by now, what is left, and which rows are old."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.services.unseen import EVERYTHING, Unseen
from shared.services.world import World
from tests.builders import NOW, a_resource
from tests.worlds import a_world

FAILED, PARTIAL, SYNCED, SYNCING = SyncState.FAILED, SyncState.PARTIAL, SyncState.SYNCED, SyncState.SYNCING
Told = tuple[CloudProduct, str, SyncState, tuple[str, ...]]
CDN, ALB = CloudProduct.CDN, CloudProduct.ALB


def told(world: World, *rows: Told) -> Unseen:
    """As the discoveries have ended."""
    for product, region, state, within in rows:
        world.syncs.put(
            SyncStatus(product=product, region=region, state=state, unread_within=within, started_at=NOW)
        )
    return Unseen(world)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ((ALB, "cn-beijing", SYNCED, ()), ()),
        ((ALB, "cn-beijing", FAILED, ()), ("ALB/cn-beijing/",)),
        ((ALB, "cn-beijing", SYNCING, ()), ("ALB/cn-beijing/",)),
        ((ALB, "cn-beijing", PARTIAL, ("",)), ("ALB/cn-beijing/",)),
        ((ALB, "cn-beijing", PARTIAL, ("c1/", "c2/")), ("ALB/cn-beijing/c1/", "ALB/cn-beijing/c2/")),
        ((ALB, "", FAILED, ()), ("ALB/",)),
        ((CDN, "", PARTIAL, ("",)), ("CDN/-/",)),
        ((CDN, "", PARTIAL, ("www",)), ("CDN/-/www",)),
    ],
)
def test_at_first_all_is_left_that_was_not_read(world: World, row: Told, left: tuple[str, ...]) -> None:
    unseen = told(world, row)

    assert unseen.left_of(EVERYTHING) == left
    assert unseen.opened(EVERYTHING)
    assert not unseen.opened(left)


@pytest.mark.parametrize(
    ("before", "now", "left"),
    [
        (("ALB/r/",), (PARTIAL, ("c1/",)), ("ALB/r/c1/",)),
        (("ALB/r/c1/",), (PARTIAL, ("c1/listener/",)), ("ALB/r/c1/listener/",)),
        (("ALB/r/c1/", "ALB/r/c2/"), (PARTIAL, ("c2/", "c3/")), ("ALB/r/c2/",)),
        (("ALB/",), (FAILED, ()), ("ALB/r/",)),
        (("ALB/r/c1/",), (SYNCED, ()), ()),
    ],
)
def test_what_can_be_read_by_now_is_open_and_the_rest_is_left(
    world: World, before: tuple[str, ...], now: tuple[SyncState, tuple[str, ...]], left: tuple[str, ...]
) -> None:
    unseen = told(world, (ALB, "r", *now))

    assert unseen.opened(before)
    assert unseen.left_of(before) == left


@pytest.mark.parametrize("now", [(FAILED, ()), (SYNCING, ()), (PARTIAL, ("",)), (PARTIAL, ("c1/",))])
def test_what_nobody_can_read_stays_left_whatever_else_is_closed(
    world: World, now: tuple[SyncState, tuple[str, ...]]
) -> None:
    unseen = told(world, (ALB, "r", *now))

    assert not unseen.opened(("ALB/r/c1/",))
    assert unseen.left_of(("ALB/r/c1/",)) == ("ALB/r/c1/",)
    assert not unseen.opened(())


def test_old_rows_of_a_closed_part_are_not_seen_and_those_of_a_failed_region_are(world: World) -> None:
    unseen = told(world, (CDN, "", PARTIAL, ("a.", "b.")), (CloudProduct.OSS, "", FAILED, ()))
    slots = [a_resource(f"{name}.example.com") for name in "abc"]
    oss = a_resource("d.example.com").evolve(product=CloudProduct.OSS)
    for slot, age in zip([*slots, oss], (1, 0, 1, 1), strict=True):
        world.resources.put(slot, NOW - timedelta(hours=age))

    assert unseen.seen_within(EVERYTHING, [*slots, oss]) == [*slots[1:], oss]
    assert unseen.seen_within(("CDN/-/c",), slots) == [slots[2]]
