"""A bucket behind CDN: plans, lists and previews see the domain in front of it, and all say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.matching import Action
from shared.domain.plans import PlanEntry
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import CloudProduct, CloudResource
from shared.services.map import known_certificates, map_certificate, map_slots
from shared.services.plan import plan
from shared.services.preview import preview
from shared.services.slots import show_slot
from shared.services.status import overview
from shared.services.world import World
from tests.builders import NOW, a_certificate, a_resource
from tests.worlds import POLICY, a_world

P = CloudProduct
NEW = a_certificate(7)
CDN = a_resource("img.example.com")
WHY = "a CDN domain of the same name is in service in front of it (CDN/-/img.example.com)"
BY_NAME = f"{WHY}; a job by hand takes it if it names the slot"


def a_bucket(days: float = 20, domain: str = "img.example.com") -> CloudResource:
    return a_resource(
        domain,
        product=P.OSS,
        resource_id=f"assets/{domain}",
        instance_id="assets",
        location="cn-beijing",
        cert_not_after=NOW + timedelta(days=days),
    )


def a_world_behind(folder: Path, cdn: CloudResource = CDN, days: float = 20, **policy: Any) -> World:
    """One bucket is behind CDN, the other is not."""
    ends = NOW + timedelta(days=days)
    old = a_certificate(1, not_after=ends, not_before=ends - timedelta(days=90))
    slots = [cdn, a_bucket(days), a_bucket(days, "pdf.example.com")]
    return a_world(folder, certificates=[old, NEW], slots=slots, policy=replace(POLICY, **policy))


def decided(entries: Any, bucket: str = "assets/img.example.com") -> tuple[Action, str, str]:
    found: PlanEntry
    (found,) = (one for one in entries if one.resource.resource_id == bucket)
    return found.action, found.rule, found.reason


def automatic(world: World) -> tuple[PlanEntry, ...]:
    slots = [record.resource for product in P for record in world.resources.list(product)]
    return plan(world, known_certificates(world), slots, automatic=True).entries


def test_plans_and_lists_leave_a_bucket_behind_cdn_alone_and_say_why(tmp_path: Path) -> None:
    world = a_world_behind(tmp_path)

    entries = automatic(world)
    asked = preview(world, PreviewDeploymentJob(cert_ids=(7,))).entries
    could = map_certificate(world, NEW).could_serve
    (listed,) = (one for one in map_slots(world, [P.OSS]) if "img" in one.slot)
    shown = show_slot(world, a_bucket().slot)

    left = Action.LEAVE, "fronted", BY_NAME
    assert decided(entries) == decided(asked) == decided(could) == left
    assert decided(entries, "assets/pdf.example.com") == (Action.DEPLOY, "", "its names are covered")
    (told,) = (one for one in could if one.resource.slot == shown.slot)
    assert (told.by_itself, told.rule_by_itself, told.reason_by_itself) == (False, *left[1:])
    assert listed.kept_away is not None
    assert (listed.kept_away.rule, listed.kept_away.reason) == left[1:]
    assert (listed.fronted_by, shown.resource.fronted_by) == (CDN.slot, CDN.slot)
    assert [(one.rule, one.reason) for one in shown.candidates] == [left[1:]]


def test_a_job_that_names_the_slot_takes_it_and_its_preview_says_what_is_in_front(tmp_path: Path) -> None:
    world = a_world_behind(tmp_path)

    made = preview(world, PreviewDeploymentJob(cert_ids=(7,), resource_ids=(a_bucket().slot,)))

    assert decided(made.entries) == (Action.DEPLOY, "", "its names are covered")
    (entry,) = made.deployments
    assert [one.text for one in entry.warnings if one.code == "fronted"] == [WHY]
    headlines = [str(one) for one in made.warnings]
    assert "1 slot: a CDN or DCDN domain in front of a bucket serves its clients" in headlines


def test_in_its_last_days_it_is_replaced_and_told_so(tmp_path: Path) -> None:
    world = a_world_behind(tmp_path, days=7)
    told = f"what is in place ends on {NOW + timedelta(days=7):%Y-%m-%d}, so it is replaced although {WHY}"

    entries = automatic(world)
    asked = preview(world, PreviewDeploymentJob(cert_ids=(7,))).entries

    assert decided(entries) == decided(asked) == (Action.DEPLOY, "", told)


@pytest.mark.parametrize(
    ("cdn", "policy"),
    [
        (CDN.evolve(obstacle="the domain is offline; bring it online first"), {}),
        (CDN.evolve(https=False, cert_identifier="", cert_not_after=None), {}),
        (CDN, {"products": (P.OSS, P.DCDN)}),
    ],
    ids=["offline", "without HTTPS", "out of scope, so that its row may be of long ago"],
)
def test_a_domain_that_is_not_known_to_serve_is_in_front_of_nothing(
    tmp_path: Path, cdn: CloudResource, policy: dict[str, Any]
) -> None:
    world = a_world_behind(tmp_path, cdn, **policy)

    assert decided(automatic(world))[0] is Action.DEPLOY


def test_a_dcdn_domain_is_in_front_as_well(tmp_path: Path) -> None:
    world = a_world_behind(tmp_path, CDN.evolve(product=P.DCDN), products=(P.OSS, P.DCDN))

    assert decided(automatic(world))[1] == "fronted"


def test_it_needs_no_hand_while_it_waits_for_its_last_days(tmp_path: Path) -> None:
    world = a_world_behind(tmp_path, days=14, products=(P.OSS, P.CDN))
    found = {one.code: one for one in overview(world).concerns}

    assert a_bucket(14).slot in " ".join(found["replaced"].examples)
    assert "ending" not in found
    assert found["late"].count == 2, "the CDN domain and the other bucket"
