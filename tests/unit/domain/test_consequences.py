"""What a preview names of a slot beside its certificate: a table of what changes, and how it is counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus
from shared.domain.consequences import HEADLINES, Surroundings, consequences, counted, days_gained, like
from shared.domain.replacing import RULES
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import NOW, a_certificate, a_resource, signed_by
from tests.unit.domain.exchanges import PRIVATE, PUBLIC, exchanged

OLD = a_certificate(1, not_after=NOW + timedelta(days=50), **PUBLIC)
PAIR, ALONE = Surroundings(kinds=frozenset({"RSA", "ECC"})), Surroundings()
ACM = a_resource(product=CloudProduct.AWS, kind="acm")
FIRST = a_resource(cert_identifier="", cert_not_after=None)
UNKNOWN = a_resource(cert_identifier="sha256:ab")


def new(**changes: Any) -> Certificate:
    """For a year and public, unless told otherwise."""
    values = {**PUBLIC, "not_after": NOW + timedelta(days=365), "not_before": NOW, **changes}
    return a_certificate(7, **values)


def old(**changes: Any) -> Certificate:
    return OLD.evolve(**changes)


def told(
    certificate: Certificate,
    present: Certificate | None,
    slot: CloudResource | None = None,
    around: Surroundings = ALONE,
) -> dict[str, str]:
    return {one.code: one.text for one in consequences(exchanged(certificate, present, slot), around)}


ORG = {"issuer": "Public OV CA", "chain": signed_by("Public OV CA", "Public Root")["chain"]}
DOMAIN = {"issuer": "Public DV CA", "chain": signed_by("Public DV CA", "Public Root")["chain"]}


@pytest.mark.parametrize(
    ("certificate", "present", "slot", "around", "expected"),
    [
        (new(), OLD, None, ALONE, {}),
        (new(), OLD, None, PAIR, {}),
        (
            new(),
            old(algorithm="ECC"),
            None,
            ALONE,
            {"key": "the kind of key changes (ECC → RSA)"},
        ),
        (
            new(),
            old(algorithm="ECC"),
            None,
            PAIR,
            {
                "pair": "its listener has RSA and ECC side by side; the ECC one is taken off",
                "key": "the kind of key changes (ECC → RSA)",
            },
        ),
        (
            new(key_size=4096),
            old(key_size=2048),
            None,
            ALONE,
            {"key-size": "the size of the key changes (RSA 2048 → RSA 4096)"},
        ),
        (new(key_size=4096), OLD, None, ALONE, {}),
        (
            new(key_size=4096),
            old(key_size=2048),
            ACM,
            ALONE,
            {
                "key-size": "the size of the key changes (RSA 2048 → RSA 4096)",
                "acm-key": "ACM takes only the kind and size of key that it has under this ARN"
                " (RSA 2048 → RSA 4096)",
            },
        ),
        (
            new(**PRIVATE),
            OLD,
            None,
            ALONE,
            {
                "trust": "it is private (Corp CA), the one in place is public",
                "issuer": "the issuer changes (Public CA, public → Corp CA, private)",
            },
        ),
        (
            new(),
            old(**PRIVATE),
            None,
            ALONE,
            {
                "trust": "it is public, the one in place is private (Corp CA)",
                "issuer": "the issuer changes (Corp CA, private → Public CA, public)",
            },
        ),
        (
            new(**DOMAIN),
            old(**ORG),
            None,
            ALONE,
            {
                "level": "the one in place is OV, this one is DV",
                "issuer": "the issuer changes (Public OV CA, public → Public DV CA, public)",
            },
        ),
        (
            new(),
            old(source=CertificateSource.BUY),
            None,
            ALONE,
            {"bought": "the certificate in place was bought, this one was not"},
        ),
        (
            new(source=CertificateSource.TEST),
            OLD,
            None,
            ALONE,
            {"test": "it is a test certificate, the one in place is not"},
        ),
        (
            new(**signed_by("Public CA")),
            OLD,
            None,
            ALONE,
            {
                "chain": "CAS holds it without the certificate of its issuer; upload it with its full chain",
            },
        ),
        (
            new(),
            old(not_after=NOW + timedelta(days=400)),
            None,
            ALONE,
            {"ends-sooner": "it ends 35 days sooner, on 2027-05-01"},
        ),
        (
            new(not_after=NOW + timedelta(days=11), not_before=NOW - timedelta(days=300)),
            old(not_after=NOW + timedelta(days=149)),
            None,
            ALONE,
            {
                "ends-sooner": "it ends 138 days sooner, on 2026-05-12",
                "ends-soon": "it ends in 11 days, on 2026-05-12",
            },
        ),
        (
            new(status=CertificateStatus.WILL_EXPIRE),
            OLD,
            None,
            ALONE,
            {"ends-soon": "it ends in 365 days, on 2027-05-01"},
        ),
        (
            new(),
            None,
            UNKNOWN,
            ALONE,
            {"way-back": "no rollback: CAS does not hold the certificate in place"},
        ),
        (
            new(),
            old(has_private_key=False),
            None,
            ALONE,
            {
                "way-back": "no rollback: of the certificate in place, CAS does not hold its private key"
                " (the CSR was made elsewhere)"
            },
        ),
        (
            new(),
            OLD,
            None,
            Surroundings(shared=True),
            {
                "shared": "its listener holds the new certificate once, for several slots;"
                " a rollback is left to a person"
            },
        ),
        (
            new(),
            OLD,
            a_resource(product=CloudProduct.OSS, fronted_by="DCDN/-/www.example.com"),
            ALONE,
            {
                "fronted": "a DCDN domain of the same name is in service in front of it"
                " (DCDN/-/www.example.com)"
            },
        ),
        (new(), None, FIRST, ALONE, {}),
        (new(**PRIVATE), None, FIRST, ALONE, {"trust": "it is Corp CA, private"}),
        (
            new(source=CertificateSource.TEST),
            None,
            FIRST,
            ALONE,
            {"test": "it is a test certificate"},
        ),
    ],
)
def test_what_changes_beside_the_certificate_is_told(
    certificate: Certificate,
    present: Certificate | None,
    slot: CloudResource | None,
    around: Surroundings,
    expected: dict[str, str],
) -> None:
    assert told(certificate, present, slot, around) == expected


def test_every_rule_that_is_against_an_automatic_deployment_has_a_headline() -> None:
    """But a later end, which is told as the days that are lost."""
    assert {rule.name for rule in RULES} - {"later-end"} <= set(HEADLINES)


def test_consequences_come_in_the_order_of_their_headlines() -> None:
    everything = told(new(**PRIVATE, algorithm="ECC"), old(has_private_key=False), None, PAIR)

    assert list(everything) == [code for code in HEADLINES if code in everything]
    assert len(everything) == 5


def test_slots_are_counted_by_what_changes_on_them() -> None:
    key = consequences(exchanged(new(), old(algorithm="ECC")), ALONE)
    both = consequences(exchanged(new(), old(algorithm="ECC")), PAIR)

    assert [str(one) for one in counted([key, both, key, ()])] == [
        "1 slot: RSA and ECC stand side by side, and one of them is taken off",
        "3 slots: the kind of key changes",
    ]


@pytest.mark.parametrize(
    ("slot", "present", "days"),
    [(None, OLD, 315), (UNKNOWN, None, 355), (FIRST, None, None)],
    ids=["known", "by the product", "nothing in place"],
)
def test_days_are_counted_from_the_end_in_place(
    slot: CloudResource | None, present: Certificate | None, days: int | None
) -> None:
    assert days_gained(exchanged(new(), present, slot)) == days


class Watched:
    """A slot that notes what is asked of it."""

    def __init__(self, slot: CloudResource) -> None:
        self.slot, self.asked = slot, set[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        return getattr(self.slot, name)


@pytest.mark.parametrize("present", [old(key_size=2048), None], ids=["known", "not known"])
def test_consequences_are_alike_by_all_that_is_looked_at_in_a_slot(present: Certificate | None) -> None:
    """So those of one slot stand for those of all that are like it."""
    watched, noted = Watched(ACM), Watched(ACM)
    exchange = exchanged(new(key_size=4096), present, ACM)

    consequences(exchange._replace(resource=cast(CloudResource, watched)), PAIR)
    like(exchange._replace(resource=cast(CloudResource, noted)), PAIR)

    assert watched.asked <= noted.asked
    assert "kind" in watched.asked or present is None


def test_slots_of_another_kind_or_end_or_surroundings_are_not_alike() -> None:
    later = UNKNOWN.evolve(cert_not_after=NOW)
    places = [like(exchanged(new(), None, slot), ALONE) for slot in (UNKNOWN, later, ACM, FIRST)]
    around = [like(exchanged(new(), OLD), one) for one in (ALONE, PAIR, Surroundings(shared=True))]

    assert len({*places, *around}) == 7
    assert like(exchanged(new(), OLD), ALONE) == around[0]
