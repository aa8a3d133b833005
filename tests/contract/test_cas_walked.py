"""CAS: whatever a field of an answer says, no certificate is taken for deleted, and nothing breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas, KeyPair, Listing
from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.contacts import CasContact
from shared.domain.levels import Validation
from shared.domain.resources import CloudProduct
from shared.validation.secret import SecretPem
from tests.contract.bench import STORE, Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.otherwise import Told, told_otherwise
from tests.contract.walk import INSTEAD

pytestmark = pytest.mark.ordinary_answers("each field is told otherwise by the test itself")


SOLD = {"names": ["sold.example.com"], "key": "ecdsa-p256", "source": "BUY", "validation": "EV"}
ALL = {**CERTIFICATES, "sold": SOLD}


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.CDN, {"certificates": ALL}, roles=False)


@pytest.fixture
def cas(bench: Bench) -> Cas:
    return Cas(bench.client, STORE)


def walked(asks: Callable[[], Any], *actions: str) -> Iterator[Told]:
    """With what is asked beside it, each field of these answers is told otherwise."""
    told = list(told_otherwise(lambda: [asks()], cas=True))
    assert {one.action for one in told} >= set(actions)
    assert {one.how for one in told} == set(INSTEAD)
    yield from told


def listed(told: Told) -> Listing | None:
    return cast(Listing, told.found[0]) if told.found else None


@pytest.mark.long
def test_a_scan_of_what_is_told_otherwise_takes_nothing_for_deleted(cas: Cas) -> None:
    before = cas.listing({})
    known = {one.cert_id: one for one in before.certificates}
    assert len(known) == len(ALL)
    assert before.complete

    read = ("ListCertificates", "GetCertificateDetail", "ListInstances")
    for told in walked(lambda: cas.listing({}), *read):
        if listing := listed(told):
            assert listing.ids >= before.ids or not listing.complete, told
            assert {one.cert_id for one in listing.certificates} <= listing.ids, told
            for one in listing.certificates:
                assert one.fingerprint == known[one.cert_id].fingerprint or told.path.endswith("FingerPrint")
        if told.action == "ListInstances":  # it is told, or that it is not known, or it is asked for again
            assert listing, told
            (level,) = [one.level for one in listing.certificates if one.source is CertificateSource.BUY]
            assert level is None or level.validation in (Validation.EV, Validation.UNKNOWN), told


def test_what_is_known_of_a_certificate_stays_where_it_is_not_told(cas: Cas) -> None:
    known = {one.cert_id: one for one in cas.listing({}).certificates}
    said: set[str] = set()

    for told in told_otherwise(lambda: [cas.listing(known)], cas=True):
        listing = listed(told)
        for one in listing.certificates if listing and told.how in ("absent", "null", "empty") else ():
            was = known[one.cert_id]
            said.add(told.path)
            kept = one.evolve(name=was.name, names=was.names)  # which any row may tell
            assert kept == was, told
    assert len(said) > 10


def test_a_certificate_that_is_asked_for_is_read_or_is_an_error_of_the_cloud(bench: Bench, cas: Cas) -> None:
    cert_id = bench.estate.id_of("old")

    for told in walked(lambda: cas.get_detail(cert_id), "GetCertificateDetail"):
        for one in cast(list[Certificate], told.found):
            assert one.cert_id == cert_id, told


def test_a_key_that_is_asked_for_is_a_text_or_an_error_of_the_cloud(bench: Bench, cas: Cas) -> None:
    for told in walked(lambda: cas.key_pair(bench.estate.id_of("old")), "GetUserCertificateDetail"):
        for pair in cast(list[KeyPair], told.found):
            assert isinstance(pair.certificate_pem, str), told
            assert isinstance(pair.key.reveal(), str), told
        assert "PRIVATE" not in str(told.error)


def test_contacts_are_read_or_an_error_of_the_cloud(bench: Bench, cas: Cas) -> None:
    for told in walked(cas.list_contacts, "ListContact"):
        for contacts in cast(list[list[CasContact]], told.found):
            assert all(isinstance(one.contact_id, int) for one in contacts), told


def test_an_upload_whose_id_is_not_told_is_an_error_of_the_cloud(bench: Bench, cas: Cas) -> None:
    bundle = bench.estate.bundle("old", bench.cloud.clock())
    names = iter(f"name-{number}" for number in range(1000))

    def upload() -> int:
        return cas.upload(next(names), bundle.certificate_pem, SecretPem(bundle.key_pem or ""))

    for told in walked(upload, "UploadUserCertificate"):
        assert told.error or isinstance(told.found[0], int), told
        assert told.error is None or told.path == "CertId", told
