"""For any estate, certificates and policy: what a plan never does by itself, and what it never leaves undone.

The days of a few certificates pass on an installation that nobody looks at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import NOW, a_certificate, a_resource
from tests.shortened import WHOLE
from tests.unit.alike import CHAINS, LEVELS, NONE, NOT_IN_CAS, TRUSTED_ALIKE
from tests.unit.services.unattended import Unattended, Write

P = CloudProduct
DOMAINS: Final = ("www.example.com", "api.example.com", "www.example.org")
NAMES: Final = (
    ("*.example.com",),
    ("www.example.com",),
    ("*.example.com", "*.example.org"),
    ("www.example.org", "api.example.com"),
)
KEYS: Final = (("RSA", 2048), ("ECC", 256))
#: What is in place ends on the 12th or the 20th day. Its warning times pass, its last days, its end.
DAYS: Final = (0.1, 1, 5.1, 6, 11.5, 12.1, 13.5, 19.5, 20.1, 21)
COMES: Final = (0, 1, 6, 12.1)
ENDS: Final = (12, 20, 60, 300)
CLASSES: Final = ("public", "public", "public", *CHAINS)


@dataclass(frozen=True)
class Held:
    """A certificate of CAS, in words."""

    chain: str
    comes: float
    certificate: Certificate


@dataclass(frozen=True)
class Estate:
    held: dict[str, Held]  #: by identifier
    slots: list[CloudResource]
    rules: list[dict[str, Any]]
    products: tuple[CloudProduct, ...]
    regions: tuple[str, ...]

    def chain_of(self, slot: CloudResource) -> str:
        if not slot.cert_identifier:
            return NONE
        known = self.held.get(slot.cert_identifier)
        return known.chain if known else NOT_IN_CAS

    def said_of(self, slot: CloudResource) -> dict[str, Any]:
        """What the policy says of it: rule by rule, the last one counts."""
        told: dict[str, Any] = {}
        for rule in self.rules:
            if rule["match"] in ({"slot": slot.slot}, {"product": slot.product.value}):
                told.update(rule)
        return told

    def in_scope(self, slot: CloudResource) -> bool:
        place = slot.region or slot.location
        return slot.product in self.products and (not (place and self.regions) or place in self.regions)

    def own_class(self, slot: CloudResource) -> list[Certificate]:
        """Valid ones that cover it and are like the one in place in all that the rules look at."""
        own = self.held.get(slot.cert_identifier)
        chain = own.chain if own else "public"
        source = own.certificate.source if own else CertificateSource.UPLOAD
        return [
            one.certificate
            for one in self.held.values()
            if one.chain == chain
            and one.certificate.source is source
            and (own is None or one.certificate.algorithm == own.certificate.algorithm)
            and all(one.certificate.covers(name) for name in slot.domains)
            and one.certificate.not_after > NOW + timedelta(days=DAYS[-1] + 1)
        ]


@st.composite
def certificates(draw: st.DrawFn, number: int) -> Held:
    algorithm, size = draw(st.sampled_from(KEYS))
    days, chain = draw(st.sampled_from(ENDS)), draw(st.sampled_from(CLASSES))
    made = a_certificate(
        number,
        **CHAINS[chain],
        names=("example.com", *draw(st.sampled_from(NAMES))),  # it is the subject of the chains
        source=draw(st.sampled_from(list(CertificateSource)[:3])),
        algorithm=algorithm,
        key_size=size,
        not_after=NOW + timedelta(days=days),
        not_before=NOW + timedelta(days=days - (90 if days < 90 else 398)),
    )
    return Held(chain, draw(st.sampled_from(COMES)), made)


@st.composite
def slots(draw: st.DrawFn, number: int, in_cas: list[Certificate]) -> CloudResource:
    product = draw(st.sampled_from((P.CDN, P.ALB, P.OSS)))
    region = draw(st.sampled_from(("cn-hangzhou", "cn-beijing")))
    domain = draw(st.sampled_from(DOMAINS))
    places: dict[CloudProduct, dict[str, Any]] = {
        P.CDN: {"resource_id": f"s{number}.example.com", "domains": (f"s{number}.example.com",)},
        P.ALB: {
            "resource_id": f"lsn-{number}/default",
            "listener_id": f"lsn-{number}",
            "instance_id": "alb-1",
            "region": region,
            "domains": (domain,),
            "domains_of_certificate": True,
        },
        P.OSS: {
            "resource_id": f"bucket-{number}/{domain}",
            "instance_id": f"bucket-{number}",
            "location": region,
            "domains": (domain,),
        },
    }
    slot = a_resource(
        product=product,
        **places[product],
        cert_identifier="",
        cert_not_after=None,
    )
    there = draw(st.sampled_from((*in_cas, *in_cas, 12, 20, None)))
    if there is None:
        return slot.evolve(https=False)
    if isinstance(there, int):
        return slot.evolve(cert_identifier="sha256:ab", cert_not_after=NOW + timedelta(days=there))
    return slot.evolve(cert_identifier=there.identifier, cert_not_after=there.not_after)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    found = [draw(certificates(number)) for number in range(1, draw(st.integers(3, 8)))]
    first = [one.certificate for one in found if one.comes == 0]
    places = [draw(slots(number, first)) for number in range(draw(st.integers(1, 5)))]
    match = st.sampled_from([{"slot": one.slot} for one in places] + [{"product": "CDN"}])
    says: list[dict[str, Any]] = [
        {"deploy": "off"},
        {"deploy": "draft"},
        {"deploy": "deploy"},
        {"pin": {"certificate": "cert-2"}},
        {"first_deployment": True},
    ]
    rules = draw(st.lists(st.tuples(match, st.sampled_from(says)), max_size=2))
    return Estate(
        {one.certificate.identifier: one for one in found},
        places,
        [{"match": match, **says} for match, says in rules],
        draw(st.sampled_from(((P.CDN, P.ALB, P.OSS), (P.CDN, P.ALB, P.OSS), (P.ALB, P.OSS)))),
        draw(st.sampled_from(((), (), ("cn-hangzhou",)))),
    )


@contextmanager
def lived(estate: Estate) -> Iterator[Unattended]:
    comes: dict[float, list[Certificate]] = {}
    for one in estate.held.values():
        comes.setdefault(one.comes, []).append(one.certificate)
    policies = json.dumps({"rules": estate.rules}) if estate.rules else ""
    with TemporaryDirectory() as folder:
        installed = Unattended(Path(folder), estate.slots, comes, estate.products, estate.regions, policies)
        for day in DAYS:
            installed.reach(day)
        yield installed


def lowers_trust(estate: Estate, write: Write) -> bool:
    new, before = estate.held[write.cert_identifier], estate.chain_of(write.slot)
    if new.chain not in TRUSTED_ALIKE[before] or new.chain.startswith("leaf only"):
        return True
    if LEVELS.get(before, 0) > LEVELS.get(new.chain, 0):
        return True
    if new.certificate.source is not CertificateSource.TEST:
        return False
    old, end = estate.held.get(write.slot.cert_identifier), write.slot.cert_not_after
    healthy = end is None or end - NOW > timedelta(days=write.day + 7)
    return old.certificate.source is not CertificateSource.TEST and healthy if old else before == NONE


def is_fronted(estate: Estate, write: Write) -> bool:
    """Whether it is a bucket's domain that CDN has too, with a certificate, and not at its end."""
    if write.slot.product is not P.OSS or P.CDN not in estate.products:
        return False
    end, left = write.slot.cert_not_after, timedelta(days=write.day + 7)
    healthy = end is not None and end - NOW > left
    names = {one.domains for one in estate.slots if one.product is P.CDN and one.cert_identifier}
    return healthy and write.slot.domains in names


