"""One slot in full: of each certificate that covers it whether it may go there, and why not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.certificates import Certificate
from shared.domain.plans import StandsBeside
from shared.domain.resources import CloudResource, SlotRole
from shared.domain.trust import Trust
from shared.errors import NotFoundError
from shared.services.slots import SlotFacts, show_slot
from tests.builders import NOW, a_certificate, a_listener_slot, a_resource, signed_by
from tests.worlds import a_world


def a_cert(cert_id: int, *names: str, days: float = 50, **changes: Any) -> Certificate:
    return a_certificate(cert_id, names=names, not_after=NOW + timedelta(days=days), **changes)


IN_PLACE = a_cert(1, "*.example.com", days=20)


def facts(folder: Path, slot: CloudResource, *certificates: Certificate) -> SlotFacts:
    world = a_world(folder, certificates=certificates, slots=[slot])
    return show_slot(world, slot.slot)


def test_each_certificate_that_covers_the_slot_says_whether_it_goes_there_or_why_not(tmp_path: Path) -> None:
    """Those that may be deployed in the order in which a plan prefers them, then the others."""
    found = facts(
        tmp_path,
        a_resource(),
        IN_PLACE,
        a_cert(2, "*.example.com", days=60),
        a_cert(3, "www.example.com", days=90),
        a_cert(4, "*.example.com", days=70, algorithm="ECC"),
        a_cert(5, "*.example.com", days=99, has_private_key=False),
        a_cert(6, "*.example.org", days=80),
        a_cert(7, "*.example.com", days=9),
    )

    assert [(one.cert_identifier, one.by_itself, one.rule) for one in found.candidates] == [
        ("3-cn-hangzhou", True, ""),
        ("4-cn-hangzhou", False, "key"),
        ("2-cn-hangzhou", False, "another"),
        ("7-cn-hangzhou", False, "later-end"),
        ("5-cn-hangzhou", False, "certificate"),
    ]
    assert found.candidates[2].reason == "3-cn-hangzhou goes there instead"
    assert found.candidates[4].reason.startswith("CAS does not hold its private key")
    assert (found.best_cert_identifier, found.kept_away, found.more_candidates) == ("3-cn-hangzhou", None, 0)


def test_what_is_in_place_is_told_with_its_trust(tmp_path: Path) -> None:
    private = IN_PLACE.evolve(**signed_by("Corp CA", "Corp Root"))
    slot = a_resource()

    found = facts(tmp_path, slot, private)

    assert (found.present, found.slot, found.resource) == (private, slot.slot, slot)
    assert found.standing is not None
    assert (found.standing.trust, found.standing.issuer) == (Trust.PRIVATE, "Corp CA")


def test_of_what_cas_does_not_know_nothing_is_told(tmp_path: Path) -> None:
    found = facts(
        tmp_path, a_resource(cert_identifier="sha256:ab"), IN_PLACE, a_cert(2, "www.example.com", days=90)
    )

    assert (found.present, found.standing, found.best_cert_identifier) == (None, None, "")
    assert found.kept_away is not None
    assert [one.rule for one in found.candidates] == ["way-back", "way-back"]


def test_of_very_many_certificates_the_first_are_told_and_the_others_counted(tmp_path: Path) -> None:
    many = [a_cert(number, "*.example.com", days=50 + number) for number in range(2, 25)]

    found = facts(tmp_path, a_resource(), IN_PLACE, *many)

    assert [one.cert_identifier for one in found.candidates] == [
        f"{number}-cn-hangzhou" for number in range(24, 4, -1)
    ]
    assert found.more_candidates == 3


def test_a_slot_whose_names_are_not_known_is_covered_by_nothing(tmp_path: Path) -> None:
    found = facts(tmp_path, a_resource(domains=()), IN_PLACE, a_cert(2, "*.example.com"))

    assert (found.candidates, found.best_cert_identifier) == ((), "")


def test_the_other_certificates_of_its_listener_for_its_names_stand_beside_it(tmp_path: Path) -> None:
    ecc, other = a_cert(2, "www.example.com", algorithm="ECC"), a_cert(3, "www.example.org")
    slot = a_listener_slot()
    beside = [
        a_listener_slot(
            role=SlotRole.ADDITIONAL, resource_id=f"lsn-1/{one.cert_id}", cert_identifier=one.identifier
        )
        for one in (ecc, other)
    ]
    elsewhere = a_listener_slot("lsn-2", cert_identifier="4-cn-hangzhou")
    certificates = [IN_PLACE, ecc, other, a_cert(4, "www.example.com")]
    world = a_world(tmp_path, certificates=certificates, slots=[slot, *beside, elsewhere])

    found = show_slot(world, slot.slot)

    assert found.beside == (StandsBeside(cert_identifier=ecc.identifier, algorithm="ECC"),)


@pytest.mark.parametrize("slot", ["nonsense", "CDN/-/nope.example.com", ""])
def test_a_slot_that_no_discovery_saw_does_not_exist(tmp_path: Path, slot: str) -> None:
    with pytest.raises(NotFoundError, match="resource list"):
        show_slot(a_world(tmp_path, slots=[a_resource()]), slot)
