"""Discoveries: handed out region by region, told as they are, and undisturbed by others at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.resources import CloudProduct, CloudResource, SyncState, SyncStatus
from shared.state.tables import CERTIFICATES, RESOURCES, SYNC_STATUS, Table
from tests.builders import a_resource
from tests.functional.pipeline.conftest import NAMES
from tests.functional.pipeline.platform import Platform
from tests.functional.pipeline.stories import IMG, WWW
from tests.meddling import Meddling


def synced(it: Platform, product: CloudProduct) -> dict[str, SyncStatus]:
    return {status.region: status for status in it.world.syncs.list(product)}


def meanwhile(it: Platform, table: Table, happens: Callable[[], object], *, removal: bool) -> Meddling:
    """Something happens right before the next write to `table`, or removal from it."""
    store = Meddling(it.store, table, happens, removal=removal)
    it.store = store
    return store


@dataclass
class Adapter:
    """A product with a region of its own choice; where it is read, whatever is there."""

    region_names: list[str]
    other_cloud: bool = False
    there: list[CloudResource] = field(default_factory=list)

    def regions(self) -> list[str]:
        return self.region_names

    def discover(self, region: str) -> list[CloudResource]:
        return [slot for slot in self.there if slot.region == region]


def with_adapter(it: Platform, adapter: Adapter) -> None:
    it.ports["adapter"] = lambda *arguments, **more: adapter


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


def test_a_region_s_discovery_answers_how_it_went(it: Platform) -> None:
    before = it.clock()

    answer = it.call("discover_resources", {"Products": ["ALB"], "Region": "cn-hangzhou"})

    (told,) = answer["Statuses"]
    status = synced(it, CloudProduct.ALB)["cn-hangzhou"]
    assert answer["Started"] == []
    assert (told["Product"], told["Region"], told["State"], told["Count"]) == (
        "ALB",
        "cn-hangzhou",
        "synced",
        4,
    )
    assert (status.state, status.count, status.reason) == (SyncState.SYNCED, 4, "")
    assert status.finished_at is not None
    assert before <= status.started_at <= status.finished_at <= it.clock()


def test_a_region_belongs_to_one_product(it: Platform) -> None:
    for products in ([], ["CDN", "ALB"]):
        answer = it.call("discover_resources", {"Products": products, "Region": "cn-hangzhou"})
        assert answer["Code"] == "InvalidParameter"
        assert answer["Message"] == "Products: name the one product that Region belongs to"


@pytest.mark.parametrize("action", ["alb:DescribeRegions", "alb:ListListeners"])
def test_what_cannot_be_read_is_answered_and_kept_with_its_reason(it: Platform, action: str) -> None:
    it.cloud.deny(action)
    region = {} if action == "alb:DescribeRegions" else {"Region": "cn-hangzhou"}

    (told,) = it.call("discover_resources", {"Products": ["ALB"], **region})["Statuses"]

    status = synced(it, CloudProduct.ALB)[told["Region"]]
    assert told["State"] == status.state.value == "failed"
    assert action.partition(":")[2] in told["Reason"]
    assert told["Reason"] == status.reason
    assert told["Region"] == region.get("Region", "")
    assert status.finished_at is not None
    assert status.finished_at >= status.started_at
    assert it.failures == [], "a refusal is not asked again"


def test_a_list_of_regions_that_can_be_read_again_is_no_failure_any_more(it: Platform) -> None:
    it.cloud.deny("alb:DescribeRegions")
    it.tick("discover_resources")
    assert synced(it, CloudProduct.ALB)[""].state is SyncState.FAILED
    it.cloud.denials.clear()

    it.tick("discover_resources")

    assert set(synced(it, CloudProduct.ALB)) == {"cn-hangzhou", "cn-beijing"}


def test_the_owner_s_regions_are_not_another_cloud_s(it: Platform) -> None:
    """They are Alibaba Cloud's, and another cloud has a setting of its own."""
    it.policy["regions"] = ("cn-hangzhou",)
    request = {"Products": ["CDN"]}
    here, there = ["cn-hangzhou", "eu-west-1"], ["us-east-1", "cn-hangzhou"]

    with_adapter(it, Adapter(here))
    assert it.call("discover_resources", request)["Started"] == ["CDN/cn-hangzhou"]
    with_adapter(it, Adapter(there, other_cloud=True))
    assert it.call("discover_resources", request)["Started"] == ["CDN/us-east-1", "CDN/cn-hangzhou"]
    with_adapter(it, Adapter([""]))
    assert it.call("discover_resources", request)["Started"] == ["CDN/-"]
    it.policy["regions"] = ()
    with_adapter(it, Adapter(here))
    assert it.call("discover_resources", request)["Started"] == ["CDN/cn-hangzhou", "CDN/eu-west-1"]


