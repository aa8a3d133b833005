"""Estates of any size, each with something in it that could make a plan grow faster than the estate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.domain.certificates import Certificate
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource


@dataclass(frozen=True)
class Estate:
    certificates: list[Certificate]
    slots: list[CloudResource]


def a_cert(number: int, *names: str, **changes: Any) -> Certificate:
    """The larger the number, the longer it is valid; number 1 is the one that is in place everywhere."""
    end = NOW + timedelta(days=1, minutes=number)
    return a_certificate(number, names=names, not_after=end, chain=(), **changes)


def an_entry(number: int, *names: str) -> CloudResource:
    """A slot that answers to several names, as an entry of a routing rule does."""
    rule = {"kind": "alb", "region": "cn-hangzhou", "listener_id": f"{number}", "port": number}
    entry = {**rule, "resource_id": f"{number}/1-cn-hangzhou"}
    return a_resource(product=CloudProduct.SAE, domains=names, domains_of_certificate=True, **entry)


def numbers(size: int) -> range:
    return range(1, size + 1)


def each_its_own(size: int) -> Estate:
    """Certificates each for names of their own, and a few slots to each."""
    return Estate(
        [a_cert(n, f"t{n}.example", f"*.t{n}.example") for n in numbers(size)],
        [a_resource(f"{w}.t{n}.example") for n in numbers(size) for w in "abc"],
    )


def renewals(size: int) -> Estate:
    """All certificates are for the same names, which cover all slots."""
    return Estate(
        [a_cert(n, "*.example.com", "example.org") for n in numbers(size)],
        [an_entry(n, f"s{n}.example.com" if n % 2 == 0 else "example.org") for n in numbers(size)],
    )


def renewals_beside_others(size: int) -> Estate:
    """Each slot is covered by a certificate of its own, and by all renewals of another."""
    return Estate(
        [a_cert(n, f"s{n}.example.com") for n in numbers(size)]
        + [a_cert(size + n, "*.example.com") for n in numbers(size)],
        [a_resource(f"s{n}.example.com") for n in numbers(size)],
    )


def the_last_renewal_in_place(size: int) -> Estate:
    """There is nothing to deploy by itself, and that is seen at once."""
    certificates = [a_cert(n, "*.example.com") for n in numbers(size)]
    in_place = certificates[-1].identifier
    return Estate(
        certificates, [a_resource(f"s{n}.example.com", cert_identifier=in_place) for n in numbers(size)]
    )


def a_wildcard_in_each(size: int) -> Estate:
    """Each certificate covers all slots, beside a name of its own, under which there is a slot."""
    return Estate(
        [a_cert(n, "*.example.com", f"s{n}.example.com", f"s{n}.example.org") for n in numbers(size)],
        [an_entry(n, f"s{n}.example.com", f"t{n}.example.com") for n in numbers(size)],
    )


def halves_that_many_cover(size: int) -> Estate:
    """Every slot has two names; many certificates cover the one, many others the other, none covers both."""
    return Estate(
        [a_cert(n, "*.example.com", f"n{n}.example") for n in numbers(size)]
        + [a_cert(size + n, "*.example.org", f"m{n}.example") for n in numbers(size)],
        [an_entry(n, f"s{n}.example.com", f"s{n}.example.org") for n in numbers(size)]
        + [a_resource("one.example.com")],
    )


def a_half_that_many_cover(size: int) -> Estate:
    """As before, but of the other name each slot has one of its own, with a certificate of its own."""
    return Estate(
        [a_cert(n, "example.com", f"n{n}.example") for n in numbers(size)]
        + [a_cert(size + n, f"s{n}.example.org") for n in numbers(size)]
        + [a_cert(3 * size, "example.com", "s1.example.org")],
        [an_entry(n, "example.com", f"s{n}.example.org") for n in numbers(size)],
    )


def many_names_in_one(size: int) -> Estate:
    """One certificate with very many names, and slots of which it covers every second."""
    names = [f"s{n}.example.com" for n in numbers(size)]
    return Estate(
        [a_cert(1, "www.example.org"), a_cert(2, *names)],
        [an_entry(n, *(name, "example.net")[: 1 + n % 2]) for n, name in enumerate(names)],
    )


def many_names_in_a_slot(size: int) -> Estate:
    """A few slots with very many names, and the certificates in place on listeners."""
    names = tuple(f"s{n}.example.com" for n in numbers(size))
    return Estate(
        [*(a_cert(n, name) for n, name in enumerate(names, start=1)), a_cert(size + 1, *names)],
        [a_listener_slot(f"lsn-{n}", domains=names) for n in range(3)],
    )


def rules(size: int) -> Estate:
    """Very many listeners of load balancers, every second under a routing rule."""
    listeners = [
        a_listener_slot(f"lsn-{n}", instance_id=f"alb-{n}", domains=("www.example.com",))
        for n in numbers(8 * size)
    ]
    over = [
        a_resource(
            product=CloudProduct.SAE,
            region="cn-hangzhou",
            resource_id=f"rule-{n}",
            instance_id=f"alb-{n}",
            port=443,
            domains_of_certificate=True,
        )
        for n in numbers(4 * size)
    ]
    return Estate([a_cert(1, "www.example.com"), a_cert(2, "*.example.com")], [*listeners, *over])


def one_listener(size: int) -> Estate:
    """Many certificates of one listener, each for names of its own."""
    return Estate(
        [a_cert(n, f"t{n}.example") for n in numbers(size)]
        + [a_cert(size + 1, *(f"t{n}.example" for n in numbers(size)))],
        [
            a_listener_slot(
                role=SlotRole.ADDITIONAL,
                resource_id=f"lsn-1/{n}",
                cert_identifier=f"{n}-cn-hangzhou",
                domains=(f"t{n}.example",),
            )
            for n in numbers(size)
        ],
    )


def buckets_behind_cdn(size: int) -> Estate:
    """Every second one is behind a domain."""
    domains = [f"s{n}.example.com" for n in numbers(2 * size)]
    buckets = [
        a_resource(
            name,
            product=CloudProduct.OSS,
            resource_id=f"assets/{name}",
            instance_id="assets",
            location="cn-beijing",
        )
        for name in domains
    ]
    return Estate(
        [a_cert(1, "www.example.com"), a_cert(2, "*.example.com")], [*map(a_resource, domains[::2]), *buckets]
    )


ESTATES = [
    *(each_its_own, renewals, renewals_beside_others, the_last_renewal_in_place),
    *(a_wildcard_in_each, halves_that_many_cover, a_half_that_many_cover),
    *(many_names_in_one, many_names_in_a_slot, rules, one_listener, buckets_behind_cdn),
]
