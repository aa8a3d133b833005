"""Policies: which rules match a slot, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.policies import Mode, Pin, Policies
from shared.domain.policy_book import Effective, PolicyBook
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import a_certificate, a_listener_slot, a_resource

OLD = a_certificate(1, name="shop-2025")
NEW = a_certificate(7, name="shop-2026", issuer="C=US, O=Let's Encrypt, CN=R11")
SLOT = a_resource("www.example.com", cert_identifier=OLD.identifier)
LISTENER = a_listener_slot(region="cn-beijing", cert_identifier=OLD.identifier)

#: What a rule may match, a slot that it fits, and one that it does not fit.
MATCHES: list[tuple[dict[str, Any], CloudResource, CloudResource]] = [
    ({"slot": SLOT.slot}, SLOT, a_resource("img.example.com")),
    ({"certificate": "1"}, SLOT, SLOT.evolve(cert_identifier="2-cn-hangzhou")),
    ({"certificate": "1-cn-hangzhou"}, SLOT, SLOT.evolve(cert_identifier="2-cn-hangzhou")),
    ({"certificate": ("else", "shop-2025")}, SLOT, SLOT.evolve(cert_identifier="2-cn-hangzhou")),
    ({"domain": "www.example.com"}, SLOT, a_resource("img.example.com")),
    ({"domain": "*.example.com"}, SLOT, a_resource("a.b.example.com")),
    ({"domain": "WWW.Example.com."}, SLOT, a_resource("example.com")),
    ({"product": "cdn"}, SLOT, LISTENER),
    ({"product": ("ALB", "CDN")}, SLOT, a_resource(product=CloudProduct.WAF)),
    ({"region": "cn-beijing"}, LISTENER, LISTENER.evolve(region="cn-shanghai")),
    (
        {"region": "cn-beijing"},
        a_resource(product=CloudProduct.OSS, location="cn-beijing"),
        a_resource(product=CloudProduct.OSS, location="cn-shanghai"),
    ),
    ({"domain": "*.example.com", "product": "CDN"}, SLOT, SLOT.evolve(product=CloudProduct.DCDN)),
    ({"domain": "*.example.com", "product": "CDN"}, SLOT, a_resource("www.example.org")),
]
SETTINGS: list[tuple[dict[str, Any], str, Any]] = [
    ({"deploy": "off"}, "deploy", Mode.OFF),
    ({"deploy": "draft"}, "deploy", Mode.DRAFT),
    ({"pin": {"issuer": "R11"}}, "pin", Pin(issuer="R11")),
    ({"pin": {"certificate": "7"}}, "pin", Pin(certificate="7")),
    ({"accept_outage": True}, "accept_outage", True),
    ({"first_deployment": True}, "first_deployment", True),
]


def a_book(*rules: Mapping[str, Any], **defaults: Any) -> PolicyBook:
    return PolicyBook(Policies.model_validate({"defaults": defaults, "rules": list(rules)}))


def said(
    book: PolicyBook, slot: CloudResource = SLOT, present: Certificate | None = OLD, new: Certificate = NEW
) -> Effective:
    held = present if present and slot.cert_identifier == present.identifier else None
    (effective,) = book.for_(slot, held, [new])
    return effective


@pytest.mark.parametrize(("setting", "name", "value"), SETTINGS, ids=lambda one: str(one)[:30])
@pytest.mark.parametrize(("match", "fits", "other"), MATCHES, ids=lambda one: str(one)[:40])
def test_a_rule_sets_what_it_says_where_it_matches_and_nothing_elsewhere(
    match: dict[str, Any],
    fits: CloudResource,
    other: CloudResource,
    setting: dict[str, Any],
    name: str,
    value: Any,
) -> None:
    book = a_book({"match": match, **setting})

    assert getattr(said(book, fits), name) == value
    assert said(book, other) == Effective()


def test_later_rules_override_earlier_ones_key_by_key() -> None:
    book = a_book(
        {"match": {"product": "CDN"}, "deploy": "off", "accept_outage": True},
        {"match": {"domain": "*.example.com"}, "deploy": "draft", "name": "shop", "first_deployment": False},
        {"match": {"domain": "*.example.org"}, "deploy": "deploy"},
        deploy="off",
        pin={"issuer": "R11"},
        first_deployment=True,
    )

    assert said(book) == Effective(
        deploy=Mode.DRAFT,
        deploy_by="policy rule 2 (shop)",
        pin=Pin(issuer="R11"),
        pin_by="the default policy",
        accept_outage=True,
    )
    assert said(book, LISTENER.evolve(domains=())).deploy_by == "the default policy"
    assert said(book, LISTENER.evolve(domains=())).first_deployment


def test_a_rule_with_a_certificate_is_also_about_the_one_that_may_take_its_place() -> None:
    book = a_book({"match": {"certificate": "shop-2026", "product": "CDN"}, "deploy": "off"})

    assert said(book).deploy is Mode.OFF
    assert said(book, new=OLD).deploy is Mode.DEPLOY
    assert said(book, LISTENER).deploy is Mode.DEPLOY


def test_a_slot_is_named_as_a_person_reads_it_or_as_the_cloud_does() -> None:
    slot = a_resource("xn--bcher-kva.example.com")

    assert (
        said(a_book({"match": {"slot": "CDN/-/bücher.example.com"}, "deploy": "off"}), slot).deploy
        is Mode.OFF
    )
    assert said(a_book({"match": {"slot": slot.slot}, "deploy": "off"}), slot).deploy is Mode.OFF  # fmt: skip


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ({"certificate": "7"}, ""),
        ({"certificate": "7-cn-hangzhou"}, ""),
        ({"certificate": "shop-2026"}, ""),
        ({"certificate": "shop"}, "policy rule 1 pins the slot to the certificate shop"),
        ({"issuer": "let's encrypt"}, ""),
        ({"issuer": "R11"}, ""),
        ({"issuer": "R1"}, "policy rule 1 pins the slot to certificates of R1"),
        ({"issuer": "DigiCert"}, "policy rule 1 pins the slot to certificates of DigiCert"),
    ],
)
def test_a_pin_holds_off_every_other_certificate(pin: dict[str, str], why: str) -> None:
    pinned = {"match": {"product": "CDN"}, "pin": pin}

    assert said(a_book(pinned)).why_not(NEW, "R11") == why
    lifted = {"match": {"domain": "www.example.com"}, "pin": "none"}
    assert said(a_book(pinned, lifted)).why_not(NEW, "R11") == ""


def test_a_slot_that_is_off_takes_nothing_whatever_it_is_pinned_to() -> None:
    book = a_book({"match": {"product": "CDN"}, "pin": {"certificate": "7"}}, deploy="off")

    assert said(book).why_not(NEW, "R11") == "the default policy says off"


def test_warning_days_are_those_of_the_last_rule_that_matches_the_certificate() -> None:
    book = a_book(
        {"match": {"domain": "*.example.com"}, "warning_days": [20, 10]},
        {"match": {"certificate": "shop-2025"}, "warning_days": "5"},
        {"match": {"certificate": "shop-2025"}, "deploy": "off"},
        warning_days=[30],
    )

    assert book.warning_days(OLD) == (5,)
    assert book.warning_days_at(SLOT) == (20, 10)
    assert book.warning_days_at(a_resource("example.org")) == (30,)
    assert book.warning_days(NEW) == (20, 10)
    assert book.warning_days(NEW.evolve(names=("example.org",))) == (30,)
    assert a_book().warning_days(NEW) is None
