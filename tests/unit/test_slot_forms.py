"""The forms of slots: what is written otherwise into any of the fields is no slot."""

from __future__ import annotations

import pytest

from shared.domain.regions import KNOWN, Regions
from shared.domain.resources import CloudProduct, CloudResource
from shared.products import is_regional, supported_products, why_no_slot

P = CloudProduct
C = "c0123456789abcdef0123456789abcdef"
ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
ACM = "arn:aws:acm:eu-west-1:123456789012:certificate/0a-1b"
HERE = {"region": "cn-hangzhou"}
#: A slot of each kind: fields that are not empty.
SLOTS: tuple[tuple[CloudProduct, dict[str, str]], ...] = (
    (P.ACK, {**HERE, "kind": "secret", "resource_id": f"{C}/secret/web/tls", "instance_id": C}),
    (
        P.ACK,
        {
            **HERE,
            "kind": "albconfig",
            "resource_id": f"{C}/albconfig/front/443:HTTPS/default",
            "instance_id": C,
            "listener_id": f"{C}/albconfig/front/443:HTTPS",
        },
    ),
    (P.ALB, {**HERE, "resource_id": "lsn-1/default", "instance_id": "alb-1", "listener_id": "lsn-1"}),
    (P.NLB, {**HERE, "resource_id": "lsn-1@443/default", "instance_id": "nlb-1", "listener_id": "lsn-1@443"}),
    (P.SLB, {**HERE, "resource_id": "lb-1/443/default", "instance_id": "lb-1", "listener_id": "lb-1/443"}),
    (P.GA, {"resource_id": "lsr-1/default", "instance_id": "ga-1", "listener_id": "lsr-1"}),
    (P.CDN, {"resource_id": ".example.com", "instance_id": ".example.com"}),
    (P.DCDN, {"resource_id": "www.example.com", "instance_id": "www.example.com"}),
    (P.LIVE, {"resource_id": "www.example.com", "instance_id": "www.example.com"}),
    (P.VOD, {"resource_id": "www.example.com", "instance_id": "www.example.com"}),
    (P.DDOS, {**HERE, "resource_id": "*.example.com", "instance_id": "*.example.com"}),
    (P.ESA, {"kind": "site", "resource_id": "12/6d1b", "instance_id": "12", "listener_id": "6d1b"}),
    (P.ESA, {"kind": "hostname", "resource_id": "34", "instance_id": "12"}),
    (P.FC, {**HERE, "kind": "3.0", "resource_id": "www.example.com"}),
    (P.FC, {**HERE, "kind": "2.0", "resource_id": "www.example.com"}),
    (P.MSE, {**HERE, "resource_id": "gw-1/*", "instance_id": "gw-1"}),
    (P.OSS, {"location": "cn-hangzhou", "resource_id": "one/img.example.com", "instance_id": "one"}),
    (P.PAI, {**HERE, "resource_id": "gw-1/a.example.com/internet", "instance_id": "gw-1"}),
    (P.API_GATEWAY, {**HERE, "kind": "classic", "resource_id": "0a1b2c3d/a.com", "instance_id": "0a1b2c3d"}),
    (P.API_GATEWAY, {**HERE, "kind": "cloud-native", "resource_id": "d-1", "instance_id": "d-1"}),
    (P.SAE, {**HERE, "kind": "alb", "resource_id": "7/1-cn-hangzhou", "instance_id": "", "listener_id": "7"}),
    (P.SAE, {**HERE, "kind": "clb", "resource_id": "7", "instance_id": "lb-1", "listener_id": "7"}),
    (P.WAF, {**HERE, "kind": "domain", "resource_id": "www.example.com", "instance_id": "waf_v2-1"}),
    (P.WAF, {**HERE, "kind": "default", "resource_id": "default-https", "instance_id": "waf_v2-1"}),
    (
        P.WAF,
        {
            **HERE,
            "kind": "port",
            "resource_id": "lb-1-443-clb4/default",
            "instance_id": "w",
            "listener_id": "lb",
        },
    ),
    (P.AWS, {"region": "eu-west-1", "kind": "acm", "resource_id": ACM, "instance_id": ACM}),
    (
        P.AWS,
        {
            "region": "eu-west-1",
            "kind": "listener",
            "resource_id": f"{ELB}:listener/app/a/1/2/{ACM}",
            "instance_id": f"{ELB}:loadbalancer/app/a/1",
            "listener_id": f"{ELB}:listener/app/a/1/2",
        },
    ),
    (P.AWS, {"region": "us-east-1", "kind": "distribution", "resource_id": "E1ABC"}),
)
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
    product: CloudProduct, slot: dict[str, str]
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
    product: CloudProduct, slot: dict[str, str]
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


def test_an_arn_is_of_the_slot_s_own_region() -> None:
    slot = next(fields for product, fields in SLOTS if fields.get("kind") == "acm")
    assert "resource id 'arn:aws:acm:eu-west-1:" in why(P.AWS, **{**slot, "region": "us-east-1"})


def test_each_product_says_the_forms_of_its_slots() -> None:
    assert {product for product, _ in SLOTS} == set(supported_products())
