"""Which of many certificates go onto a slot. The look-up finds what holding each against the slot would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from shared.domain.ca_names import ca_key
from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.cover import Cover
from shared.domain.matching import Action, Decision, decide, latest
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.trust import standing_of
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource, signed_by

NAMES = (
    "a.example",
    "*.a.example",
    "b.a.example",
    "c.a.example",
    "*.b.a.example",
    "b.example",
    "*.b.example",
)
#: What CAS tells of chains: public ones, one of a private CA, a leaf alone, nothing.
CHAINS: tuple[dict[str, Any], ...] = (
    *[signed_by("Public CA 1", "Public Root")] * 3,
    signed_by("Public CA 2", "Public Root"),
    signed_by("Corp CA", "Corp Root"),
    signed_by("Lab CA", "Lab Root"),
    signed_by("Public CA 1"),
    {},
)
standing = partial(standing_of, public_roots=frozenset({ca_key("Public Root")}), now=NOW)
DOMAINS = (*NAMES, "x.a.example", "x.b.a.example", "c.b.a.example", "example", "x.c.example")


def a_cert(cert_id: int, *names: str, days: float = 50, **changes: Any) -> Certificate:
    return a_certificate(cert_id, names=names, not_after=NOW + timedelta(days=days), **changes)


def ids(certificates: Sequence[Certificate]) -> list[int]:
    return [one.cert_id for one in certificates]


def covering(*domains: str, among: Sequence[Certificate]) -> list[int]:
    return ids(Cover(latest(list(among), NOW), NOW, standing).of(domains))


def test_certificates_are_found_by_the_name_itself_and_by_the_wildcard_beside_it() -> None:
    among = [
        *(a_cert(1, "www.example.com", days=4), a_cert(2, "*.example.com", days=3)),
        *(a_cert(3, "example.com", days=2), a_cert(4, "*.www.example.com", days=1)),
    ]

    assert covering("www.example.com", among=among) == [1, 2]
    assert covering("*.example.com", among=among) == [2]
    assert covering("example.com", among=among) == [3]
    assert covering("a.www.example.com", among=among) == [4]
    assert covering("a.b.example.com", among=among) == covering("com", among=among) == []


def test_a_certificate_that_covers_a_name_in_two_ways_is_found_once() -> None:
    twice = a_cert(1, "www.example.com", "*.example.com", days=90)

    assert covering("www.example.com", among=[twice, a_cert(2, "*.example.com")]) == [1, 2]


def test_one_certificate_must_cover_all_names_of_a_slot() -> None:
    both, half = a_cert(1, "*.example.com", "example.org"), a_cert(2, "*.example.com", days=90)

    assert covering("a.example.com", "b.example.com", "example.org", among=[half, both]) == [1]
    assert covering("a.example.com", "b.example.com", among=[half, both]) == [2, 1]
    assert covering("a.example.com", "example.net", among=[half, both]) == []
    assert covering(among=[half, both]) == [], "nothing is known of a slot without names"


def test_of_renewals_the_two_that_are_valid_longest_matter_of_each_kind_of_key_and_of_bought_ones() -> None:
    many = [a_cert(number, "*.example.com", days=number) for number in range(1, 20)]
    ecc = [a_cert(number, "*.example.com", days=number, algorithm="ECC") for number in range(20, 30)]
    bought = [a_cert(number, "*.example.com", days=number, source="BUY") for number in range(30, 33)]
    wider = a_cert(40, "*.example.com", "example.com", days=18.5)

    found = covering("www.example.com", among=[*many, wider, *ecc, *bought])

    assert found == [32, 31, 29, 28, 19, 40]


def test_a_name_is_known_if_any_certificate_covers_it() -> None:
    cover = Cover([a_cert(1, "*.example.com"), a_cert(2, "example.org", algorithm="ECC")], NOW, standing)

    known = [name for name in ("www.example.com", "example.com", "example.org", "*.org") if cover.knows(name)]
    assert known == ["www.example.com", "example.org"]


def held_one_by_one(
    ordered: Sequence[Certificate], resource: CloudResource, present: Certificate | None, **asked: bool
) -> tuple[Certificate, Decision]:
    """What a plan is: each certificate against the slot, in their order."""
    held = []
    for certificate in ordered:
        missing = [name for name in resource.domains if not certificate.covers(name)]
        decision = decide(
            certificate, resource, present, now=NOW, missing=missing, standing=standing, **asked
        )
        held.append((certificate, decision, missing))
    allowed = [one for one in held if one[1].action is Action.DEPLOY]
    covering = [one for one in held if not one[2]]
    first = [one for one in allowed if not one[1].gave_way] or allowed or covering or held
    return first[0][:2]


@pytest.mark.parametrize("seed", range(40))
def test_a_slot_gets_what_it_would_get_if_each_certificate_were_held_against_it(seed: int) -> None:
    random = Random(seed)
    certificates = [
        a_cert(
            number,
            *random.sample(NAMES, random.choice((1, 1, 2, 3))),
            days=random.randint(-1, 6),
            algorithm=random.choice(("RSA", "RSA", "ECC")),
            source=random.choice(tuple(CertificateSource)),
            **random.choice(CHAINS),
        )
        for number in range(1, random.randint(2, 40))
    ]
    ordered = latest(certificates, NOW)
    cover = Cover(ordered, NOW, standing)
    by_identifier = {one.identifier: one for one in certificates}
    told: set[tuple[Action, str]] = set()
    for _ in range(100 if ordered else 0):
        slot = a_resource(
            product=random.choice((CloudProduct.CDN, CloudProduct.OSS)),
            domains=random.sample(DOMAINS, random.choice((0, 1, 1, 1, 2, 3))),
            cert_identifier=random.choice((*by_identifier, "99-cn-hangzhou", "")),
            obstacle=random.choice(("", "", "", "it is offline")),
            fronted_by=random.choice(("", "", "CDN/-/a.example")),
            batch_obstacle=random.choice(("", "it carries several")),
        )
        present = by_identifier.get(slot.cert_identifier)
        asked = {name: random.random() < 0.5 for name in ("first_deployment", "automatic", "batch", "named")}

        chosen = cover.choose(slot, present, **asked)

        assert chosen == held_one_by_one(ordered, slot, present, **asked)
        told.add((chosen[1].action, chosen[1].reason))
    assert len(ordered) < 3 or len(told) > 3, "all slots are alike: this proves nothing"


def test_a_slot_that_none_covers_is_told_what_the_first_lacks() -> None:
    cover = Cover([a_cert(1, "*.example.com", days=90), a_cert(2, "example.org")], NOW, standing)

    chosen, decision = cover.choose(a_listener_slot(domains=("a.example.com", "example.org")), None)

    assert (chosen.cert_id, decision.reason) == (1, "not covered: example.org")


def test_certificates_of_one_ca_hide_none_of_another_that_a_slot_needs() -> None:
    lab = [a_cert(n, "*.example.com", days=60 + n, **signed_by("Lab CA", "Lab Root")) for n in range(1, 5)]
    corp = a_cert(9, "*.example.com", days=55, **signed_by("Corp CA", "Corp Root"))
    present = a_cert(8, "*.example.com", days=20, **signed_by("Corp CA", "Corp Root"))
    slot = a_resource(cert_identifier=present.identifier)

    chosen, decision = Cover([*lab[::-1], corp], NOW, standing).choose(slot, present, automatic=True)

    assert (chosen, decision.action) == (corp, Action.DEPLOY)
