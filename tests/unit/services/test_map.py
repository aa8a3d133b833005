"""The map, both ways: what covers each slot best; where a certificate is, and where it could go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.matching import Action
from shared.domain.resources import CloudProduct, CloudResource, SyncState, SyncStatus
from shared.errors import NotFoundError
from shared.services.map import MappedSlot, find_certificate, known_certificates, map_certificate, map_slots
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource
from tests.worlds import POLICY, PRODUCTS, a_world

ABROAD = "ap-southeast-1"


def a_cert(cert_id: int, *names: str, days: float = 50, **changes: Any) -> Certificate:
    return a_certificate(cert_id, names=names, not_after=NOW + timedelta(days=days), **changes)


def mapped(folder: Path, slot: CloudResource, *certificates: Certificate) -> MappedSlot:
    (found,) = map_slots(a_world(folder, certificates=certificates, slots=[slot]), PRODUCTS)
    return found


def test_certificates_of_all_stores_are_listed_the_next_to_end_first_and_equal_ends_by_id(
    tmp_path: Path,
) -> None:
    ends = {9: 10, 8: 10, 4: 5, 7: 30}
    certificates = [a_cert(number, "a.example", days=days) for number, days in ends.items()]
    world = a_world(tmp_path, certificates=[*certificates, a_cert(5, "a.example", days=20, store=ABROAD)])

    assert [found.cert_id for found in known_certificates(world)] == [4, 8, 9, 5, 7]


def test_a_certificate_is_found_by_its_id_in_any_store_and_by_its_identifier(tmp_path: Path) -> None:
    both = (a_cert(7, "a.example"), a_cert(7, "b.example", store=ABROAD))
    world = a_world(tmp_path, certificates=[*both, a_cert(8, "c.example", store=ABROAD)])

    assert find_certificate(world, " 7 ").names == ("a.example",), "the first store goes first"
    assert find_certificate(world, f"7-{ABROAD}").names == ("b.example",)
    assert find_certificate(world, "8").names == ("c.example",)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("99", "`certdeploy scan` reads CAS anew"),
        ("99-cn-hangzhou", "`certdeploy scan` reads CAS anew"),
        ("shop", "an id is needed"),
    ],
)
def test_what_is_no_certificate_is_told_with_what_to_do(tmp_path: Path, text: str, hint: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        find_certificate(a_world(tmp_path, certificates=[a_cert(7, "a.example")]), text)

    assert str(refused.value) == f"Certificate {text} does not exist: {hint}"


def test_a_slot_is_shown_with_its_certificate_and_the_one_that_is_valid_longest(tmp_path: Path) -> None:
    old, longest = a_cert(1, "*.example.com", days=10), a_cert(2, "*.example.com", days=90)

    found = mapped(tmp_path, a_resource(), old, longest, a_cert(3, "www.example.com", days=50))

    assert (found.known_to_cas, found.cert_name) == (True, "cert-1")
    assert (found.best_cert_identifier, found.best_not_after) == (longest.identifier, longest.not_after)
    assert found.not_covered == ()
    assert found.slot == a_resource().slot


def test_the_kind_of_key_in_place_goes_before_a_later_end(tmp_path: Path) -> None:
    ecc = a_cert(1, "www.example.com", days=10, algorithm="ECC")
    others = (a_cert(2, "*.example.com", days=90), a_cert(3, "*.example.com", days=40, algorithm="ECC"))

    found = mapped(tmp_path, a_resource(), ecc, *others)

    assert found.best_cert_identifier == "3-cn-hangzhou"


def test_without_one_of_the_kind_in_place_another_kind_is_the_best(tmp_path: Path) -> None:
    expired = a_cert(1, "www.example.com", days=-1, algorithm="ECC")

    found = mapped(tmp_path, a_resource(), expired, a_cert(2, "*.example.com"))

    assert (found.cert_name, found.best_cert_identifier) == ("cert-1", "2-cn-hangzhou")


def test_a_certificate_that_cas_does_not_know_is_shown_as_such(tmp_path: Path) -> None:
    found = mapped(tmp_path, a_resource(cert_identifier="sha256:ab"), a_cert(2, "*.example.com"))

    assert (found.known_to_cas, found.cert_name) == (False, "")
    assert found.best_cert_identifier == ""
    assert found.kept_away is not None
    assert (found.kept_away.cert_identifier, found.kept_away.rule) == ("2-cn-hangzhou", "way-back")


@pytest.mark.parametrize(
    ("domains", "best", "not_covered"),
    [
        (("www.example.com", "example.com"), "2-cn-hangzhou", ()),
        (("*.example.com",), "2-cn-hangzhou", ()),
        (("www.example.com", "www.example.org"), "", ()),  # each by one, both by none
        (("example.org",), "", ("example.org",)),
        (("*.example.org",), "", ("*.example.org",)),
        (("a.b.example.com", "www.example.com"), "", ("a.b.example.com",)),
        ((), "", ()),
    ],
    ids=str,
)
def test_the_best_certificate_covers_every_name_and_names_that_none_covers_are_told(
    tmp_path: Path, domains: tuple[str, ...], best: str, not_covered: tuple[str, ...]
) -> None:
    certificates = (a_cert(2, "example.com", "*.example.com"), a_cert(3, "www.example.org", days=80))
    ended = a_cert(1, "example.net", days=-1)

    found = mapped(tmp_path, a_listener_slot(domains=domains), ended, *certificates)

    assert (found.best_cert_identifier, found.not_covered) == (best, not_covered)
    assert (found.best_not_after is None) == (best == "")


def test_the_slots_of_the_products_that_were_asked_for_are_shown_and_no_others(tmp_path: Path) -> None:
    slots = [a_resource(), a_listener_slot(), a_resource("f.example.com", product=CloudProduct.OSS)]
    world = a_world(tmp_path, slots=slots)

    found = map_slots(world, [CloudProduct.OSS, CloudProduct.CDN])

    assert [one.product for one in found] == [CloudProduct.OSS, CloudProduct.CDN]
    assert map_slots(world, []) == []


def test_a_certificate_is_shown_where_it_is_and_where_else_it_has_a_name(tmp_path: Path) -> None:
    ours, other = a_cert(7, "example.com", "*.example.com"), a_cert(1, "*.example.com")
    serving = [
        a_resource("b.example.com", cert_identifier=ours.identifier),
        a_resource("a.example.com", cert_identifier=ours.identifier),
        a_resource("f.example.com", product=CloudProduct.OSS, cert_identifier=ours.identifier),
        a_listener_slot(cert_identifier=ours.identifier, domains=("elsewhere.example.org",)),
    ]
    could = [a_resource("d.example.com"), a_resource("c.example.com", obstacle="it is offline")]
    slots = [*serving, *could, a_resource("www.example.org")]

    found = map_certificate(a_world(tmp_path, certificates=[ours, other], slots=slots), ours)

    assert (found.certificate, found.cert_identifier, found.why_not_deployable) == (
        ours,
        "7-cn-hangzhou",
        None,
    )
    assert [one.slot for one in found.serving] == sorted(one.slot for one in serving)
    told = [(e.resource.slot, e.cert_identifier, e.action, e.reason) for e in found.could_serve]
    assert told == [
        ("CDN/-/c.example.com", "7-cn-hangzhou", Action.LEAVE, "it is offline"),
        ("CDN/-/d.example.com", "7-cn-hangzhou", Action.DEPLOY, "its names are covered"),
    ]


def test_a_certificate_that_cannot_be_deployed_could_serve_nowhere_for_that_reason(tmp_path: Path) -> None:
    """What is in the way at the slot itself stays the reason there."""
    ended = a_cert(7, "*.example.com", days=-1)
    slots = [a_resource("d.example.com"), a_resource("c.example.com", obstacle="it is offline")]

    found = map_certificate(a_world(tmp_path, certificates=[ended], slots=slots), ended)

    told = [(entry.action, entry.reason) for entry in found.could_serve]
    assert found.why_not_deployable == f"it expired on {ended.not_after:%Y-%m-%d}; renew it first"
    assert told == [(Action.LEAVE, "it is offline"), (Action.LEAVE, found.why_not_deployable)]


def test_a_listener_under_another_product_s_rule_is_shown_with_the_rule_both_ways(tmp_path: Path) -> None:
    listener = a_listener_slot(domains=("www.example.com",))
    rule = a_resource(
        product=CloudProduct.SAE,
        region="cn-hangzhou",
        kind="alb",
        resource_id="7/1-cn-hangzhou",
        listener_id="7",
        instance_id="alb-1",
        instance_name="web",
        port=443,
        domains_of_certificate=True,
    )
    new = a_cert(7, "*.example.com")
    world = a_world(tmp_path, certificates=[new], slots=[listener, rule])
    instead = "SAE sets this listener's certificates; deploy to its routing rule web instead"

    slots = {one.product: one.obstacle for one in map_slots(world, PRODUCTS)}
    could = {e.resource.product: (e.action, e.reason) for e in map_certificate(world, new).could_serve}

    assert slots == {CloudProduct.ALB: instead, CloudProduct.SAE: ""}
    assert could[CloudProduct.ALB] == (Action.LEAVE, instead)
    assert could[CloudProduct.SAE][0] is Action.DEPLOY


@pytest.mark.parametrize(
    ("region", "state", "missed"),
    [
        ("cn-hangzhou", SyncState.FAILED, True),
        ("cn-hangzhou", SyncState.PARTIAL, True),
        ("", SyncState.FAILED, True),
        ("cn-hangzhou", SyncState.SYNCING, False),
        ("cn-beijing", SyncState.FAILED, False),
    ],
)
def test_a_slot_that_its_last_discovery_could_not_see_says_when_it_was_seen(
    tmp_path: Path, region: str, state: SyncState, missed: bool
) -> None:
    """Where the regions could not be listed (region ""), none of their slots was seen."""
    world = a_world(tmp_path, slots=[a_listener_slot(region="cn-hangzhou")])
    (record,) = world.resources.list(CloudProduct.ALB)
    later = record.seen_at + timedelta(hours=1)
    world.syncs.put(SyncStatus(product=CloudProduct.ALB, region=region, state=state, started_at=later))

    (found,) = map_slots(world, PRODUCTS)

    assert found.not_seen_since == (record.seen_at if missed else None)


def test_a_slot_that_its_last_discovery_saw_is_not_marked(tmp_path: Path) -> None:
    world = a_world(tmp_path, slots=[a_listener_slot(region="cn-hangzhou")])
    (record,) = world.resources.list(CloudProduct.ALB)
    at = record.seen_at
    partial = SyncStatus(
        product=CloudProduct.ALB, region="cn-hangzhou", state=SyncState.PARTIAL, started_at=at
    )
    world.syncs.put(partial)

    (found,) = map_slots(world, PRODUCTS)

    assert found.not_seen_since is None


def test_slots_out_of_scope_are_marked_with_the_setting_where_they_are_listed_and_shown(
    tmp_path: Path,
) -> None:
    new, old = a_cert(7, "*.example.com"), a_cert(1, "*.example.com", days=10)
    slots = [a_resource(), a_resource("api.example.com", cert_identifier=new.identifier)]
    policy = replace(POLICY, products=(CloudProduct.FC,))
    world = a_world(tmp_path, certificates=[new, old], slots=slots, policy=policy)

    found = map_certificate(world, new)

    why = "outside the scope: CERTDEPLOY_PRODUCTS does not include CDN"
    assert {slot.obstacle for slot in map_slots(world, [CloudProduct.CDN])} == {why}
    assert [(slot.resource_id, slot.obstacle) for slot in found.serving] == [("api.example.com", why)]
    assert [(entry.resource.resource_id, entry.reason) for entry in found.could_serve] == [
        ("www.example.com", why)
    ]


def test_a_certificate_is_shown_with_its_renewals_and_how_many_slots_serve_each(tmp_path: Path) -> None:
    """One of them serves where a name is that it is not for: that is found, too."""
    old, older, new, next_one = (a_cert(n, "*.example.com", days=n * 10) for n in (2, 1, 3, 4))
    slots = [
        a_resource("a.example.com", cert_identifier=old.identifier),
        a_listener_slot(cert_identifier=old.identifier, domains=("elsewhere.example.org",)),
        a_resource("b.example.com", cert_identifier=new.identifier),
        a_resource("c.example.com", cert_identifier=next_one.identifier),
    ]

    found = map_certificate(a_world(tmp_path, certificates=[old, older, new, next_one], slots=slots), new)

    line = found.renewals
    assert [(one.cert_identifier, one.not_after, one.serving) for one in line.before] == [
        (old.identifier, old.not_after, 2),
        (older.identifier, older.not_after, 0),
    ]
    assert [(one.cert_identifier, one.serving) for one in line.after] == [(next_one.identifier, 1)]
    assert [one.slot for one in found.serving] == ["CDN/-/b.example.com"]


def test_of_many_renewals_the_nearest_are_shown_and_those_that_still_serve(tmp_path: Path) -> None:
    certificates = [a_cert(n, "*.example.com", days=n) for n in range(1, 31)]
    slots = [a_resource(cert_identifier=certificates[3].identifier)]
    world = a_world(tmp_path, certificates=certificates, slots=slots)

    line = map_certificate(world, certificates[-1]).renewals

    assert [int(one.cert_identifier.partition("-")[0]) for one in line.before] == [*range(29, 9, -1), 4]
    assert (line.more_before, line.after, line.more_after) == (8, (), 0)
