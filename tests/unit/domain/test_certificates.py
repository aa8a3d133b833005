"""Certificates: what they are called, what they cover, and when CAS deploys one."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from shared.domain.certificates import CertificateRecord, CertificateStatus, cert_id_of, identifier_of
from tests.builders import NOW, a_certificate


def test_the_identifier_names_the_store() -> None:
    assert a_certificate(7).identifier == "7-cn-hangzhou"
    assert a_certificate(7, store="ap-southeast-1").identifier == "7-ap-southeast-1"


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        ("7", "7-cn-hangzhou"),
        (" 7 ", "7-cn-hangzhou"),
        ("7-ap-southeast-1", "7-ap-southeast-1"),
        ("1231579_166f8204689", "1231579_166f8204689"),
        (" x-1 ", "x-1"),
        ("", ""),
        ("²", "²"),
    ],
)
def test_a_bare_id_belongs_to_the_default_store(value: str, identifier: str) -> None:
    assert identifier_of(value) == identifier


def test_a_bare_id_belongs_to_the_store_that_is_named() -> None:
    assert identifier_of("7", "ap-southeast-1") == "7-ap-southeast-1"
    assert identifier_of("7-cn-hangzhou", "ap-southeast-1") == "7-cn-hangzhou"


@pytest.mark.parametrize(
    ("identifier", "cert_id"),
    [("7-cn-hangzhou", 7), ("71", 71), ("1231579_166f", None), ("", None), ("x-1", None), ("²-x", None)],
)
def test_the_id_is_read_from_an_identifier(identifier: str, cert_id: int | None) -> None:
    assert cert_id_of(identifier) == cert_id


def test_names_are_normalized_and_each_is_there_once() -> None:
    certificate = a_certificate(names=("Example.com", "example.com.", ".example.com"))
    assert certificate.names == ("example.com", "*.example.com")


def test_any_of_its_names_may_cover() -> None:
    certificate = a_certificate(names=("example.com", "*.example.com"))
    assert certificate.covers("example.com")
    assert certificate.covers("www.example.com")
    assert not certificate.covers("example.org")


def test_a_time_without_zone_is_no_end() -> None:
    with pytest.raises(ValidationError, match=r"NotAfter|not_after"):
        a_certificate(not_after=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"algorithm": "SM2"}, "it is an SM2 certificate, which this version does not deploy"),
        (
            {"has_private_key": None},
            "CAS tells neither its kind of key nor whether it holds it; upload it with its key",
        ),
        (
            {"has_private_key": False},
            "CAS does not hold its private key (the CSR was made elsewhere)",
        ),
        ({"status": CertificateStatus.REVOKED}, "it is revoked"),
        ({"not_after": NOW - timedelta(days=1)}, "it expired on 2026-04-30; renew it first"),
        ({"not_after": NOW}, "it expired on 2026-05-01; renew it first"),
        (
            {"not_before": NOW + timedelta(minutes=5, seconds=1)},
            "it is valid only from 2026-05-01 12:05 UTC",
        ),
        ({"name": "cert-证书"}, "its name in CAS has Chinese characters; rename it first"),
        ({"name": "\u4e00"}, "its name in CAS has Chinese characters; rename it first"),
        ({"name": "\u9fff"}, "its name in CAS has Chinese characters; rename it first"),
    ],
)
def test_a_certificate_that_cas_would_not_deploy_says_why(changes: dict[str, Any], reason: str) -> None:
    assert a_certificate(**changes).why_not_deployable(NOW) == reason


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"status": CertificateStatus.WILL_EXPIRE, "not_after": NOW + timedelta(seconds=1)},
        {"not_before": NOW + timedelta(minutes=5)},
        {"algorithm": "ECC"},
        {"algorithm": "rsaEncryption"},
        {"name": "bücher \u4dff\ua000"},
    ],
    ids=["issued", "last second", "clock skew", "ecc", "another word", "other letters"],
)
def test_a_certificate_within_its_time_is_deployable(changes: dict[str, Any]) -> None:
    assert a_certificate(**changes).why_not_deployable(NOW) is None


def test_it_travels_in_the_cloud_s_spelling_and_comes_back_the_same() -> None:
    certificate = a_certificate()
    wire = certificate.model_dump(mode="json", by_alias=True)
    assert wire["CertId"] == 7
    assert type(certificate).model_validate(wire) == certificate


def test_a_certificate_of_which_nothing_is_remembered_is_still_to_be_announced() -> None:
    record = CertificateRecord(certificate=a_certificate())

    assert (record.issued_handled, record.expiring_handled_days) == (False, None)
