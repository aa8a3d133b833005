"""Clusters, whose Secrets hold private keys, are discovered by a function that does nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SyncState
from shared.products.kit.known import Kept
from shared.runtime.grants import CLUSTERS, grants
from shared.services.known import KnownSlots
from shared.state.sightings import Sightings
from tests.functional.pipeline.conftest import TWO_SLOTS
from tests.functional.pipeline.platform import Platform, discovered

PRODUCTS = (CloudProduct.CDN, CloudProduct.ACK)
ESTATE: dict[str, Any] = {
    **{name: TWO_SLOTS[name] for name in ("regions", "cdn", "certificates")},
    "ack": [
        {"name": "shop", "region": "cn-hangzhou", "secrets": [{"name": "tls", "certificate": "old"}]},
    ],
}
REGION = {"Products": ["ACK"], "Region": "cn-hangzhou"}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with discovered(ESTATE, tmp_path, PRODUCTS) as made:
        yield made


def forms(platform: Platform) -> list[str]:
    """In which form Secrets were asked for since the last time; "": whole."""
    told = [one.params.get("form", "") for one in platform.cloud.calls if "Secret" in one.action]
    platform.cloud.calls.clear()
    return told


def test_two_functions_have_a_way_into_clusters() -> None:
    assert {name for name, actions in grants().items() if actions & CLUSTERS} == {
        "discover_clusters",
        "deploy_ack",
    }


def test_a_region_of_clusters_is_handed_to_the_function_that_may_enter_them(platform: Platform) -> None:
    platform.cloud.calls.clear()

    assert platform.call("discover_resources", REGION)["Started"] == ["ACK/cn-hangzhou"]

    assert [call.action for call in platform.cloud.calls] == []
    assert [function for function, _ in platform.queue] == ["discover_clusters"]
    assert [one.state for one in platform.world.syncs.list(CloudProduct.ACK)] == [SyncState.SYNCING]
    platform.drain()
    assert [one.state for one in platform.world.syncs.list(CloudProduct.ACK)] == [SyncState.SYNCED]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"Products": ["ACK"]},
        {"Products": ["CDN"], "Region": ""},
        {"Products": ["ACK", "CDN"], "Region": ""},
    ],
    ids=str,
)
def test_the_function_for_clusters_discovers_nothing_else(
    platform: Platform, request_: dict[str, Any]
) -> None:
    platform.cloud.calls.clear()

    answer = platform.call("discover_clusters", request_)

    assert answer["Code"] == "InvalidParameter"
    assert answer["Message"] == "Products: name the one whose slots are in clusters, and a Region"
    assert (platform.cloud.calls, platform.queue) == ([], [])


def test_the_function_for_clusters_keeps_to_known_regions_and_the_scope(platform: Platform) -> None:
    platform.policy["regions"] = ("cn-beijing",)
    platform.cloud.calls.clear()

    for region in ("evil.example/?x=", "cn-hangzhou"):
        answer = platform.call("discover_clusters", {**REGION, "Region": region})
        assert answer["Message"].startswith("Region: "), answer
    assert platform.cloud.calls == []


def test_what_was_read_is_kept_with_the_slot_and_holds_for_a_week(platform: Platform) -> None:
    platform.tick("discover_resources")
    platform.cloud.calls.clear()
    platform.tick("discover_resources")
    assert forms(platform) == ["PartialObjectMetadataList"]
    (row,) = platform.world.resources.list(CloudProduct.ACK)
    world = platform.world
    sightings = Sightings(world.resources, (CloudProduct.ACK, "cn-hangzhou"), world.clock(), world.clock)
    known = KnownSlots(world.clock(), sightings)
    assert known.within("c") == {row.resource.resource_id: Kept(row.resource, row.memo)}
    assert known.within("another") == {}
    platform.pass_days(7)
    assert KnownSlots(world.clock(), sightings).period != known.period
