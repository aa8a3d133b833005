"""The forms of slots: what is written otherwise into any of the fields is no slot."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.regions import KNOWN, Regions
from shared.domain.resources import CloudProduct, CloudResource
from shared.products import is_regional, names_told_by, supported_products, why_no_slot
from shared.products.kit.forms import Names
from tests.slots import SLOTS

P = CloudProduct
HOSTILE = (
    *("evil.example/?x=", "x@evil.example/", "../x", "a/../b", "..", "a b", "a\nb", "a\x00b", "a%2fb", "a#b"),
    *("a\\b", "//evil.example", "http://evil.example", "a?b", "\ud800", "\u202e", "a" * 5000, "{region}"),
)
FIELDS = ("region", "location", "kind", "resource_id", "instance_id", "listener_id")
AMAZON = Regions(("eu-west-1", "us-east-1"))


def why(product: CloudProduct, **fields: object) -> str:
    known = AMAZON if product is P.AWS else KNOWN
    return why_no_slot(CloudResource.model_construct(**{**EMPTY, "product": product, **fields}), known)


EMPTY = {name: field.default for name, field in CloudResource.model_fields.items() if not field.is_required()}


@pytest.mark.parametrize(("product", "slot"), SLOTS, ids=lambda value: getattr(value, "value", ""))
def test_a_slot_is_one_and_whatever_else_is_in_one_of_its_fields_makes_it_none(
    product: CloudProduct, slot: dict[str, Any]
) -> None:
    assert why(product, **slot) == ""
    for name in FIELDS:
        for text in HOSTILE:
            told = why(product, **{**slot, name: text})
            assert told.startswith(f"not a slot of {product.value}: "), (name, text)
            assert len(told) < 300
            assert told.isprintable()
            told.encode()


@pytest.mark.parametrize(("product", "slot"), SLOTS, ids=lambda value: getattr(value, "value", ""))
def test_a_region_is_where_the_product_has_one_and_nowhere_else(
    product: CloudProduct, slot: dict[str, Any]
) -> None:
    regional = "region" in slot
    assert is_regional(product) is regional
    assert why(product, **{**slot, "region": "" if regional else "cn-hangzhou"})
    assert why(product, **{**slot, "location": "" if "location" in slot else "cn-hangzhou"})


@pytest.mark.parametrize(
    "endpoint", ["a", "a:", ":443", "a:0", "a:65536", "a/b:443", "x@a:443", "[::1", "a:٤"]
)
def test_an_endpoint_is_a_host_with_a_port(endpoint: str) -> None:
    slot = dict(SLOTS[6][1])
    assert f"endpoint {endpoint!a} is no host with a port" in why(P.CDN, **slot, endpoint=endpoint)
    assert why(P.CDN, **slot, endpoint="www.example.com.w.kunlunsl.com:443") == ""
    assert why(P.CDN, **slot, endpoint="[2001:db8::1]:443") == ""
    assert why(P.CDN, **slot, server_names=("a/b",)).endswith("server name 'a/b' is no name")


@pytest.mark.parametrize(("product", "slot"), SLOTS, ids=lambda value: getattr(value, "value", ""))
def test_a_slot_with_a_name_in_its_id_is_of_no_other_and_its_kind_says_whether_it_has_one_of_its_own(
    product: CloudProduct, slot: dict[str, Any]
) -> None:
    by_id = names_told_by(CloudResource(product=product, **slot)) is Names.ID
    for names in ((), ("pay.example.net",), (*slot["domains"], "pay.example.net")):
        assert bool(why(product, **{**slot, "domains": names})) is by_id, names
    assert why(product, **{**slot, "domains_of_certificate": "domains_of_certificate" not in slot})


def test_the_name_in_an_id_is_told() -> None:
    slot = {**SLOTS[8][1], "domains": ("www.example.com",)}
    assert why(P.LIVE, **slot) == ""
    told = why(P.LIVE, **{**slot, "domains": ("pay.example.net",)})
    assert told == "not a slot of LIVE: it is of 'www.example.com', not of 'pay.example.net'"


def test_an_arn_is_of_the_slot_s_own_region() -> None:
    slot = next(fields for product, fields in SLOTS if fields.get("kind") == "acm")
    assert "resource id 'arn:aws:acm:eu-west-1:" in why(P.AWS, **{**slot, "region": "us-east-1"})


def test_each_product_says_the_forms_of_its_slots() -> None:
    assert {product for product, _ in SLOTS} == set(supported_products())
