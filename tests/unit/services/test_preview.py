"""Which slots a job is for, as somebody asks for it: by product, region, name, and what is excepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import CloudProduct
from shared.errors import InvalidRequestError
from shared.services.preview import preview
from shared.services.world import World
from shared.validation.requests import parse
from tests.builders import a_certificate, a_listener_slot, a_resource
from tests.worlds import a_world

WWW, IMG, FAR, NEAR = (
    "CDN/-/www.example.com",
    "CDN/-/img.example.com",
    "OSS/-/far/b.example.com",
    "ALB/cn-hangzhou/lsn-1/default",
)
SLOTS = [
    a_resource("www.example.com"),
    a_resource("img.example.com"),
    a_resource(
        "b.example.com",
        product=CloudProduct.OSS,
        resource_id="far/b.example.com",
        instance_id="far",
        location="cn-beijing",
    ),
    a_listener_slot(domains=("shop.example.com",)),
    a_resource("www.example.org"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path, certificates=[a_certificate(1), a_certificate(7)], slots=SLOTS)


def chosen(world: World, **asked: Any) -> set[str]:
    plan = preview(world, parse(PreviewDeploymentJob, {"CertIds": [7], **asked}))
    return {entry.resource.slot for entry in plan.deployments}


@pytest.mark.parametrize(
    ("asked", "slots"),
    [
        ({}, {WWW, IMG, FAR, NEAR}),
        ({"Products": ["CDN"]}, {WWW, IMG}),
        ({"Products": ["CDN", "ALB"]}, {WWW, IMG, NEAR}),
        ({"Regions": ["cn-beijing"]}, {FAR}),
        ({"Regions": ["-"]}, {WWW, IMG, FAR}),
        ({"Domains": ["*.EXAMPLE.com"]}, {WWW, IMG, FAR, NEAR}),
        ({"Domains": ["w?w.*", "shop.*"]}, {WWW, NEAR}),
        ({"Products": ["CDN"], "Domains": ["www.*", "shop.*"]}, {WWW}),
        ({"Except": {"Products": ["CDN"]}}, {FAR, NEAR}),
        ({"Except": {"Slots": [WWW], "Domains": ["shop.*"]}}, {IMG, FAR}),
        ({"Products": ["CDN"], "Except": {"Domains": ["img.*"]}}, {WWW}),
        ({"ResourceIds": [WWW, FAR], "Regions": ["-"]}, {WWW, FAR}),
    ],
)
def test_everything_that_is_given_has_to_fit_and_of_several_values_one(
    world: World, asked: dict[str, Any], slots: set[str]
) -> None:
    assert chosen(world, **asked) == slots


def test_what_is_excepted_is_left_alone_and_said_so(world: World) -> None:
    request = parse(PreviewDeploymentJob, {"CertIds": [7], "Except": {"Slots": [WWW], "Regions": ["-"]}})

    left = {entry.resource.slot: (entry.rule, entry.reason) for entry in preview(world, request).left_alone}

    assert left == dict.fromkeys((WWW, IMG, FAR), ("except", "left out, as asked"))


def test_what_is_excepted_and_left_alone_anyhow_keeps_its_reason(world: World) -> None:
    named = {"CertIds": [7], "ResourceIds": [WWW, "CDN/-/www.example.org"], "Except": {"Domains": ["*.org"]}}

    (left,) = preview(world, parse(PreviewDeploymentJob, named)).left_alone

    assert (left.resource.slot, left.rule == "except") == ("CDN/-/www.example.org", False)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"Products": ["CDN", "WAF"]}, "Products: WAF: no slot with a name that a certificate covers"),
        ({"Domains": ["wwww.*"]}, r"Domains: wwww.\*: no slot with a name"),
        ({"Regions": ["cn-shanghai"]}, "Regions: cn-shanghai: no slot with a name"),
        ({"Regions": ["cn-hangzou"]}, "Regions: .*cn-hangzhou"),
        ({"Except": {"Domains": ["wwww.*"]}}, r"Except: wwww.\*: no slot that discovery has found"),
        ({"ResourceIds": [WWW, FAR], "Products": ["CDN"]}, f"ResourceIds: {FAR}: not of the products"),
        ({"ResourceIds": [WWW], "Products": ["OSS"]}, "Products: OSS: no slot that is named"),
        (
            {"Products": ["CDN"], "Regions": ["cn-beijing"]},
            "nothing to deploy: Products, Regions: no slot with a name that a certificate covers fits all",
        ),
    ],
)
def test_what_fits_nothing_is_an_error_that_names_it(world: World, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        chosen(world, **asked)


def test_what_is_excepted_may_be_elsewhere_among_the_known_slots(world: World) -> None:
    """Who always spares one domain is not to be refused where the certificate is not for it."""
    assert chosen(world, Except={"Domains": ["*.example.org"]}) == {WWW, IMG, FAR, NEAR}
