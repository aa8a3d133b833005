"""Chains as CAS tells them: with the detail of a certificate, asked for once, and never at its cost."""

from datetime import datetime, timezone
from itertools import pairwise
from typing import Any

import pytest

from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from shared.cloud.cas import Cas
from shared.cloud.roots import Roots
from shared.domain.certificates import ChainLink
from shared.domain.levels import Validation
from shared.domain.trust import standing_of
from tests.builders import a_certificate
from tests.functional.cloud.conftest import MakeClient, Scripted, ok, refused

Reply = tuple[int, bytes, dict[str, str]]
ROW = {
    "CertificateSource": "UPLOAD",
    "CertificateStatus": "issued",
    "Domain": "example.com",
    "Algorithm": "RSA",
    "ExistPrivateKey": True,
    "Serial": "AB",
    "NotBefore": 1777636800000,
    "NotAfter": 1787636800000,
}
ORDER = {"Name": "own", "Sans": "a.example.com", "StartDate": "2026-01-01", "EndDate": "2027-01-01"}
NO_ORDERS = ok(TotalCount=0)


def page(total: int, *ids: int) -> Reply:
    return ok(TotalCount=total, CertificateList=[{**ROW, "CertificateId": cert_id} for cert_id in ids])


def orders(*ids: int, **changes: str) -> Reply:
    rows = [{**ORDER, "CertificateId": cert_id, **changes} for cert_id in ids]
    return ok(TotalCount=len(ids), CertificateOrderList=rows)


def details(scripted: Scripted) -> list[str]:
    """Ids of the certificates that were asked for."""
    return [
        target.partition("CertificateId=")[2] for target in scripted.targets if "CertificateId=" in target
    ]


def chain_of(*names: str) -> list[dict[str, Any]]:
    """Each issued by the next."""
    return [
        {"Subject": below, "Issuer": above, "NotAfter": 1787636800000} for below, above in pairwise(names)
    ]


def test_the_chain_comes_with_the_detail_and_is_asked_for_once(cas: Cas, scripted: Scripted) -> None:
    """Also of a certificate that was stored before chains were read, and of one without a chain."""
    both = page(2, 1, 2)
    with_chain = ok(**ROW, CertificateChainList=chain_of("example.com", "CA 1", "Root"))
    scripted.answers = [both, NO_ORDERS, NO_ORDERS, with_chain, ok(**ROW)]
    stored = {cert_id: a_certificate(cert_id, chain=None, algorithm="RSA", serial="ab") for cert_id in (1, 2)}

    found = {one.cert_id: one for one in cas.listing(stored).certificates}

    assert found[1].chain is not None
    assert [(link.subject, link.issuer) for link in found[1].chain] == [
        ("example.com", "CA 1"),
        ("CA 1", "Root"),
    ]
    assert found[1].chain[0].not_after == found[1].not_after
    assert found[2].chain == ()

    scripted.answers = [both, NO_ORDERS]
    assert {one.cert_id: one for one in cas.listing(found).certificates} == found
    assert details(scripted) == ["1", "2"]


def test_new_certificates_are_asked_for_first(cas: Cas, scripted: Scripted) -> None:
    ids = range(1, 203)
    pages = [
        page(202, *ids[:100]),
        page(202, *ids[100:200]),
        page(202, *ids[200:]),
    ]
    scripted.answers = [*pages, NO_ORDERS, NO_ORDERS, ok(**ROW)]
    stored = {cert_id: a_certificate(cert_id, chain=None) for cert_id in ids[:-1]}

    cas.listing(stored)

    asked_for = details(scripted)
    assert (asked_for[0], len(asked_for)) == ("202", 200), "and no more than that in one reading"


@pytest.mark.parametrize("chain", ["odd", {"Subject": 1}, [1], [{"Subject": "a"}], [{"NotAfter": "soon"}]])
def test_a_chain_that_cannot_be_read_takes_no_certificate_away(
    cas: Cas, scripted: Scripted, chain: Any
) -> None:
    scripted.answers = [
        page(1, 1), NO_ORDERS, NO_ORDERS, ok(**ROW, CertificateChainList=chain)
    ]  # fmt: skip

    (found,) = cas.listing({}).certificates

    assert (found.serial, found.chain) == ("ab", ())


def test_an_older_certificate_that_is_known_without_its_chain_is_asked_for_once_more(
    cas: Cas, scripted: Scripted
) -> None:
    chain = chain_of("a.example.com", "Own CA 1", "Own Root")
    detail = ok(**ROW, CertificateChainList=chain)
    scripted.answers = [page(0), orders(9), NO_ORDERS, detail]

    (found,) = cas.listing({9: a_certificate(9, chain=None)}).certificates

    assert [link.subject for link in found.chain or ()] == ["a.example.com", "Own CA 1"]
    scripted.answers = [page(0), orders(9), NO_ORDERS]
    assert cas.listing({9: found}).certificates == [found]
    assert details(scripted) == ["9"]


