"""What is named within an account: as before in the own one, with the account before it in another one."""

from __future__ import annotations

import pytest

from shared.domain.accounts import OWN, parted, within
from shared.domain.scope import Scope
from tests.builders import a_certificate, a_resource


@pytest.mark.parametrize("place", ["", "cn-hangzhou"])
def test_in_the_own_account_a_place_is_named_as_it_is(place: str) -> None:
    assert within(OWN, place) == place
    assert parted(place) == (OWN, place)


@pytest.mark.parametrize(("place", "text"), [("", "22@-"), ("cn-hangzhou", "22@cn-hangzhou")])
def test_a_place_in_another_account_has_the_account_before_it(place: str, text: str) -> None:
    assert within("22", place) == text
    assert parted(text) == ("22", place)


def test_slots_and_certificates_of_versions_that_knew_one_account_keep_their_names() -> None:
    slot, certificate = a_resource("www.example.com"), a_certificate(7)

    assert (slot.slot, slot.writer, slot.place) == ("CDN/-/www.example.com",) * 3
    assert (certificate.identifier, certificate.home) == ("7-cn-hangzhou", "cn-hangzhou")


def test_the_same_names_in_another_account_are_other_slots_and_certificates() -> None:
    slot = a_resource("www.example.com", account="22")

    assert (slot.slot, slot.writer, slot.place) == ("CDN/22@-/www.example.com",) * 3
    assert a_certificate(7, account="22").identifier == "7-22@cn-hangzhou"


def test_a_slot_of_an_account_that_is_not_named_is_outside_the_scope() -> None:
    scope = Scope((a_resource().product,), (), (), accounts=("22",))

    assert scope.why_outside(a_resource(account="22")) == scope.why_outside(a_resource()) == ""
    why = "outside the scope: CERTDEPLOY_ACCOUNTS does not include 33"
    assert scope.why_outside(a_resource(account="33")) == why
