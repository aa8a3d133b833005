"""Buckets behind CDN: which domain in service has the name of a bucket's domain, and what follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.fronts import Fronts
from shared.domain.replacing import Verdict
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import NOW, a_resource
from tests.unit.domain.exchanges import NEW, OLD, ending, held

FRONT = "CDN/-/www.example.com"
WHY = f"a CDN domain of the same name is in service in front of it ({FRONT})"


def a_bucket(domain: str = "www.example.com", **changes: Any) -> CloudResource:
    own = {"product": CloudProduct.OSS, "resource_id": f"assets/{domain}", "domains": (domain,)}
    return a_resource(**{**own, **changes})


@pytest.mark.parametrize("product", [CloudProduct.CDN, CloudProduct.DCDN])
def test_a_domain_in_service_is_in_front_of_the_bucket_of_its_name(product: CloudProduct) -> None:
    fronts = Fronts([a_resource("api.example.com"), a_resource(product=product)])

    assert fronts.before(a_bucket()) == f"{product.value}/-/www.example.com"
    assert fronts.before(a_bucket("www.example.org")) == ""


@pytest.mark.parametrize(
    "cdn",
    [
        a_resource(obstacle="the domain is offline; bring it online first"),
        a_resource(https=False, cert_identifier="", cert_not_after=None),
        a_resource(cert_identifier=""),
        a_resource("*.example.com"),
        a_resource("example.com"),
    ],
    ids=["offline", "HTTPS is off", "no certificate", "a wildcard", "another name"],
)
def test_a_domain_that_is_out_of_service_or_has_another_name_is_in_front_of_nothing(
    cdn: CloudResource,
) -> None:
    assert Fronts([cdn]).before(a_bucket()) == ""


def test_names_are_the_same_however_they_are_written() -> None:
    fronts = Fronts([a_resource(".Example.com"), a_resource("bücher.example")])

    assert fronts.before(a_bucket("*.example.com")) == "CDN/-/.Example.com"
    assert fronts.before(a_bucket("xn--bcher-kva.example")) == "CDN/-/bücher.example"


@pytest.mark.parametrize(("days", "allowed"), [(7.1, False), (7, True), (-1, True)])
def test_the_rule_fronted_gives_way_in_the_last_days_and_says_so(days: float, allowed: bool) -> None:
    """Who says that clients still meet the CDN domain?"""
    slot = a_bucket(fronted_by=FRONT, cert_not_after=NOW + timedelta(days=days))
    end = f"{NOW + timedelta(days=days):%Y-%m-%d}"
    tense = "ended" if days < 0 else "ends"

    verdict = held(NEW, ending(days), slot)

    assert verdict == (
        Verdict(
            True, "", f"what is in place {tense} on {end}, so it is replaced although {WHY}", ("fronted",)
        )
        if allowed
        else Verdict(False, "fronted", f"{WHY}; a job by hand takes it if it names the slot")
    )


def test_what_else_is_against_it_is_told_first() -> None:
    assert held(NEW.evolve(algorithm="ECC"), OLD, a_bucket(fronted_by=FRONT)).rule == "key"
