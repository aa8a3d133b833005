"""The scope: which slots the owner's settings let us write to, and which setting says no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.scope import Scope
from tests.builders import a_listener_slot, a_resource

P = CloudProduct
SCOPE = Scope(products=(P.ALB, P.CDN, P.OSS, P.AWS), regions=("cn-hangzhou",), aws_regions=("us-east-1",))
BUCKET = a_resource(product=P.OSS, location="cn-hangzhou")
AMAZON = a_listener_slot(product=P.AWS, region="us-east-1")


@pytest.mark.parametrize(
    "slot",
    [a_listener_slot(), BUCKET, AMAZON, a_resource()],
    ids=["of a region", "of a bucket's region", "of another cloud's region", "of no region"],
)
def test_a_slot_of_the_products_and_regions_is_inside(slot: CloudResource) -> None:
    assert SCOPE.why_outside(slot) == ""


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        (a_resource(product=P.WAF), "CERTDEPLOY_PRODUCTS does not include WAF"),
        (
            a_listener_slot(region="cn-beijing"),
            "CERTDEPLOY_REGIONS (cn-hangzhou) does not include cn-beijing",
        ),
        (
            BUCKET.evolve(location="cn-beijing"),
            "CERTDEPLOY_REGIONS (cn-hangzhou) does not include cn-beijing",
        ),
        (
            AMAZON.evolve(region="eu-west-1"),
            "CERTDEPLOY_AWS_REGIONS (us-east-1) does not include eu-west-1",
        ),
        (
            AMAZON.evolve(region="cn-hangzhou"),
            "CERTDEPLOY_AWS_REGIONS (us-east-1) does not include cn-hangzhou",
        ),
    ],
)
def test_any_other_is_outside_by_the_setting_that_says_so(slot: CloudResource, why: str) -> None:
    assert SCOPE.why_outside(slot) == f"outside the scope: {why}"


def test_no_regions_means_all_of_them() -> None:
    assert replace(SCOPE, regions=()).why_outside(a_listener_slot(region="cn-beijing")) == ""


def test_another_cloud_may_be_outside_because_it_is_off() -> None:
    why = replace(SCOPE, products=(P.ALB,)).why_outside(AMAZON)

    assert why == "outside the scope: CERTDEPLOY_PRODUCTS does not include AWS, or CERTDEPLOY_AWS is off"
