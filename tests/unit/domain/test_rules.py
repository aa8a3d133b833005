"""Listeners whose certificates another product sets: which routing rule is over which listener."""

from typing import Any

import pytest

from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.rules import Rules
from tests.builders import a_listener_slot


def a_rule(**changes: Any) -> CloudResource:
    """A routing rule of SAE on the listener of `a_listener_slot`."""
    own = {"product": CloudProduct.SAE, "resource_id": "7", "listener_id": "7", "instance_name": "web"}
    return a_listener_slot(**{**own, **changes})


@pytest.mark.parametrize("product", [CloudProduct.ALB, CloudProduct.SLB])
def test_a_listener_that_sae_sets_is_left_to_its_routing_rule(product: CloudProduct) -> None:
    slot = Rules([a_rule(port=444), a_rule()]).put_on(a_listener_slot(product=product))
    told = "SAE sets this listener's certificates; deploy to its routing rule web instead"
    assert slot.obstacle == told


def test_only_alb_and_clb_have_listeners_that_sae_sets() -> None:
    under = {
        product.value
        for product in CloudProduct
        if Rules([a_rule()]).over(a_listener_slot(product=product)) is not None
    }
    assert under == {"ALB", "SLB"}


def test_the_rule_over_a_listener_is_the_first_that_is_on_it() -> None:
    first, second = a_rule(resource_id="7"), a_rule(resource_id="8")
    assert Rules([a_rule(port=444), first, second]).over(a_listener_slot()) is first
    assert Rules([]).over(a_listener_slot()) is None


def test_a_rule_without_a_name_is_told_by_its_id() -> None:
    slot = Rules([a_rule(instance_name="")]).put_on(a_listener_slot())
    assert slot.obstacle.endswith("deploy to its routing rule 7 instead")
    assert slot == a_listener_slot(obstacle=slot.obstacle)


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(port=444),
        a_rule(region="cn-beijing"),
        a_rule(instance_id="alb-2"),
        a_rule(product=CloudProduct.NLB),
    ],
)
def test_a_rule_elsewhere_says_nothing_of_a_listener(rule: CloudResource) -> None:
    assert Rules([rule]).put_on(a_listener_slot()) == a_listener_slot()


def test_slots_without_a_load_balancer_are_under_no_rule() -> None:
    unknown = a_listener_slot(instance_id="")
    assert Rules([a_rule(instance_id="")]).put_on(unknown) == unknown
    assert Rules([a_rule()]).put_on(a_rule()) == a_rule()


def test_each_port_of_a_load_balancer_is_under_its_own_rule() -> None:
    beside = a_listener_slot(port=444)
    assert Rules([a_rule()]).over(beside) is None
    assert Rules([a_rule(), a_rule(port=444)]).over(beside) == a_rule(port=444)
