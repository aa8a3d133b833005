"""Discoveries: handed out product by product and region by region, and told as they are."""

from __future__ import annotations

import json

import pytest

from shared.domain.resources import CloudProduct, CloudResource, SyncState
from shared.products.alb.adapter import Adapter as Alb
from shared.services.map import map_slots
from shared.services.slots import show_slot
from tests.builders import a_listener_slot, a_resource
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import WWW, AProduct, synced, with_product


def test_a_discovery_is_handed_out_product_by_product_and_region_by_region(fresh: Platform) -> None:
    answer = fresh.call("discover_resources", {})

    started = ["CDN/-", "ALB/cn-hangzhou", "ALB/cn-beijing", "OSS/-"]
    assert sorted(answer.pop("Started")) == sorted(started)
    assert answer == {"Statuses": []}
    assert {function for function, _ in fresh.queue} == {"discover_resources"}
    sent = [json.loads(payload) for _, payload in fresh.queue]
    assert sorted(f"{one['Products'][0]}/{one['Region'] or '-'}" for one in sent) == sorted(started)
    assert {status.state for status in synced(fresh, CloudProduct.ALB).values()} == {SyncState.SYNCING}
    assert fresh.call("discover_resources", {"Products": ["CDN"]})["Started"] == ["CDN/-"]


def test_a_region_s_discovery_answers_how_it_went(platform: Platform) -> None:
    before = platform.clock()

    answer = platform.call("discover_resources", {"Products": ["ALB"], "Region": "cn-hangzhou"})

    (told,) = answer["Statuses"]
    status = synced(platform, CloudProduct.ALB)["cn-hangzhou"]
    assert answer["Started"] == []
    assert (told["Product"], told["Region"], told["State"], told["Count"]) == (
        "ALB",
        "cn-hangzhou",
        "synced",
        4,
    )
    assert (status.state, status.count, status.reason) == (SyncState.SYNCED, 4, "")
    assert status.finished_at is not None
    assert before <= status.started_at <= status.finished_at <= platform.clock()


@pytest.mark.long
def test_a_region_belongs_to_one_product(platform: Platform) -> None:
    for products in ([], ["CDN", "ALB"]):
        answer = platform.call("discover_resources", {"Products": products, "Region": "cn-hangzhou"})
        assert answer["Code"] == "InvalidParameter"
        assert answer["Message"] == "Products: name the one product that Region belongs to"


@pytest.mark.parametrize("action", ["alb:DescribeRegions", "alb:ListListeners"])
def test_what_cannot_be_read_is_answered_and_kept_with_its_reason(platform: Platform, action: str) -> None:
    platform.cloud.deny(action)
    region = {} if action == "alb:DescribeRegions" else {"Region": "cn-hangzhou"}

    (told,) = platform.call("discover_resources", {"Products": ["ALB"], **region})["Statuses"]

    status = synced(platform, CloudProduct.ALB)[told["Region"]]
    assert told["State"] == status.state.value == "failed"
    assert action.partition(":")[2] in told["Reason"]
    assert told["Reason"] == status.reason
    assert told["Region"] == region.get("Region", "")
    assert status.finished_at is not None
    assert status.finished_at >= status.started_at
    assert platform.failures == [], "a refusal is not asked again"


def test_a_list_of_regions_that_can_be_read_again_is_no_failure_any_more(platform: Platform) -> None:
    platform.cloud.deny("alb:DescribeRegions")
    platform.tick("discover_resources")
    assert synced(platform, CloudProduct.ALB)[""].state is SyncState.FAILED
    platform.cloud.denials.clear()

    platform.tick("discover_resources")

    assert set(synced(platform, CloudProduct.ALB)) == {"cn-hangzhou", "cn-beijing"}


def test_the_owner_s_regions_are_not_another_cloud_s(platform: Platform) -> None:
    """They are Alibaba Cloud's, and another cloud has a setting of its own."""
    platform.policy |= {
        "regions": ("cn-hangzhou",),
        "aws_regions": ("us-east-1",),
        "products": (CloudProduct.ALB, CloudProduct.CDN, CloudProduct.AWS),
    }
    with_product(platform, AProduct(["cn-hangzhou", "eu-west-1"]))
    assert started(platform, "ALB") == ["ALB/cn-hangzhou"]
    with_product(platform, AProduct(["us-east-1"], other_cloud=True))
    assert started(platform, "AWS") == ["AWS/us-east-1"]
    with_product(platform, AProduct([""]))
    assert started(platform, "CDN") == ["CDN/-"]
    platform.policy["regions"] = ()
    with_product(platform, AProduct(["cn-hangzhou", "eu-west-1"]))
    assert started(platform, "ALB") == ["ALB/cn-hangzhou", "ALB/eu-west-1"]


def started(platform: Platform, product: str) -> list[str]:
    found: list[str] = platform.call("discover_resources", {"Products": [product]})["Started"]
    return found


def test_a_slot_gets_its_names_and_its_end_from_the_certificate_that_cas_knows(platform: Platform) -> None:
    known = platform.world.certificates.get(
        platform.world.resources.get(WWW).resource.cert_identifier
    ).certificate
    own = a_resource("own.example.com", cert_identifier=known.identifier, cert_not_after=None)
    its = a_listener_slot("lsn-1", cert_identifier=known.identifier, domains=())
    foreign = a_listener_slot("lsn-2", cert_identifier="sha256:ab", domains=("f.example.com",))
    bare = a_resource("bare.example.com", cert_identifier="", cert_not_after=None)
    with_product(platform, AProduct(["", "cn-hangzhou"], there=[own, its, foreign, bare]))

    platform.call("discover_resources", {"Products": ["CDN"], "Region": ""})
    platform.call("discover_resources", {"Products": ["ALB"], "Region": "cn-hangzhou"})

    def found(slot: CloudResource) -> CloudResource:
        return platform.world.resources.get(slot.slot).resource

    assert found(own) == own.evolve(cert_not_after=known.not_after)
    assert (found(its).domains, found(its).cert_not_after) == (known.names, known.not_after)
    assert found(foreign) == foreign
    assert found(bare) == bare


def test_a_fault_of_our_own_in_one_product_is_told_and_the_others_are_discovered(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: Alb) -> list[str]:
        raise KeyError("a fault of our own")

    monkeypatch.setattr(Alb, "regions", breaks)

    started = platform.call("discover_resources", {})["Started"]

    assert started == ["CDN/-", "OSS/-"]
    listed = next(one for one in platform.world.syncs.list(CloudProduct.ALB) if one.region == "")
    assert (listed.state, listed.reason) == (
        SyncState.FAILED,
        "internal error: KeyError; see the function's log",
    )


def test_a_slot_that_is_as_it_was_is_seen_without_a_write_and_tells_when(platform: Platform) -> None:
    world = platform.world
    platform.tick("discover_resources")
    row = world.resources.get(WWW)

    platform.tick("discover_resources")

    whole = synced(platform, CloudProduct.CDN)[""].started_at
    assert world.resources.get(WWW) == row
    assert row.seen_at < whole
    assert show_slot(world, WWW).seen_at == whole
    assert {one.not_seen_since for one in map_slots(world, [CloudProduct.CDN])} == {None}

    platform.cloud.deny("cdn:DescribeUserDomains")
    platform.tick("discover_resources")
    assert show_slot(world, WWW).seen_at == whole
    assert {one.not_seen_since for one in map_slots(world, [CloudProduct.CDN])} == {whole}
