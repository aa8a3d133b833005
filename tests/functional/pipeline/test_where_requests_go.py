"""Regions and rows of others' making: refused in one sentence, or told, and never in a host."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, SyncState
from shared.domain.states import WorkerStatus
from shared.services import discover
from tests.builders import a_listener_slot, a_resource
from tests.functional.pipeline.conftest import TWO_SLOTS
from tests.functional.pipeline.platform import Platform, discovered
from tests.functional.pipeline.stories import (
    WWW,
    AProduct,
    ask,
    asked_for,
    deployed,
    synced,
    uploaded,
    with_product,
)

P = CloudProduct


@pytest.mark.parametrize(
    ("product", "region", "told"),
    [
        ("FC", "evil.example/?x=", "'evil.example/?x=' is no known region, the nearest is "),
        ("FC", "x@evil.example/", "'x@evil.example/' is no known region, the nearest is "),
        ("ALB", "cn-hangzou", "cn-hangzou is no known region, the nearest is cn-hangzhou;"),
        ("ALB", "", "'' is no known region, the nearest is "),
        ("ALB", "eu-west-1\x1b[2J", "'eu-west-1\\x1b[2J' is no known region, the nearest is eu-west-"),
        ("CDN", "cn-hangzhou", "CDN has no regions, leave it out"),
        ("ALB", "cn-beijing", "CERTDEPLOY_REGIONS (cn-hangzhou) does not include cn-beijing"),
    ],
)
def test_a_region_that_is_not_looked_into_is_refused_before_anything_is_called(
    platform: Platform, product: str, region: str, told: str
) -> None:
    platform.policy |= {"products": (P.FC, P.ALB, P.CDN), "regions": ("cn-hangzhou",)}
    calls, before = len(platform.cloud.calls), list(platform.world.syncs.list(P(product)))

    answer = platform.call("discover_resources", {"Products": [product], "Region": region})

    assert answer["Code"] == "InvalidParameter"
    assert answer["Message"].startswith(f"Region: {told}")
    assert len(platform.cloud.calls) == calls
    assert list(platform.world.syncs.list(P(product))) == before


def test_a_product_outside_the_scope_is_refused(platform: Platform) -> None:
    answer = platform.call("discover_resources", {"Products": ["CDN", "AWS"]})

    assert answer["Message"] == (
        "Products: CERTDEPLOY_PRODUCTS does not include AWS, or CERTDEPLOY_AWS is off"
    )


def test_a_region_that_only_the_product_knows_is_told_and_the_others_are_read(platform: Platform) -> None:
    with_product(platform, AProduct(["cn-hangzhou", "cn-newtown", "x@evil.example/"]))

    answer = platform.call("discover_resources", {"Products": ["ALB"]})

    assert answer["Started"] == ["ALB/cn-hangzhou"]
    unknown = {one.region: one for one in synced(platform, P.ALB).values() if one.state is SyncState.FAILED}
    assert set(unknown) == {"cn-newtown", "'x@evil.example/'"}
    assert unknown["cn-newtown"].reason.endswith("; CERTDEPLOY_MORE_REGIONS adds new ones")
    platform.policy["more_regions"] = ("cn-newtown",)
    answer = platform.call("discover_resources", {"Products": ["ALB"]})
    assert answer["Started"] == ["ALB/cn-hangzhou", "ALB/cn-newtown"]


@pytest.mark.parametrize(
    ("slot", "days"),
    [
        (a_listener_slot("lsn-9", region="evil.example/?x="), 0),
        (a_listener_slot("lsn-9", region=""), 0),
        (a_listener_slot("lsn-9", region="cn-shanghai"), 0),
        (a_listener_slot("lsn-9", region="cn-hangzhou"), 9999),
        (a_resource("shop.example.com", region="cn-hangzhou"), 0),
        (a_resource("shop.example.com"), 9999),
    ],
    ids=lambda value: getattr(value, "slot", ""),
)
def test_a_discovery_removes_rows_that_others_have_written(platform: Platform, slot: Any, days: int) -> None:
    platform.world.resources.put(slot, platform.clock() + timedelta(days=days))

    platform.tick("discover_resources")

    assert platform.world.resources.find(slot.slot) is None
    assert platform.world.resources.find(WWW) is not None


@pytest.mark.long
def test_of_a_product_with_many_slots_such_rows_are_looked_for_once_a_day(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "_FEW", 2)
    found = {}
    for day in (0, 1):
        platform.pass_days(day)
        platform.tick("discover_resources")  # of ALB the first one of this day
        forged = a_listener_slot("lsn-9", region="cn-shanghai")
        platform.world.resources.put(forged, platform.clock())
        platform.tick("discover_resources")
        found[day] = platform.world.resources.find(forged.slot) is not None
        platform.pass_days(1)
        platform.tick("discover_resources")
        found[day] = found[day] and platform.world.resources.find(forged.slot) is None
    assert found == {0: True, 1: True}


def test_what_a_product_tells_under_a_name_of_no_slot_is_reported_and_the_rest_is_stored(
    platform: Platform,
) -> None:
    good, bad = a_resource("new.example.com"), a_resource("a/../b.example.com", domains=("a.example.com",))
    with_product(
        platform, AProduct([""], there=[bad, good, a_resource("c.example.com", region="cn-beijing")])
    )

    platform.call("discover_resources", {"Products": ["CDN"], "Region": ""})

    (status,) = platform.world.syncs.list(P.CDN)
    assert (status.state, status.count) == (SyncState.PARTIAL, 1)
    assert any(
        "'a/../b.example.com': discover: UnreadableAnswer: not a slot of CDN: resource id" in told
        for told in status.unread
    )
    assert [one.resource.resource_id for one in platform.world.resources.list(P.CDN)] == ["new.example.com"]


def test_automatic_jobs_go_on_where_a_product_is_nowhere_in_the_scope(tmp_path: Path) -> None:
    with discovered(TWO_SLOTS, tmp_path, products=(P.CDN, P.WAF), regions=("cn-beijing",)) as platform:
        assert [one.state for one in platform.world.syncs.list(P.WAF)] == [SyncState.OUTSIDE]
        platform.tick("discover_resources")
        assert [one.state for one in platform.world.syncs.list(P.WAF)] == [SyncState.OUTSIDE]


#: What others may write into the row of a worker: each would send the request, or the key, elsewhere.
FORGED: tuple[dict[str, Any], ...] = (
    {"resource_id": "evil.example/?x="},
    {"endpoint": "evil.example:99999"},
    {"region": "evil.example/?x="},
)


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_a_worker_whose_row_names_no_slot_ends_before_anything_is_called_and_the_rest_goes_on(
    platform: Platform, forged: dict[str, Any]
) -> None:
    asked_for(platform, uploaded(platform))
    worker = platform.workers()[WWW]
    platform.world.workers.delete(worker)
    platform.world.workers.save(worker.evolve(version=0, resource=worker.resource.evolve(**forged)))
    calls = len(platform.cloud.calls)

    platform.drain()

    ended = next(w for w in platform.world.workers.list(worker.job_id) if w.worker_id == worker.worker_id)
    assert ended.status is WorkerStatus.ERROR
    assert ended.reason.startswith(("not a slot of ", "outside the scope: "))
    assert "SetCdnDomainSSLCertificate" not in {call.action for call in platform.cloud.calls[calls:]}
    others = [w.status for w in platform.world.workers.list(worker.job_id) if w.worker_id != worker.worker_id]
    assert others
    assert set(others) == {WorkerStatus.SUCCESS}


def test_a_worker_for_a_slot_that_no_discovery_has_found_writes_nothing(platform: Platform) -> None:
    asked_for(platform, uploaded(platform))
    platform.drain(until="deploy_")
    platform.world.resources.remove(platform.world.resources.get(WWW))

    platform.drain()

    ended = platform.workers()[WWW]
    assert (ended.status, ended.reason) == (
        WorkerStatus.ERROR,
        f"{WWW}: no discovery has found it so; discover, and create a new job",
    )
    assert "SetCdnDomainSSLCertificate" not in dict(platform.writes())


def test_a_rollback_goes_nowhere_but_to_the_worker_s_own_place(platform: Platform) -> None:
    deployed(platform)
    worker = platform.workers()[WWW]
    elsewhere = worker.resource.evolve(resource_id="shop.example.com", domains=("shop.example.com",))
    ask(platform, WWW)
    marked = platform.workers()[WWW]
    platform.world.workers.save(marked.evolve(deployed=elsewhere))
    calls = len(platform.cloud.calls)

    platform.drain()

    ended = platform.workers()[WWW]
    assert (ended.status, ended.reason) == (
        WorkerStatus.ROLLBACK_ERROR,
        "not a slot of CDN: what was deployed is elsewhere",
    )
    assert "SetCdnDomainSSLCertificate" not in {call.action for call in platform.cloud.calls[calls:]}
