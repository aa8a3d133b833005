"""What may take another's place by itself, by how widely clients trust the two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.ca_names import ca_key
from shared.domain.certificates import Certificate, ChainLink
from shared.domain.levels import Evidence, Level, Validation
from shared.domain.replacing import Exchange, by_itself, why_less_trusted
from shared.domain.trust import Standing, standing_of
from tests.builders import NOW, a_resource, signed_by
from tests.unit.domain.exchanges import NEW, OLD, PRIVATE, PUBLIC, ending, exchanged, held

SELF = ChainLink(subject="example.com", issuer="example.com")
#: Chains as CAS tells them; the class of each in words.
KINDS: dict[str, dict[str, Any]] = {
    "public": PUBLIC,
    "another public": signed_by("Public CA 2", "Public Root"),
    "private": PRIVATE,
    "private, same root": signed_by("Corp CA 2", "Corp Root"),
    "another private": signed_by("Lab CA", "Lab Root"),
    "self-signed": {"issuer": "example.com", "chain": (SELF,)},
    "untold": {"issuer": "Some CA", "chain": ()},
    "untold, another issuer": {"issuer": "Other CA", "chain": ()},
}
#: What may take the place of what.
ALLOWED = {
    "public": {"public", "another public"},
    "another public": {"public", "another public"},
    "private": {"private", "private, same root"},
    "private, same root": {"private", "private, same root"},
    "another private": {"another private"},
    "self-signed": set[str](),
    "untold": {"untold"},
    "untold, another issuer": {"untold, another issuer"},
    "not in CAS": {"public", "another public"},
}


@pytest.mark.parametrize("present", ALLOWED)
@pytest.mark.parametrize("new", KINDS)
@pytest.mark.parametrize("days", [10, -1])
def test_a_certificate_takes_the_place_of_one_that_is_trusted_no_more_widely(
    present: str, new: str, days: float
) -> None:
    """Also where what is in place has expired. What CAS does not know may be replaced only then."""
    old = None if present == "not in CAS" else ending(days).evolve(**KINDS[present])
    slot = a_resource(cert_not_after=NOW + timedelta(days=days))

    verdict = held(NEW.evolve(**KINDS[new]), old, slot)

    assert verdict.allowed is (new in ALLOWED[present] and (old is not None or days < 0))
    assert verdict.rule in ("", "trust", "way-back")
    assert verdict.rule != "way-back" or old is None


@pytest.mark.parametrize(
    ("present", "new", "told"),
    [
        ("public", "private", "it is private (Corp CA), the one in place is public"),
        ("public", "self-signed", "it is self-signed, which no client trusts by itself"),
        (
            "public",
            "untold",
            "who trusts it is not known (CAS does not tell its chain), the one in place is public",
        ),
        ("private", "public", "it is public, the one in place is private (Corp CA)"),
        ("self-signed", "public", "it is public, the one in place is self-signed"),
        (
            "untold",
            "public",
            "it has another issuer than the one in place, of which it is not known who trusts it",
        ),
    ],
)
def test_the_two_classes_are_told(present: str, new: str, told: str) -> None:
    verdict = held(NEW.evolve(**KINDS[new]), OLD.evolve(**KINDS[present]))

    assert (verdict.rule, verdict.reason) == ("trust", f"{told}; create a job by hand")


@pytest.mark.parametrize("new", ["", "DV", "OV", "EV"])
@pytest.mark.parametrize("present", ["", "DV", "OV", "EV"])
def test_what_the_ca_has_checked_of_the_owner_is_not_lowered(present: str, new: str) -> None:
    def of_level(level: str) -> dict[str, Any]:
        return signed_by(f"Public {level} CA", "Public Root")

    verdict = held(NEW.evolve(**of_level(new)), OLD.evolve(**of_level(present)))

    order = ["", "DV", "OV", "EV"]
    lowered = present in ("OV", "EV") and order.index(new) < order.index(present)
    assert verdict.rule == ("level" if lowered else "")


@pytest.mark.parametrize("new", list(Validation))
@pytest.mark.parametrize("present", list(Validation))
@pytest.mark.parametrize("chain", [PUBLIC, signed_by("Public CA"), {"issuer": "Public CA", "chain": ()}])
def test_a_level_that_no_name_tells_is_not_lowered(
    chain: dict[str, Any], present: Validation, new: Validation
) -> None:
    """Also where the chain of what is in place is not complete, or not told."""

    def of_level(level: Validation) -> dict[str, Any]:
        return {"level": Level(validation=level, by=Evidence.POLICY)}

    verdict = held(NEW.evolve(**PUBLIC, **of_level(new)), OLD.evolve(**chain, **of_level(present)))

    order = ["unknown", "DV", "IV", "OV", "EV"]
    lowered = present.value in order[2:] and order.index(new.value) < order.index(present.value)
    assert verdict.rule == ("level" if lowered else "")


def test_a_level_that_may_be_more_than_names_tell_is_told_as_such() -> None:
    ev = {"level": Level(validation=Validation.EV, by=Evidence.SOLD)}
    verdict = held(NEW.evolve(**PUBLIC, organisation="Example Ltd"), OLD.evolve(**PUBLIC, **ev))

    told = "the one in place is EV, this one is OV as far as CAS tells; create a job by hand"
    assert (verdict.rule, verdict.reason) == ("level", told)


def test_one_that_is_trusted_alike_is_as_good_from_whatever_that_is_known() -> None:
    alone = signed_by("Public CA")
    told, sold = (Level(validation=Validation.OV, by=by) for by in (Evidence.POLICY, Evidence.SOLD))

    for level, worse in ((told, False), (sold, False), (None, True)):
        exchange = exchanged(NEW.evolve(**alone, level=level), OLD.evolve(**alone, level=told))
        assert bool(why_less_trusted(exchange)) is worse


def test_a_chain_whose_issuer_has_expired_is_broken() -> None:
    expired = signed_by("Public CA", "Public Root", end=NOW)

    verdict = held(NEW.evolve(**expired), OLD.evolve(**PUBLIC))

    told = "the chain that CAS holds with it is broken; upload it with its full chain"
    assert (verdict.rule, verdict.reason) == ("chain", told)


@pytest.mark.parametrize(
    ("before", "new", "allowed"),
    [
        (signed_by("Public CA"), PUBLIC, True),
        (signed_by("Public CA", "Public Root", end=NOW), PUBLIC, True),
        (PUBLIC, PUBLIC, False),
        (signed_by("Public CA"), {"issuer": "Public CA", "chain": ()}, False),
    ],
)
def test_the_full_chain_of_what_is_in_place_without_it_takes_its_place(
    before: dict[str, Any], new: dict[str, Any], allowed: bool
) -> None:
    """The very same certificate, whole: clients accept it then. It need not end later, nor may it sooner."""
    old = OLD.evolve(**before)

    assert held(NEW.evolve(**new, not_after=old.not_after), old).allowed is allowed
    sooner = old.not_after - timedelta(seconds=1)
    assert held(NEW.evolve(**new, not_after=sooner), old).rule == "later-end"


@pytest.mark.parametrize(
    ("present", "new", "allowed"),
    [
        ("public", "added", False),
        ("added", "public", True),
        ("added", "added", True),
        ("not in CAS", "added", True),
        ("private", "added", False),
    ],
)
def test_a_root_that_the_settings_add_does_not_take_the_place_of_one_that_everybody_has(
    present: str, new: str, allowed: bool
) -> None:
    """A company adds its own root so that its own slots are proved, not to have it before the public."""
    chains = {**KINDS, "added": signed_by("Added CA", "Added Root")}
    added = frozenset({ca_key("Added Root")})
    roots = added | {ca_key("Public Root")}

    def standing(certificate: Certificate) -> Standing:
        return standing_of(certificate, roots, NOW, added)

    certificate = NEW.evolve(**chains[new])
    old = None if present == "not in CAS" else ending(-1).evolve(**chains[present])
    slot = a_resource(cert_not_after=NOW - timedelta(days=1))
    before = standing(old) if old else None
    verdict = by_itself(Exchange(certificate, standing(certificate), slot, old, before, NOW))

    assert (verdict.allowed, verdict.rule) == (allowed, "" if allowed else "trust")
    if (present, new) == ("public", "added"):
        told = (
            "its root (Added Root) is one that CERTDEPLOY_ROOTS adds, everybody has that of the one in place"
        )
        assert verdict.reason == f"{told}; create a job by hand"
