"""Plans: which slots a certificate's names lead to, which of several certificates each gets, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.matching import Action
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import CloudProduct, CloudResource
from shared.products import supported_products
from shared.services.discovered import Discovered
from shared.services.plan import candidates, plan
from shared.services.preview import preview
from shared.state.sqlite import SqliteStore
from shared.state.store import Key, Row
from shared.state.tables import RESOURCES, Table
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource
from tests.worlds import POLICY, a_world

OLD = a_certificate(1, not_after=NOW + timedelta(days=10))


def a_cert(cert_id: int, *names: str, days: float = 50, **changes: Any) -> Certificate:
    return a_certificate(cert_id, names=names, not_after=NOW + timedelta(days=days), **changes)


def found(folder: Path, *names: str) -> list[str]:
    """The domains of the slots that a certificate with these names may be meant for."""
    domains = (
        *("example.com", "www.example.com", "*.example.com", "a.b.example.com", "b.example.com"),
        *("example.org", "www.example.org"),
    )
    world = a_world(folder, slots=[a_resource(domain) for domain in domains])
    return sorted(one.domains[0] for one in candidates(world, [a_cert(7, *names)]))


def test_a_name_leads_to_the_slot_of_that_name_and_a_wildcard_to_all_right_below(tmp_path: Path) -> None:
    assert found(tmp_path / "a", "www.example.com") == ["www.example.com"]
    assert found(tmp_path / "b", "*.example.com") == ["*.example.com", "b.example.com", "www.example.com"]
    assert found(tmp_path / "c", "example.com") == ["example.com"]
    assert found(tmp_path / "d", "*.b.example.com", "example.org") == ["a.b.example.com", "example.org"]
    assert found(tmp_path / "e", "example.net") == []


def test_a_slot_that_several_names_lead_to_is_a_candidate_once(tmp_path: Path) -> None:
    slot = a_listener_slot(domains=("a.example.com", "b.example.com", "c.example.org"))
    world = a_world(tmp_path, slots=[slot])
    certificates = [a_cert(7, "a.example.com", "*.example.com"), a_cert(8, "c.example.org")]

    assert candidates(world, certificates) == [slot]
    assert candidates(world, []) == []


@pytest.mark.parametrize("product", supported_products())
def test_a_slot_of_a_product_out_of_scope_is_left_alone_with_the_setting_that_says_so(
    tmp_path: Path, product: CloudProduct
) -> None:
    only = CloudProduct.LIVE if product is not CloudProduct.LIVE else CloudProduct.CDN
    new = a_cert(7, "*.example.com")
    slots = [a_resource(product=product), a_resource(product=only)]
    policy = replace(POLICY, products=(only,))
    world = a_world(tmp_path, certificates=[OLD, new], slots=slots, policy=policy)

    made = plan(world, [new], candidates(world, [new]))

    assert [entry.resource for entry in made.deployments] == [slots[1]]
    (left,) = made.left_alone
    assert left.reason.startswith(f"outside the scope: CERTDEPLOY_PRODUCTS does not include {product.value}")


def test_a_slot_that_is_out_of_scope_is_told_so_before_what_else_stands_against_it(tmp_path: Path) -> None:
    new = a_cert(7, "*.example.com")
    slot = a_listener_slot(region="cn-beijing", domains=("www.example.com",), obstacle="set in the console")
    world = a_world(
        tmp_path, certificates=[OLD, new], slots=[slot], policy=replace(POLICY, regions=("cn-hangzhou",))
    )

    (left,) = plan(world, [new], [slot]).left_alone

    assert left.reason == "outside the scope: CERTDEPLOY_REGIONS (cn-hangzhou) does not include cn-beijing"


def test_a_plan_is_in_the_order_of_the_slots_and_tells_each_with_its_reason(tmp_path: Path) -> None:
    new = a_cert(7, "*.example.com")
    slots = [
        a_resource("c.example.com"),
        a_resource("a.example.com", https=False, cert_identifier="", cert_not_after=None),
        a_resource("b.example.org"),
    ]

    made = plan(a_world(tmp_path, certificates=[OLD, new]), [new], slots)

    told = [(e.resource.resource_id, e.cert_identifier, e.action) for e in made.entries]
    assert told == [
        ("a.example.com", "7-cn-hangzhou", Action.LEAVE),
        ("b.example.org", "7-cn-hangzhou", Action.LEAVE),
        ("c.example.com", "7-cn-hangzhou", Action.DEPLOY),
    ]
    reasons = [entry.reason for entry in made.entries]
    assert reasons[0].startswith("HTTPS is off")
    assert reasons[1:] == ["not covered: b.example.org", "its names are covered"]


def test_https_is_switched_on_only_where_it_was_asked_for(tmp_path: Path) -> None:
    new = a_cert(7, "*.example.com")
    off = a_resource(https=False, cert_identifier="", cert_not_after=None)
    world = a_world(tmp_path, certificates=[new], slots=[off])

    def previewed(**more: Any) -> Action:
        (entry,) = preview(world, PreviewDeploymentJob(cert_ids=(7,), **more)).entries
        return entry.action

    assert previewed() is Action.LEAVE
    assert previewed(first_deployment=True) is Action.DEPLOY
    assert previewed(first_deployment=True, resource_ids=(off.slot,)) is Action.DEPLOY


def test_a_slot_gets_the_certificate_that_is_valid_longest_of_those_that_may_go_there(
    tmp_path: Path,
) -> None:
    wild, exact = a_cert(7, "*.example.com", days=50), a_cert(8, "a.example.com", days=90)
    ended = a_cert(9, "*.example.com", days=-1)
    slots = [a_resource("a.example.com"), a_resource("b.example.com"), a_resource("c.example.org")]

    made = plan(a_world(tmp_path, certificates=[OLD]), [wild, ended, exact], slots)

    got = {e.resource.resource_id: (e.cert_identifier, e.action) for e in made.entries}
    assert got["a.example.com"] == ("8-cn-hangzhou", Action.DEPLOY)
    assert got["b.example.com"] == ("7-cn-hangzhou", Action.DEPLOY)
    assert got["c.example.org"][1] is Action.LEAVE


def test_a_slot_that_is_left_alone_is_told_about_the_certificate_that_covers_it(tmp_path: Path) -> None:
    """Not that another one does not."""
    wild, other = a_cert(7, "*.example.com", days=50), a_cert(8, "example.org", days=90)
    two = a_listener_slot(domains=("a.example.com", "b.example.com"), obstacle="it is stopped")
    half = a_listener_slot("lsn-2", domains=("a.example.com", "example.org"))

    made = plan(a_world(tmp_path), [wild, other], [two, half])

    told = {e.resource.listener_id: (e.cert_identifier, e.reason) for e in made.entries}
    assert told["lsn-1"] == ("7-cn-hangzhou", "it is stopped")
    assert told["lsn-2"] == ("8-cn-hangzhou", "not covered: a.example.com"), "the one valid longest"


def test_certificates_of_which_none_can_be_deployed_make_an_empty_plan(tmp_path: Path) -> None:
    made = plan(a_world(tmp_path), [a_cert(7, "*.example.com", days=-1)], [a_resource()])

    assert (made.entries, made.cert_type, made.quota) == ((), "", 0)


def test_a_batch_leaves_out_the_slots_that_take_none(tmp_path: Path) -> None:
    """A job with several certificates is one; what comes by itself is not."""
    one, two = a_cert(7, "*.example.com"), a_cert(8, "example.org")
    slot = a_resource(batch_obstacle="name it alone")
    world = a_world(tmp_path, certificates=[OLD])

    def entry(*certificates: Certificate, automatic: bool = False) -> tuple[Action, str]:
        (made,) = plan(world, list(certificates), [slot], automatic=automatic).entries
        return made.action, made.reason

    assert entry(one, two) == (Action.LEAVE, "name it alone")
    assert entry(one)[0] is Action.DEPLOY
    assert entry(one, two, automatic=True)[0] is Action.DEPLOY


def test_only_a_plan_that_nobody_looks_at_asks_for_a_renewal_in_the_narrow_sense(tmp_path: Path) -> None:
    new = a_cert(7, "*.example.com", days=5)
    slots = [a_resource(), a_resource("b.example.com", cert_identifier="sha256:ab")]
    world = a_world(tmp_path, certificates=[OLD])

    by_hand = plan(world, [new], slots)
    by_itself = plan(world, [new], slots, automatic=True)

    assert {entry.action for entry in by_hand.entries} == {Action.DEPLOY}
    assert [entry.reason for entry in by_itself.entries] == [
        "CAS does not hold the certificate in place, to put it back; create a job by hand",
        f"the certificate in place is valid longer, until {OLD.not_after:%Y-%m-%d}",
    ]


def test_a_certificate_that_covers_a_slot_and_may_not_go_there_leaves_it_to_one_that_may(
    tmp_path: Path,
) -> None:
    ecc, rsa = a_cert(7, "*.example.com", days=90, algorithm="ECC"), a_cert(8, "*.example.com", days=50)

    (entry,) = plan(a_world(tmp_path, certificates=[OLD]), [ecc, rsa], [a_resource()], automatic=True).entries

    assert (entry.cert_identifier, entry.action) == ("8-cn-hangzhou", Action.DEPLOY)


class Reading(SqliteStore):
    """Counts the ranges of slots that are read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.ranges: Counter[Key] = Counter()

    def range(
        self, table: Table, prefix: Key, *, below: Key | None = None, after: Key | None = None
    ) -> Iterator[Row]:
        if table is RESOURCES:
            self.ranges[prefix] += 1
        return super().range(table, prefix, below=below, after=after)


def a_rule(region: str, rule: str) -> CloudResource:
    return a_resource(
        product=CloudProduct.SAE, region=region, resource_id=rule, instance_id="alb-1", port=443
    )


def test_rules_of_a_region_are_read_once_however_many_listeners_ask(tmp_path: Path) -> None:
    store = Reading(tmp_path / "state.db")
    here, far = a_rule("cn-hangzhou", "rule-1"), a_rule("cn-beijing", "rule-2")
    discovered = Discovered(a_world(store, slots=[here, far]), list)

    for _ in range(3):
        assert discovered.of(CloudProduct.SAE, "cn-hangzhou") == [here]
        assert discovered.of(CloudProduct.SAE, "cn-beijing") == [far]
        assert discovered.of(CloudProduct.ALB, "cn-hangzhou") == []

    assert set(store.ranges.values()) == {1}
    assert len(store.ranges) == 3
