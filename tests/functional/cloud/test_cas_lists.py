"""CAS's answers one by one: pages that do not add up, certificates that two lists show, and refusals."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.cloud.cas import Cas
from shared.domain.certificates import CertificateSource, CertificateStatus
from shared.domain.contacts import CasContact
from shared.errors import CloudDeniedError, CloudRejectedError, NotFoundError
from shared.validation.secret import SecretPem
from tests.functional.cloud.conftest import Scripted, at, ok, refused

Reply = tuple[int, bytes, dict[str, str]]
ROW = {
    "CertificateSource": "UPLOAD",
    "CertificateStatus": "issued",
    "Domain": "example.com",
    "NotBefore": 1777636800000,
    "NotAfter": 1787636800000,
}
ORDER = {"Name": "own", "Sans": "a.example.com", "StartDate": "2026-01-01", "EndDate": "2027-01-01"}
NO_ORDERS = ok(TotalCount=0)


def page(total: int | None, *ids: int | str, **changes: Any) -> Reply:
    rows = [{**ROW, "CertificateId": str(cert_id), **changes} for cert_id in ids]
    return ok(CertificateList=rows, **({} if total is None else {"TotalCount": total}))


def orders(*ids: int) -> Reply:
    rows = [{**ORDER, "CertificateId": cert_id} for cert_id in ids]
    return ok(TotalCount=len(ids), CertificateOrderList=rows)


def asked(scripted: Scripted) -> list[tuple[str, dict[str, str]]]:
    """Actions with what they were asked."""
    return [
        (head["x-acs-action"], dict(parse_qsl(urlsplit(target).query)))
        for head, target in zip(scripted.heads, scripted.targets, strict=True)
    ]


def test_a_list_is_read_page_by_page_and_the_older_one_once_for_each_status(
    cas: Cas, scripted: Scripted
) -> None:
    scripted.answers = [page(3, 1, 2), page(3, 3), NO_ORDERS]

    assert [found.cert_id for found in cas.list_certificates()] == [1, 2, 3]

    older = {"CurrentPage": "1", "ShowSize": "50", "OrderType": "CERT"}
    assert asked(scripted) == [
        ("ListCertificates", {"CurrentPage": "1", "ShowSize": "100"}),
        ("ListCertificates", {"CurrentPage": "2", "ShowSize": "100"}),
        ("ListUserCertificateOrder", older),
        ("ListUserCertificateOrder", {**older, "Status": "EXPIRED"}),
    ]


@pytest.mark.parametrize(
    ("reading", "ids", "told"),
    [
        ([page(2, 1), page(2)], [1], (2, 1)),
        ([page(1, 1, 2)], [1, 2], (1, 2)),
        ([page(None, 1)], [1], (None, 1)),
        ([page(None)], [], (None, 0)),
        ([page(2, 1, "x"), page(2)], [1], (2, 1)),
        ([page(100, *range(1, 101)), page(100, 101)], [*range(1, 102)], (100, 101)),
    ],
)
def test_a_total_that_is_off_stops_no_reading_but_what_is_read_is_not_called_complete(
    cas: Cas,
    scripted: Scripted,
    caplog: pytest.LogCaptureFixture,
    reading: list[Reply],
    ids: list[int],
    told: tuple[int | None, int],
) -> None:
    """Nothing that is missing from such a list is taken for deleted."""
    scripted.answers = [*reading, *reading, NO_ORDERS]

    listing = cas.listing()

    assert [found.cert_id for found in listing.certificates] == ids
    assert (listing.ids, listing.complete) == (frozenset(ids), False)
    line = caplog.records[-1]
    assert line.message == "a list has another number of rows than it says"
    assert (line.__dict__["total"], line.__dict__["rows"]) == told
    assert len(scripted.targets) == 2 * len(reading) + 2


def test_a_list_that_tells_the_same_page_for_ever_comes_to_an_end(cas: Cas, scripted: Scripted) -> None:
    whole = page(None, *range(1, 101))
    scripted.answers = [whole, whole, whole, whole, NO_ORDERS]

    assert len(cas.listing().certificates) == 100


def test_a_list_that_adds_up_is_complete(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [page(2, 1, 2), NO_ORDERS]

    assert cas.listing().complete


def details(scripted: Scripted) -> list[str]:
    return [params["CertificateId"] for action, params in asked(scripted) if action == "GetCertificateDetail"]


def test_what_the_list_leaves_out_is_asked_for_once_for_each_certificate(
    cas: Cas, scripted: Scripted
) -> None:
    bare = page(2, 1, 2, CertificateSource=None, ExistPrivateKey=None)
    detail = {
        **ROW,
        "CertificateSource": "BUY",
        "ExistPrivateKey": True,
        "Serial": "00AB",
        "Algorithm": "RSA",
    }
    scripted.answers = [bare, NO_ORDERS, NO_ORDERS, ok(**detail), ok(**detail)]
    first = {one.cert_id: one for one in cas.listing({}).certificates}
    assert details(scripted) == ["1", "2"]
    assert {(one.source.value, one.has_private_key, one.serial) for one in first.values()} == {
        ("BUY", True, "ab")
    }

    scripted.answers = [bare, NO_ORDERS]
    assert {one.cert_id: one for one in cas.listing(first).certificates} == first
    assert details(scripted) == ["1", "2"], "what is known is not asked for again"


def test_without_a_detail_a_certificate_is_kept_with_what_the_list_tells(
    cas: Cas, scripted: Scripted
) -> None:
    bare = page(1, 1, CertificateSource=None)
    scripted.answers = [bare, NO_ORDERS, NO_ORDERS, refused(404, "NotFound.Certificate")]

    (found,) = cas.listing({}).certificates

    assert (found.source, found.has_private_key) == (CertificateSource.OTHER, None)


def test_a_detail_that_tells_no_serial_is_not_asked_for_of_all_the_others(
    cas: Cas, scripted: Scripted
) -> None:
    whole = {"ExistPrivateKey": True, "Algorithm": "RSA"}
    three = page(3, 1, 2, 3, **whole)
    scripted.answers = [three, NO_ORDERS, NO_ORDERS, ok(**ROW)]
    known = {one.cert_id: one for one in cas.listing({}).certificates}
    assert details(scripted) == ["1", "2", "3"], "each for its chain"

    scripted.answers = [three, NO_ORDERS, NO_ORDERS, ok(**ROW)]
    assert len(cas.listing(known).certificates) == 3
    assert details(scripted) == ["1", "2", "3", "1"]


def test_an_older_certificate_that_is_known_is_not_asked_for_again(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [page(0), orders(9), NO_ORDERS, ok(**ROW, ExistPrivateKey=True, Serial="AB")]
    (found,) = cas.listing({}).certificates
    expired = ok(TotalCount=1, CertificateOrderList=[{**ORDER, "CertificateId": 9, "Expired": True}])
    scripted.answers = [page(0), expired]

    assert cas.listing({9: found}).certificates == [found.evolve(status=CertificateStatus.EXPIRED)]
    assert details(scripted) == ["9"]


def test_a_list_that_changed_meanwhile_is_read_again(cas: Cas, scripted: Scripted) -> None:
    """What moved to an earlier page is shown twice, and something else not at all."""
    scripted.answers = [page(3, 1, 2), page(3, 2), page(3), page(2, 1), page(2, 3), NO_ORDERS]
    assert [found.cert_id for found in cas.list_certificates()] == [1, 3]


def test_a_certificate_that_several_lists_show_is_one(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [page(1, 1), orders(1, 9), orders(9, 8), refused(404, "NotFound.Certificate")]

    found = {one.cert_id: one.has_private_key for one in cas.list_certificates()}

    assert found == {1: None, 9: None, 8: None}
    details = [params for action, params in asked(scripted) if action == "GetCertificateDetail"]
    assert details == [{"CertificateId": "9"}, {"CertificateId": "8"}]


def test_a_detail_that_is_denied_is_not_one_that_is_missing(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [refused(403, "Forbidden.RAM"), refused(400, "InvalidParameter")]
    with pytest.raises(CloudDeniedError):
        cas.get_detail(5)
    with pytest.raises(CloudRejectedError, match="InvalidParameter"):
        cas.get_detail(5)


@pytest.mark.parametrize("answer", [refused(400, "NotFound"), refused(404, "NotFound.Certificate"), ok()])
def test_a_certificate_of_another_store_does_not_exist_here(scripted: Scripted, answer: Reply) -> None:
    scripted.answers = [answer]
    with pytest.raises(NotFoundError, match="Certificate 5-ap-southeast-1 does not exist"):
        Cas(at(scripted), "ap-southeast-1").get_detail(5)
    assert scripted.heads[0]["x-emulator-host"] == "cas.ap-southeast-1.aliyuncs.com"


def test_a_pair_is_asked_for_with_its_key(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [ok(Cert="CERT", Key="KEY")]
    pair = cas.key_pair(7)
    assert (pair.certificate_pem, pair.key.reveal()) == ("CERT", "KEY")
    assert asked(scripted) == [("GetUserCertificateDetail", {"CertId": "7", "CertFilter": "False"})]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Cert": "CERT"}, "KeyMissing"),
        ({"Key": "SECRET"}, "KeyMissing"),
        ({"Cert": "CERT", "Key": "", "Algorithm": "RSA"}, "KeyMissing"),
        ({"SignCert": "CERT", "SignPrivateKey": "SECRET"}, "SM2"),
        ({"Cert": "CERT", "Algorithm": "SM2"}, "SM2"),
    ],
)
def test_half_a_pair_is_refused_with_the_reason(
    cas: Cas, scripted: Scripted, row: dict[str, str], code: str
) -> None:
    scripted.answers = [ok(**row)]
    with pytest.raises(CloudRejectedError, match=f"{code}: .*7-cn-hangzhou") as caught:
        cas.key_pair(7)
    assert (caught.value.action, caught.value.cloud_code) == ("GetUserCertificateDetail", code)
    assert caught.value.request_id == "R"
    assert "SECRET" not in str(caught.value)


def test_an_upload_is_a_name_a_certificate_and_a_key(cas: Cas, scripted: Scripted) -> None:
    scripted.answers = [ok(CertId="12")]
    assert cas.upload("shop", "CERT", SecretPem("KEY")) == 12
    assert dict(parse_qsl(scripted.bodies[0].decode())) == {"Name": "shop", "Cert": "CERT", "Key": "KEY"}


def test_contacts_are_read_with_what_is_told_of_them(cas: Cas, scripted: Scripted) -> None:
    whole = {"ContactId": "1", "Name": "a", "Email": "a@example.com", "Mobile": "138"}
    scripted.answers = [
        ok(TotalCount=2, ContactList=[whole]),
        ok(TotalCount=2, ContactList=[{"ContactId": 2, "Email": None}]),
    ]

    assert cas.list_contacts() == [
        CasContact(contact_id=1, name="a", email="a@example.com", mobile="138"),
        CasContact(contact_id=2, name="", email="", mobile=""),
    ]
    assert asked(scripted)[1] == ("ListContact", {"CurrentPage": "2", "ShowSize": "100"})
