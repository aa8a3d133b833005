"""What may take another's place by itself: each rule, and where it gives way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.certificates import CertificateSource
from shared.domain.matching import latest
from shared.domain.replacing import RULES, Hurry, Verdict
from shared.domain.resources import CloudProduct, CloudResource
from tests.builders import NOW, a_certificate, a_resource, signed_by
from tests.unit.domain.exchanges import NEW, OLD, PRIVATE, PUBLIC, ending, exchanged, held


def unknown(ends: float | None) -> CloudResource:
    """A slot whose certificate CAS does not know; the product may tell when it ends."""
    return a_resource(
        cert_identifier="sha256:00", cert_not_after=None if ends is None else NOW + timedelta(days=ends)
    )


#: By the rule that keeps it away: certificate, what is in place, and the sentence.
KEPT_AWAY: dict[str, tuple[dict[str, Any], dict[str, Any] | None, str]] = {
    "way-back": (
        PUBLIC,
        None,
        "CAS does not hold the certificate in place, to put it back; create a job by hand",
    ),
    "later-end": (
        {"not_after": OLD.not_after},
        {},
        "the certificate in place is valid longer, until 2026-05-11",
    ),
    "bought": (
        {},
        {"source": CertificateSource.BUY},
        "the certificate in place was bought, this one was not; create a job by hand",
    ),
    "test": (
        {"source": CertificateSource.TEST},
        {},
        "it is a test certificate, the one in place is not; create a job by hand",
    ),
    "key": ({"algorithm": "ECC"}, {}, "the kind of key changes (RSA → ECC); create a job by hand"),
    "chain": (
        signed_by("Public CA"),
        PUBLIC,
        "CAS holds it without the certificate of its issuer; upload it with its full chain",
    ),
    "trust": (PRIVATE, PUBLIC, "it is private (Corp CA), the one in place is public; create a job by hand"),
    "level": (
        PUBLIC,
        {**PUBLIC, "organisation": "Example Ltd"},
        "the one in place is OV, this one is of no known level; create a job by hand",
    ),
}
#: They do not give way, whatever is in place.
FIRM = {"later-end", "chain", "trust", "level"}


@pytest.mark.parametrize("rule", KEPT_AWAY)
def test_a_rule_keeps_a_certificate_away_and_says_why(rule: str) -> None:
    new, old, told = KEPT_AWAY[rule]
    present = None if old is None else OLD.evolve(**old)

    assert held(NEW.evolve(**new), present) == Verdict(False, rule, told)


#: It gives way later: clients that take one kind of key alone would be turned away before the end.
ON_THE_LAST_DAY = {"key"}


@pytest.mark.parametrize("rule", KEPT_AWAY)
@pytest.mark.parametrize(
    ("days", "hurry"),
    [(7.1, None), (7, "last days"), (1.01, "last days"), (1, "last day"), (0, "last day"), (-9, "last day")],
)
def test_only_what_makes_no_client_turn_away_gives_way_to_what_has_expired_or_is_in_its_last_days(
    rule: str, days: float, hurry: str | None
) -> None:
    new, old, _ = KEPT_AWAY[rule]
    gives_way = hurry == "last day" if rule in ON_THE_LAST_DAY else hurry is not None
    end = NOW + timedelta(days=days)
    present = None if old is None else ending(days).evolve(**old)
    slot = a_resource(cert_not_after=end)
    certificate = NEW.evolve(**{**new, "not_after": end} if rule == "later-end" else new)

    verdict = held(certificate, present, slot)

    assert verdict.allowed is (gives_way and rule not in FIRM)
    assert verdict.gave_way == ((rule,) if verdict.allowed else ())
    if verdict.allowed:
        tense = "ended" if days <= 0 else "ends"
        assert verdict.reason.startswith(
            f"what is in place {tense} on {end:%Y-%m-%d}, so it is replaced although "
        )


def test_what_gave_way_is_told() -> None:
    expired = ending(-3).evolve(source=CertificateSource.BUY, algorithm="ECC")

    assert held(NEW, expired).reason == (
        "what is in place ended on 2026-04-28, so it is replaced although"
        " the certificate in place was bought, this one was not and the kind of key changes (ECC → RSA)"
    )


@pytest.mark.parametrize(
    ("life", "last", "day"), [(90, 7, 1), (398, 7, 1), (48, 4, 1), (11.76, 0.98, 0.98), (6, 0.5, 0.5)]
)
def test_the_last_days_are_a_twelfth_of_a_lifetime_and_seven_at_most_and_the_last_of_them_is_one(
    life: float, last: float, day: float
) -> None:
    def hurry(days: float) -> Hurry:
        end = NOW + timedelta(days=days)
        present = OLD.evolve(not_before=end - timedelta(days=life), not_after=end)
        return exchanged(NEW, present).hurry

    assert hurry(last + 0.01) is Hurry.NONE
    assert hurry(last) is (Hurry.LAST_DAY if day == last else Hurry.LAST_DAYS)
    assert (hurry(day + 0.01) is Hurry.LAST_DAY, hurry(day)) == (False, Hurry.LAST_DAY)


def test_of_a_certificate_that_cas_does_not_know_the_product_tells_the_end() -> None:
    assert not held(NEW, None, unknown(None)).allowed, "it may be valid for a year"
    public = NEW.evolve(**PUBLIC)
    assert held(public, None, unknown(-1)).allowed
    assert held(public, None, unknown(300)).rule == "way-back"
    assert held(public.evolve(not_after=NOW + timedelta(days=2)), None, unknown(3)).rule == "later-end"


@pytest.mark.parametrize(
    ("present", "new", "allowed"),
    [
        (("RSA", 2048), ("RSA", 2048), True),
        (("RSA", 2048), ("RSA", 4096), False),
        (("RSA", 2048), ("ECC", 256), False),
        (("ECC", 256), ("ECC", 384), False),
    ],
)
@pytest.mark.parametrize("days", [10, -1])
def test_acm_takes_the_kind_and_size_of_key_that_it_has_and_no_other_whatever_the_hurry(
    present: tuple[str, int], new: tuple[str, int], allowed: bool, days: float
) -> None:
    old = ending(days).evolve(algorithm=present[0], key_size=present[1])
    certificate = NEW.evolve(algorithm=new[0], key_size=new[1])
    acm = a_resource(product=CloudProduct.AWS, kind="acm")
    distribution = a_resource(product=CloudProduct.AWS, kind="distribution")

    verdict = held(certificate, old, acm)

    assert verdict.allowed is allowed
    if not allowed:
        change = f"({present[0]} {present[1]} → {new[0]} {new[1]})"
        told = f"ACM takes only the kind and size of key that it has under this ARN {change}"
        assert (verdict.rule, verdict.reason) == ("acm-key", told)
    assert held(certificate, old, distribution).allowed is (present[0] == new[0] or days < 0)


@pytest.mark.parametrize(
    ("there", "present", "new", "change"),
    [
        ("RSA 2048", None, ("RSA", 4096), "RSA 2048 → RSA 4096"),
        ("RSA 2048", ("RSA", None), ("ECC", 256), "RSA 2048 → ECC 256"),
        ("RSA 2048", None, ("RSA", None), "RSA 2048 → RSA of unknown size"),
        ("", ("RSA", None), ("RSA", 2048), "RSA of unknown size → RSA 2048"),
        ("RSA 2048", None, ("RSA", 2048), ""),
        ("RSA 2048", ("RSA", None), ("RSA", 2048), ""),
        ("", None, ("RSA", 4096), ""),
    ],
)
def test_the_key_that_acm_has_is_known_where_cas_does_not_know_the_certificate(
    there: str, present: tuple[str, int | None] | None, new: tuple[str, int | None], change: str
) -> None:
    """In its last days every try would fail, each time that something is issued."""
    certificate = NEW.evolve(**PUBLIC, algorithm=new[0], key_size=new[1])
    old = ending(-1).evolve(**PUBLIC, algorithm=present[0], key_size=present[1]) if present else None
    acm = a_resource(
        product=CloudProduct.AWS, kind="acm", cert_key=there, cert_not_after=NOW - timedelta(days=1)
    )

    verdict = held(certificate, old, acm)

    told = f"ACM takes only the kind and size of key that it has under this ARN ({change})"
    assert (verdict.rule, verdict.allowed) == (("acm-key", False) if change else ("", True))
    assert not change or verdict.reason == told


@pytest.mark.parametrize(
    ("there", "days", "rule"),
    [("RSA 2048", 6, "key"), ("RSA 2048", 0.9, ""), ("ECC 256", 6, ""), ("", 6, "")],
)
def test_the_kind_of_key_is_kept_until_the_last_day_where_only_the_product_shows_it(
    there: str, days: float, rule: str
) -> None:
    slot = unknown(days).evolve(cert_key=there)

    assert held(NEW.evolve(**PUBLIC, algorithm="ECC"), None, slot).rule == rule


@pytest.mark.parametrize("days", [10, -1])
def test_names_of_other_kinds_are_not_lost_whatever_the_hurry(days: float) -> None:
    """`*.*.example.com` is one of them: what a certificate is for is more than what it is matched by."""
    kept = ("IP:192.0.2.7", "email:me@example.com", "DNS:*.*.example.com", "URI:spiffe://shop")
    slot = a_resource(domains_of_certificate=True, other_names=kept)
    old = ending(days)

    verdict = held(NEW.evolve(other_names=kept[1:2]), old, slot)

    assert (verdict.allowed, verdict.rule) == (False, "other-names")
    assert verdict.reason == (
        "the certificate in place is also for IP:192.0.2.7, DNS:*.*.example.com, URI:spiffe://shop,"
        " this one is not; create a job by hand"
    )
    four = held(NEW, old, slot).reason
    assert "DNS:*.*.example.com and 1 more, this one is not" in four
    assert held(NEW.evolve(other_names=(*kept, "IP:::1")), old, slot).allowed


def test_a_test_certificate_may_follow_a_test_certificate() -> None:
    assert held(NEW.evolve(source=CertificateSource.TEST), OLD.evolve(source=CertificateSource.TEST)).allowed
    assert held(NEW, OLD.evolve(source=CertificateSource.TEST)).allowed


def test_test_certificates_come_last_of_all() -> None:
    """Also one that is valid longest."""
    longest = a_certificate(1, source=CertificateSource.TEST)
    ordered = latest([longest, a_certificate(2, not_after=NOW + timedelta(days=3))], NOW)

    assert [one.cert_id for one in ordered] == [2, 1]


def test_every_rule_has_a_name_of_its_own_and_a_test() -> None:
    names = [rule.name for rule in RULES]

    assert len(set(names)) == len(names)
    assert {*KEPT_AWAY, "acm-key", "fronted", "other-names", "policy"} == set(names)