def test_a_slot_gets_its_names_and_its_end_from_the_certificate_that_cas_knows(it: Platform) -> None:
    known = it.world.certificates.get(it.world.resources.get(WWW).resource.cert_identifier).certificate
    own = a_resource("own.example.com", cert_identifier=known.identifier, cert_not_after=None)
    its = a_resource("l", cert_identifier=known.identifier, domains=(), domains_of_certificate=True)
    foreign = a_resource("f.example.com", cert_identifier="sha256:ab", domains_of_certificate=True)
    bare = a_resource("bare.example.com", cert_identifier="", cert_not_after=None)
    with_adapter(it, Adapter([""], there=[own, its, foreign, bare]))

    it.call("discover_resources", {"Products": ["CDN"], "Region": ""})

    found = {r.resource.resource_id: r.resource for r in it.world.resources.list(CloudProduct.CDN)}
    assert found["own.example.com"] == own.model_copy(update={"cert_not_after": known.not_after})
    assert (found["l"].domains, found["l"].cert_not_after) == (known.names, known.not_after)
    assert found["f.example.com"] == foreign
    assert found["bare.example.com"] == bare


def test_a_slot_that_another_discovery_sees_again_meanwhile_stays_and_the_others_go(it: Platform) -> None:
    """This one did not find them; the other, which began later, found the first one that goes."""
    with_adapter(it, Adapter([""]))
    first = next(iter(it.world.resources.list(CloudProduct.CDN))).resource
    later = it.clock() + timedelta(seconds=60)
    world = it.world
    store = meanwhile(it, RESOURCES, lambda: world.resources.put(first, later), removal=True)

    it.call("discover_resources", {"Products": ["CDN"], "Region": ""})

    assert store.happened
    assert [r.resource for r in it.world.resources.list(CloudProduct.CDN)] == [first]


def test_a_region_that_is_discovered_while_it_is_forgotten_is_not_forgotten(it: Platform) -> None:
    with_adapter(it, Adapter(["cn-hangzhou"]))
    seen = SyncStatus(
        product=CloudProduct.ALB,
        region="cn-beijing",
        state=SyncState.SYNCED,
        started_at=it.clock() + timedelta(seconds=60),
    )
    world = it.world
    store = meanwhile(it, SYNC_STATUS, lambda: world.syncs.put(seen), removal=True)

    assert it.call("discover_resources", {"Products": ["ALB"]})["Started"] == ["ALB/cn-hangzhou"]

    assert store.happened
    assert set(synced(it, CloudProduct.ALB)) == {"cn-hangzhou", "cn-beijing"}


def test_a_scan_that_meets_another_leaves_the_row_to_it_and_goes_on(it: Platform) -> None:
    """Both scans read that the certificates are new; the other one stores the first of them first."""
    first, second = it.renew(*NAMES), it.renew("example.net")
    listed = {one.identifier: one for one in it.world.cas("cn-hangzhou").list_certificates()}
    world, record = (
        it.world,
        it.world.certificates.get(str(it.world.resources.get(IMG).resource.cert_identifier)),
    )

    def other_scan() -> Any:
        for identifier in (first, second):
            if world.certificates.find(identifier) is None:
                new = record.model_copy(update={"certificate": listed[identifier], "version": 0})
                return world.certificates.save(new)
        return None

    store = meanwhile(it, CERTIFICATES, other_scan, removal=False)

    announced = it.call("scan_expiry", {})["Issued"]

    assert store.happened
    assert len(announced) == 1, "one is the other scan's to announce"
    assert {first, second} == {i for i in (first, second) if it.world.certificates.find(i)}


def test_a_certificate_that_another_scan_writes_while_it_is_forgotten_stays_and_others_go(
    it: Platform,
) -> None:
    gone = [it.renew("a.example.net"), it.renew("b.example.net")]
    it.call("scan_expiry", {})
    it.queue.clear()
    world = it.world
    for identifier in gone:
        del it.cloud.service("cas")._certificates[int(identifier.partition("-")[0])]
    written: list[str] = []

    def other_scan() -> None:
        record = world.certificates.get(gone[0])
        world.certificates.save(record.model_copy(update={"issued_handled": True}))
        written.append(gone[0])

    store = meanwhile(it, CERTIFICATES, other_scan, removal=True)

    it.call("scan_expiry", {})

    assert store.happened
    assert [identifier for identifier in gone if it.world.certificates.find(identifier)] == written


def test_a_plan_whose_certificate_a_scan_wrote_meanwhile_is_made_once(it: Platform) -> None:
    """What was handled cannot be kept; the next scan announces again, and meets the job."""
    new = it.renew(*NAMES)
    it.queue.append(("scan_expiry", b"{}"))
    it.drain(until="create_deployment_job")
    world = it.world
    meddled = meanwhile(
        it, CERTIFICATES, lambda: world.certificates.save(world.certificates.get(new)), removal=False
    )

    it.drain()

    assert meddled.happened
    assert not it.world.certificates.get(new).issued_handled
    it.tick("scan_expiry")
    assert it.world.certificates.get(new).issued_handled
    assert it.job().origin == f"issued-{new}"
    assert it.failures == []
