"""A plan's digest: the same for the same writes, and another for any other."""

import re

import pytest

from shared.domain.matching import Action
from shared.domain.plans import PlanEntry
from shared.domain.resources import CloudProduct
from shared.domain.waves import Waves
from tests.builders import a_listener_slot, a_plan, a_plan_entry, a_resource

FIRST = a_plan_entry(a_resource("a.example.com"))
SECOND = a_plan_entry(a_listener_slot())
LEFT = a_plan_entry(a_resource("c.example.com"), action=Action.LEAVE, reason="not covered")
PLAN = a_plan(FIRST, SECOND, LEFT)
ROLL_OUTS = {
    "a canary": Waves(canaries=("one",)),
    "two": Waves(canaries=("one", "10%")),
    "a pause": Waves(canaries=("one",), pause_minutes=30),
    "an approval": Waves(canaries=("one",), approval=True),
    "a part may fail": Waves(canaries=("one",), halt_at_percent=10),
}


def test_the_order_of_discovery_does_not_matter() -> None:
    assert a_plan(LEFT, SECOND, FIRST).digest == PLAN.digest


def test_what_is_left_alone_and_the_wording_do_not_matter() -> None:
    reworded = FIRST.evolve(reason="another sentence")
    assert a_plan(reworded, SECOND).digest == PLAN.digest


@pytest.mark.parametrize(
    "changed",
    [
        a_plan_entry(a_resource("a.example.com", cert_identifier="2-cn-hangzhou")),
        a_plan_entry(a_resource("a.example.com"), cert_identifier="8-cn-hangzhou"),
        a_plan_entry(a_resource("b.example.com")),
        a_plan_entry(a_resource("a.example.com", product=CloudProduct.OSS)),
        a_plan_entry(a_resource("a.example.com", region="cn-beijing")),
        a_plan_entry(a_resource("a.example.com"), action=Action.LEAVE),
    ],
    ids=["certificate in place", "certificate to come", "slot", "product", "region", "left alone"],
)
def test_another_write_is_another_digest(changed: PlanEntry) -> None:
    assert a_plan(changed, SECOND, LEFT).digest != PLAN.digest


@pytest.mark.parametrize("changed", ROLL_OUTS)
def test_another_roll_out_is_another_digest(changed: str) -> None:
    others = [None, *(waves for name, waves in ROLL_OUTS.items() if name != changed)]
    digests = {PLAN.evolve(waves=one).digest for one in others}
    assert PLAN.evolve(waves=ROLL_OUTS[changed]).digest not in digests


def test_what_is_done_at_once_has_the_digest_that_earlier_versions_gave_it() -> None:
    assert PLAN.digest == "9787d7d1ff442be2"


def test_a_digest_is_short_enough_to_type() -> None:
    assert re.fullmatch("[0-9a-f]{16}", PLAN.digest)


def test_one_write_more_or_less_is_another_digest() -> None:
    assert len({PLAN.digest, a_plan(FIRST).digest, a_plan(LEFT).digest}) == 3


def test_a_digest_survives_the_journey_as_json() -> None:
    for plan in (PLAN, *(PLAN.evolve(waves=waves) for waves in ROLL_OUTS.values())):
        wire = plan.model_dump(mode="json", by_alias=True)
        assert type(PLAN).model_validate(wire).digest == plan.digest


def test_writes_are_counted_per_product() -> None:
    assert PLAN.products == {CloudProduct.CDN: 1, CloudProduct.ALB: 1}
    assert PLAN.deployments == (FIRST, SECOND)
    assert PLAN.left_alone == (LEFT,)