def test_the_owner_s_organisation_is_in_the_older_list_or_as_a_number_in_the_detail(
    cas: Cas, scripted: Scripted
) -> None:
    older = orders(1, OrgName="Example Ltd")
    scripted.answers = [
        page(3, 1, 2, 3),
        older,
        older,
        ok(**ROW),
        ok(**ROW, CompanyId=44),
        ok(**ROW, CompanyId=0),
    ]

    found = {one.cert_id: one.organisation for one in cas.listing({}).certificates}

    assert found == {1: "Example Ltd", 2: "44", 3: ""}


@pytest.mark.parametrize("leaf", [True, False])
@pytest.mark.parametrize("names", ["common", "whole"])
def test_a_certificate_has_the_same_standing_however_its_chain_is_told(
    client: MakeClient, cloud: Cloud, leaf: bool, names: str
) -> None:
    """But a leaf alone is nothing where lists begin with its issuer."""
    kinds: dict[str, dict[str, str | bool]] = {
        "public": {},
        "ov": {"validation": "OV"},
        "ev": {"validation": "EV", "source": "BUY"},
        "private": {"ca": "private"},
        "alone": {"chain": "leaf-only"},
        "self": {"self_signed": True},
        "test": {"source": "TEST"},
    }
    rows = {
        name: {"names": [f"{name}.example.com"], "key": "ecdsa-p256", **kind} for name, kind in kinds.items()
    }
    cloud.load(parse_estate({"certificates": rows}))
    cloud.service("cas").choose(chain_leaf=leaf, chain_names=names)
    roots = Roots.of(Authority().root_pem).names

    found = {
        one.name: standing_of(one, roots, datetime.now(timezone.utc))
        for one in Cas(client()).listing({}).certificates
    }

    assert {name: (one.trust.value, one.chain.value) for name, one in found.items()} == {
        "public": ("public", "complete"),
        "ov": ("public", "complete"),
        "ev": ("public", "complete"),
        "private": ("private", "complete"),
        "alone": ("unknown", "leaf only" if leaf else "unknown"),
        "self": ("self-signed", "complete") if leaf else ("unknown", "unknown"),
        "test": ("test", "complete"),
    }
    assert found["ov"].validation is Validation.OV
    assert found["ev"].validation is Validation.EV, "CAS has sold it, and tells"
    assert found["private"].issuer == "certdeploy Internal TLS CA"


def test_what_cas_has_no_detail_of_is_asked_for_once(cas: Cas, scripted: Scripted) -> None:
    """In either list."""
    lists = [page(1, 1), orders(9), NO_ORDERS]
    stored = {cert_id: a_certificate(cert_id, chain=None) for cert_id in (1, 9)}
    scripted.answers = [*lists, refused(404, "NotFound.Certificate")]

    known = {one.cert_id: one for one in cas.listing(stored).certificates}
    scripted.answers = [*lists, ok(**ROW)]
    cas.listing(known)

    assert {one.chain for one in known.values()} == {()}
    assert details(scripted) == ["1", "9"]


def test_no_more_of_the_older_list_are_asked_for_in_one_reading(cas: Cas, scripted: Scripted) -> None:
    ids = range(1, 203)
    scripted.answers = [page(0), orders(*ids), NO_ORDERS, ok(**ROW)]

    cas.listing({cert_id: a_certificate(cert_id, chain=None) for cert_id in ids})

    assert len(details(scripted)) == 200


def test_a_chain_that_is_known_stays_when_a_detail_tells_none(cas: Cas, scripted: Scripted) -> None:
    (link,) = (ChainLink(subject="example.com", issuer="CA 1"),)
    known = a_certificate(1, chain=(link,), serial="")
    scripted.answers = [
        ok(TotalCount=1, CertificateList=[{**ROW, "CertificateId": 1, "Serial": ""}]),
        *(NO_ORDERS, NO_ORDERS),
        ok(**ROW),
    ]

    (found,) = cas.listing({1: known}).certificates

    assert (found.serial, found.chain) == ("ab", (link,))


def test_of_a_chain_without_end_the_first_links_are_kept(cas: Cas, scripted: Scripted) -> None:
    chain = chain_of("example.com", *(f"CA {number}" for number in range(50)))
    scripted.answers = [page(1, 1), NO_ORDERS, NO_ORDERS, ok(**ROW, CertificateChainList=chain)]

    (found,) = cas.listing({}).certificates

    assert [link.subject for link in found.chain or ()] == ["example.com", *(f"CA {n}" for n in range(7))]
