"""Certificates as CAS words them in its two lists: every word it has, and what is no certificate."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from shared.cloud.cas_rows import certificate_of, certificate_of_order
from shared.domain.certificates import Certificate, CertificateSource, CertificateStatus

MAY = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


def a_row(**changes: Any) -> dict[str, Any]:
    """Of ListCertificates; None takes a member away."""
    row = {
        "CertificateId": 7,
        "CertificateName": "shop",
        "CertificateSource": "UPLOAD",
        "CertificateStatus": "issued",
        "SubjectAlternativeNames": ["www.example.com", "*.example.com"],
        "Domain": "example.net",
        "Algorithm": "RSA",
        "ExistPrivateKey": True,
        "FingerPrint": "AA:BB CC",
        "Serial": "00 AB:CD",
        "Issuer": "Test TLS CA",
        "NotBefore": 1777636800000,
        "NotAfter": 1777640400000,
        **changes,
    }
    return {name: value for name, value in row.items() if value is not None}


def an_order(**changes: Any) -> dict[str, Any]:
    """Of ListUserCertificateOrder; None takes a member away."""
    row = {
        "CertificateId": 9,
        "Name": "own",
        "Sans": "www.example.com,*.example.com",
        "CommonName": "example.net",
        "Upload": True,
        "Expired": False,
        "Fingerprint": "AA:BB",
        "SerialNo": "00AB",
        "Issuer": "Own CA",
        "StartDate": "2026-05-01",
        "EndDate": "2027-05-01",
        **changes,
    }
    return {name: value for name, value in row.items() if value is not None}


def test_a_row_is_read_whole() -> None:
    assert certificate_of(a_row(), "ap-southeast-1") == Certificate(
        cert_id=7,
        store="ap-southeast-1",
        name="shop",
        source=CertificateSource.UPLOAD,
        status=CertificateStatus.ISSUED,
        names=("www.example.com", "*.example.com"),
        algorithm="RSA",
        has_private_key=True,
        fingerprint="aabbcc",
        serial="abcd",
        issuer="Test TLS CA",
        not_before=MAY,
        not_after=MAY + timedelta(hours=1),
    )


def test_an_order_is_read_whole() -> None:
    assert certificate_of_order(an_order(), "ap-southeast-1") == Certificate(
        cert_id=9,
        store="ap-southeast-1",
        name="own",
        source=CertificateSource.UPLOAD,
        status=CertificateStatus.ISSUED,
        names=("www.example.com", "*.example.com"),
        algorithm="",
        has_private_key=None,
        fingerprint="aabb",
        serial="ab",
        issuer="Own CA",
        not_before=datetime(2026, 5, 1, tzinfo=timezone.utc),
        not_after=datetime(2027, 5, 1, tzinfo=timezone.utc),
    )


def of_row(**changes: Any) -> Certificate:
    found = certificate_of(a_row(**changes), "cn-hangzhou")
    assert found is not None
    return found


def of_order(**changes: Any) -> Certificate:
    found = certificate_of_order(an_order(**changes), "cn-hangzhou")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("issued", CertificateStatus.ISSUED),
        ("willExpire", CertificateStatus.WILL_EXPIRE),
        ("expired", CertificateStatus.EXPIRED),
        ("revoked", CertificateStatus.REVOKED),
    ],
)
def test_each_word_for_a_status_is_known(word: str, status: CertificateStatus) -> None:
    assert of_row(CertificateStatus=word).status is status


@pytest.mark.parametrize(
    ("word", "source"),
    [("BUY", CertificateSource.BUY), ("TEST", CertificateSource.TEST), ("UPLOAD", CertificateSource.UPLOAD)],
)
def test_each_word_for_a_source_is_known(word: str, source: CertificateSource) -> None:
    assert of_row(CertificateSource=word).source is source


@pytest.mark.parametrize(
    ("expired", "status"),
    [
        (True, CertificateStatus.EXPIRED),
        (False, CertificateStatus.ISSUED),
        (None, CertificateStatus.ISSUED),
    ],
)
def test_an_order_has_expired_or_is_issued(expired: bool | None, status: CertificateStatus) -> None:
    assert of_order(Expired=expired).status is status


@pytest.mark.parametrize(
    ("uploaded", "source"),
    [(True, CertificateSource.UPLOAD), (False, CertificateSource.BUY), (None, CertificateSource.BUY)],
)
def test_an_order_was_uploaded_or_bought(uploaded: bool | None, source: CertificateSource) -> None:
    assert of_order(Upload=uploaded).source is source


@pytest.mark.parametrize("told", [True, False])
def test_whether_cas_holds_the_key_is_taken_as_told(told: bool) -> None:
    assert of_row(ExistPrivateKey=told).has_private_key is told


def test_a_key_that_is_not_spoken_of_is_not_taken_for_held() -> None:
    assert of_row(ExistPrivateKey=None).has_private_key is None
    assert of_row(ExistPrivateKey="false").has_private_key is False


def test_a_word_that_is_not_known_is_kept_as_another_one() -> None:
    """Dropping the row would take the certificate out of the table, and its slots out of every plan."""
    assert of_row(CertificateSource="PCA").source is CertificateSource.OTHER
    assert of_row(CertificateSource=None).source is CertificateSource.OTHER
    assert of_row(CertificateStatus="ISSUED").status is CertificateStatus.ISSUED
    unknown = of_row(CertificateStatus="renewing")
    assert unknown.status is CertificateStatus.OTHER
    assert "state that is not known" in str(unknown.why_not_deployable(MAY))
    assert of_row(CertificateStatus=None).status is CertificateStatus.OTHER


@pytest.mark.parametrize("name", [name for name in a_row() if name != "CertificateId"])
@pytest.mark.parametrize("told", [None, ""])
def test_what_a_row_does_not_tell_is_as_it_was_known(name: str, told: str | None) -> None:
    known = of_row()

    found = certificate_of(a_row(**{name: told}), "cn-hangzhou", known)

    assert found is not None
    if name == "CertificateName":
        assert found == known.evolve(name="")
    elif name == "SubjectAlternativeNames":
        assert found.names == ("example.net",)
    else:
        assert found == known


@pytest.mark.parametrize("name", list(a_row()))
@pytest.mark.parametrize("told", [{"odd": 1}, [{"odd": 1}], True, "a new word", 10**30])
def test_a_row_of_odd_values_is_read_or_left_out(name: str, told: object) -> None:
    found = certificate_of(a_row(**{name: told}), "cn-hangzhou")

    assert found is None or found.store == "cn-hangzhou"


def test_without_a_list_of_names_the_domains_are_its_names() -> None:
    assert of_row(SubjectAlternativeNames=None, Domain="B.example.com,a.example.com").names == (
        "b.example.com",
        "a.example.com",
    )
    assert of_row(SubjectAlternativeNames=[], Domain=None).names == ()
    assert of_order(Sans=None).names == ("example.net",)
    assert of_order(Sans="", CommonName=None).names == ()


def test_what_is_no_name_of_a_server_is_left_out() -> None:
    assert of_row(SubjectAlternativeNames=["me@example.com", "a.example.com"]).names == ("a.example.com",)


def test_what_is_not_told_is_empty() -> None:
    row = of_row(CertificateName=None, Algorithm=None, FingerPrint=None, Serial=None, Issuer=None)
    assert (row.name, row.algorithm, row.fingerprint, row.serial, row.issuer) == ("",) * 5
    order = of_order(Name=None, Fingerprint=None, SerialNo=None, Issuer=None)
    assert (order.name, order.fingerprint, order.serial, order.issuer) == ("",) * 4


@pytest.mark.parametrize("written", [1777636800, 1777636800000, "1777636800", "1777636800000"])
def test_a_moment_is_in_seconds_or_in_milliseconds(written: int | str) -> None:
    """The unit is not documented; numbers of more than eleven digits would be years after 5000."""
    assert of_row(NotAfter=written).not_after == MAY


def test_the_greatest_number_of_seconds_lies_beyond_every_certificate() -> None:
    assert of_row(NotAfter=10**11).not_after.year == 5138
    assert of_row(NotAfter=10**11 + 1).not_after.year == 1973


@pytest.mark.parametrize(
    "changes",
    [
        {"CertificateStatus": "checking"},
        {"CertificateSource": {}},
        {"CertificateId": None},
        {"CertificateId": "x"},
        {"NotBefore": None},
        {"NotAfter": None},
        {"NotAfter": "soon"},
    ],
)
def test_a_row_of_something_else_is_left_out_with_a_word(
    changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert certificate_of(a_row(**changes), "cn-hangzhou") is None
    assert "not a certificate we know" in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"CertificateId": None},
        {"CertificateId": "x"},
        {"StartDate": None},
        {"EndDate": None},
        {"EndDate": "01.05.2027"},
    ],
)
def test_an_order_of_something_else_is_left_out_with_a_word(
    changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert certificate_of_order(an_order(**changes), "cn-hangzhou") is None
    assert "not a certificate we know" in caplog.text


def test_an_order_tells_the_organisation_of_its_owner() -> None:
    assert of_order(OrgName="Example Ltd").organisation == "Example Ltd"
    assert of_order().organisation == of_order(OrgName={"odd": 1}).organisation == ""


def test_of_an_organisation_s_name_and_its_number_the_name_is_kept() -> None:
    names = {of_row(OrgName="Example Ltd", CompanyId=number).organisation for number in range(1, 9)}
    assert names == {"Example Ltd"}