def changes_key_early(estate: Estate, write: Write) -> bool:
    """Whether the kind of key changes before the last day of what is in place."""
    old, end = estate.held.get(write.slot.cert_identifier), write.slot.cert_not_after
    if old is None or end is None:
        return False
    changes = old.certificate.algorithm != estate.held[write.cert_identifier].certificate.algorithm
    return changes and end - NOW > timedelta(days=write.day + 1)


@settings(max_examples=1000 if WHOLE else 20, deadline=None, database=None, derandomize=not WHOLE)
@given(estates())
def test_an_automatic_plan_keeps_its_promises(estate: Estate) -> None:
    with lived(estate) as installed:
        at_last = [installed.present(one.slot) for one in estate.slots]

    for write in installed.writes:
        assert not lowers_trust(estate, write), write
        assert estate.in_scope(write.slot), write
        assert not is_fronted(estate, write), write
        assert not changes_key_early(estate, write), write
        said = estate.said_of(write.slot)
        assert said.get("deploy", "deploy") == "deploy", write
        pin = said.get("pin")
        assert pin is None or write.cert_identifier == f"{pin['certificate'][5:]}-cn-hangzhou", write
    assert set(Counter(installed.planned).values()) <= {1}, "a slot was planned for twice"
    for slot in at_last:
        if slot.cert_not_after is None or slot.cert_not_after > installed.now:
            continue
        excluded = not estate.in_scope(slot) or estate.said_of(slot)
        refused = estate.chain_of(slot) in ("self-signed", "leaf only, of the public CA")
        assert excluded or refused or not estate.own_class(slot), f"{slot.slot} is left expired"
