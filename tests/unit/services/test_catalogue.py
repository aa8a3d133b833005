"""Which certificate is meant: from the table, and from CAS only where the table knows none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from shared.cloud.cas import Cas
from shared.domain.certificates import STORES, Certificate
from shared.products.kit.bare_ids import identifier_in
from shared.services.catalogue import KnownCertificates
from tests.builders import a_certificate
from tests.worlds import a_world

OURS = a_certificate(7, name="shop", fingerprint="aa")
ABROAD = a_certificate(8, name="shop", fingerprint="bb", store="ap-southeast-1")
NEW = a_certificate(9, name="new", fingerprint="cc")


@dataclass
class Listings:
    """CAS: what each store lists, and how often it was asked."""

    stores: dict[str, list[Certificate]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, store: str) -> Cas:
        self.asked.append(store)
        return cast(Cas, self)

    def list_certificates(self) -> list[Certificate]:
        return self.stores.get(self.asked[-1], [])


def a_catalogue(folder: Path, cas: Any = None) -> KnownCertificates:
    world = a_world(folder, certificates=[OURS, ABROAD, a_certificate(6, name="none", fingerprint="")])
    return KnownCertificates(world.certificates, STORES, cas)


def test_a_certificate_is_known_by_identifier_by_fingerprint_and_by_name_in_its_store(tmp_path: Path) -> None:
    known = a_catalogue(tmp_path)

    assert known.by_identifier("7-cn-hangzhou") == OURS
    assert known.by_identifier("8-ap-southeast-1") == ABROAD
    assert known.by_identifier("7-ap-southeast-1") is None
    assert known.by_fingerprint("bb") == ABROAD
    assert known.by_name("shop", "cn-hangzhou") == OURS
    assert known.by_name("shop", "ap-southeast-1") == ABROAD
    assert known.by_name("other", "cn-hangzhou") is None


@pytest.mark.parametrize("store", STORES)
def test_a_bare_id_is_that_of_the_store_that_has_it(tmp_path: Path, store: str) -> None:
    there = a_certificate(5, name="there", store=store)
    known = KnownCertificates(a_world(tmp_path, certificates=[OURS, there]).certificates, STORES)

    assert identifier_in(known, "5") == there.identifier
    assert identifier_in(known, "4") == "4-cn-hangzhou", "as the products take it"


def test_any_of_several_fingerprints_will_do_and_an_empty_one_is_nobody_s(tmp_path: Path) -> None:
    known = a_catalogue(tmp_path)

    assert known.by_fingerprint("00", "", "aa") == OURS
    assert known.by_fingerprint("", "00") is None
    assert known.by_fingerprint() is None


def test_cas_is_not_asked_for_what_the_table_knows(tmp_path: Path) -> None:
    cas = Listings({"cn-hangzhou": [NEW]})

    assert a_catalogue(tmp_path, cas).by_fingerprint("aa") == OURS
    assert cas.asked == []


def test_cas_is_asked_once_store_by_store_for_what_the_table_does_not_know(tmp_path: Path) -> None:
    far = a_certificate(10, name="far", fingerprint="dd", store="ap-southeast-1")
    cas = Listings({"cn-hangzhou": [NEW], "ap-southeast-1": [far]})
    known = a_catalogue(tmp_path, cas)

    assert known.by_fingerprint("cc") == NEW
    assert known.by_identifier("10-ap-southeast-1") == far
    assert known.by_name("nobody", "cn-hangzhou") is None
    assert known.by_fingerprint("aa") == OURS
    assert cas.asked == list(STORES)


def test_a_name_that_several_certificates_bear_means_none_of_them(tmp_path: Path) -> None:
    renewed = a_certificate(17, name="shop", fingerprint="ee")
    cas = Listings({"cn-hangzhou": [OURS, renewed]})
    world = a_world(tmp_path, certificates=[OURS, renewed, ABROAD])
    known = KnownCertificates(world.certificates, STORES, cas)

    assert known.by_name("shop", "cn-hangzhou") is None
    assert known.by_name("shop", "ap-southeast-1") == ABROAD
    assert known.by_identifier("17-cn-hangzhou") == renewed
    assert cas.asked == []


def test_a_fingerprint_of_a_key_that_was_kept_means_none_of_the_renewals(tmp_path: Path) -> None:
    copy = a_certificate(17, name="copy", fingerprint="aa", not_after=OURS.not_after, serial=OURS.serial)
    renewed = OURS.evolve(cert_id=18, not_after=OURS.not_after + timedelta(days=90))
    copies = KnownCertificates(a_world(tmp_path / "a", certificates=[OURS, copy]).certificates, STORES)
    renewals = KnownCertificates(a_world(tmp_path / "b", certificates=[OURS, renewed]).certificates, STORES)

    assert copies.by_fingerprint("aa") in (OURS, copy)
    assert renewals.by_fingerprint("aa") is None
