"""What CAS tells of the levels that it has sold: by page, by instance, and never at the cost of a scan."""

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from shared.cloud.cas import Cas
from shared.domain.certificates import CertificateSource
from shared.domain.levels import Evidence, Level, Validation
from shared.errors import CloudDeniedError, UnreadableAnswerError
from tests.builders import a_certificate
from tests.functional.cloud.conftest import MakeClient, Scripted, ok, refused

Reply = tuple[int, bytes, dict[str, str]]
NO_ORDERS = ok(TotalCount=0)
BOUGHT = CertificateSource.BUY


def sold(word: str) -> Level:
    return Level(validation=Validation(word), by=Evidence.SOLD)


def listed(*rows: dict[str, Any]) -> list[Reply]:
    """The lists of certificates, with these rows, that leave nothing to ask for."""
    told = {
        "CertificateSource": "BUY",
        "CertificateStatus": "issued",
        "Domain": "example.com",
        "Algorithm": "RSA",
        "ExistPrivateKey": True,
        "Serial": "AB",
        "NotBefore": 1777636800000,
        "NotAfter": 1787636800000,
    }
    return [ok(TotalCount=len(rows), CertificateList=[{**told, **row} for row in rows]), *[NO_ORDERS] * 2]


def known(*ids: int, **changes: Any) -> dict[int, Any]:
    return {one: a_certificate(one, chain=(), serial="ab", source=BOUGHT, **changes) for one in ids}


def page(*rows: dict[str, Any]) -> Reply:
    return ok(InstanceList=list(rows), TotalCount=len(rows))


def asked(scripted: Scripted) -> int:
    return sum(head["x-acs-action"] == "ListInstances" for head in scripted.heads)


def test_the_instance_of_a_certificate_tells_its_level_and_that_of_those_before_it(
    cas: Cas, scripted: Scripted
) -> None:
    """An instance tells of its latest certificate only; one whose instance is gone stays unknown."""
    rows = [
        {"CertificateId": 1, "InstanceId": "cas-a"},
        {"CertificateId": 2, "InstanceId": "cas-a"},
        {"CertificateId": 3, "InstanceId": "cas-b"},
        {"CertificateId": 4},
    ]
    instances = page(
        {"InstanceId": "cas-a", "CertificateId": "2", "CertificateType": "EV"},
        {"InstanceId": "cas-c", "CertificateId": 4, "CertificateType": "ov"},
    )
    scripted.answers = [*listed(*rows), instances]

    found = {one.cert_id: one.level for one in cas.listing(known(1, 2, 3, 4)).certificates}

    assert found == {1: sold("EV"), 2: sold("EV"), 3: sold("unknown"), 4: sold("OV")}


def test_they_are_asked_once_and_only_of_what_cas_has_sold(cas: Cas, scripted: Scripted) -> None:
    rows = [{"CertificateId": 1}, {"CertificateId": 2, "CertificateSource": "UPLOAD"}]
    there = page({"InstanceId": "cas-a", "CertificateId": 1, "CertificateType": "DV"})
    scripted.answers = [*listed(*rows), there, *listed(*rows)]

    first = {one.cert_id: one for one in cas.listing(known(1, 2)).certificates}
    again = {one.cert_id: one for one in cas.listing(first).certificates}

    assert (again, first[1].level, first[2].level) == (first, sold("DV"), None)
    assert asked(scripted) == 1


def test_a_list_for_other_ends_asks_for_no_levels(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = listed({"CertificateId": 1})

    cas.list_certificates()

    assert asked(scripted) == 0


def test_all_pages_are_read_until_one_is_not_full_or_tells_nothing_new(cas: Cas, scripted: Scripted) -> None:
    def full(first: int) -> Reply:
        numbers = range(first, first + 100)
        return page(*({"CertificateId": n, "CertificateType": "EV"} for n in numbers))

    last = page({"CertificateId": 201, "CertificateType": "EV"})
    scripted.answers = [*listed({"CertificateId": 201}), full(1), full(101), last]
    (found,) = cas.listing(known(201)).certificates
    assert (found.level, asked(scripted)) == (sold("EV"), 3)

    scripted.answers = [*listed({"CertificateId": 300}), full(1)]
    (found,) = cas.listing(known(300)).certificates
    assert (found.level, asked(scripted)) == (sold("unknown"), 5)


def test_a_list_that_says_there_are_more_leaves_open_what_it_does_not_tell(
    cas: Cas, scripted: Scripted
) -> None:
    row = {"CertificateId": 1, "CertificateType": "EV"}
    scripted.answers = [
        *listed({"CertificateId": 1}, {"CertificateId": 2}),
        ok(InstanceList=[row], TotalCount=2),
    ]

    listing = cas.listing(known(1, 2))

    assert {one.cert_id: one.level for one in listing.certificates} == {1: sold("EV"), 2: None}
    assert listing.levels_unread is None, "the total is a hint"


@pytest.mark.parametrize("word", ["", None, "FREE", "unknown", 7])
def test_a_word_that_is_none_of_the_levels_tells_none(cas: Cas, scripted: Scripted, word: Any) -> None:
    scripted.answers = [*listed({"CertificateId": 1}), page({"CertificateId": 1, "CertificateType": word})]

    listing = cas.listing(known(1))

    assert [one.level for one in listing.certificates] == [sold("unknown")]
    assert listing.levels_unread is None


def test_a_row_that_cannot_be_read_costs_no_other_its_level(cas: Cas, scripted: Scripted) -> None:
    rows = [{"CertificateId": 1}, {"CertificateId": 2}]
    odd, good = {"CertificateId": 1, "CertificateType": ["EV"]}, {"CertificateId": 2, "CertificateType": "EV"}
    scripted.answers = [*listed(*rows), page(odd, good)]

    listing = cas.listing(known(1, 2))

    assert {one.cert_id: one.level for one in listing.certificates} == {1: None, 2: sold("EV")}
    assert isinstance(listing.levels_unread, UnreadableAnswerError)


def test_certificates_are_listed_where_their_levels_cannot_be_read(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [*listed({"CertificateId": 1}), refused(403, "NoPermission")]

    listing = cas.listing(known(1))

    assert [(one.cert_id, one.level) for one in listing.certificates] == [(1, None)]
    assert isinstance(listing.levels_unread, CloudDeniedError)
    assert listing.complete


@pytest.mark.parametrize("ids", ["same", "own"])
@pytest.mark.parametrize("told", [True, False])
def test_the_emulated_cas_tells_what_it_has_sold(
    client: MakeClient, cloud: Cloud, ids: str, told: bool
) -> None:
    bought = {"key": "ecdsa-p256", "source": "BUY"}
    rows = {
        "old": {**bought, "names": ["a.example.com"], "age": 150, "instance": "a", "validation": "EV"},
        "new": {**bought, "names": ["a.example.com"], "age": 1, "instance": "a", "validation": "EV"},
        "dv": {**bought, "names": ["b.example.com"]},
        "own": {"key": "ecdsa-p256", "names": ["c.example.com"], "validation": "EV"},
    }
    cloud.load(parse_estate({"certificates": rows}))
    cloud.service("cas").choose(instance_ids=ids, instance_level=told)

    found = {one.name: one.level for one in Cas(client()).listing({}).certificates}

    ev, dv, unknown = sold("EV"), sold("DV"), sold("unknown")
    old = ev if ids == "same" else unknown
    expected = {"old": old, "new": ev, "dv": dv} if told else dict.fromkeys(("old", "new", "dv"), unknown)
    assert found == {**expected, "own": None}
