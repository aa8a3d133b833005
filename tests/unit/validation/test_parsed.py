"""Certificates from outside are read whole or refused with one error, whatever is wrong with them."""

import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.products.kit import fingerprints
from shared.validation.parsed import (
    UnreadableCertificateError,
    certificate_of,
    certificates_of,
    first_certificate_of,
)
from tests.keys import Signed, a_leaf, a_signed_certificate, intermediate, pem_with_bytes
from tests.unit.validation.uploads import chain, refusal

SUBJECT = "abcdefgh.example.com"
SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
LEAF = a_signed_certificate(SUBJECT, issuer=intermediate(), names=[SUBJECT], extension=SERVER)
ODD = {
    "a version that does not exist": (bytes.fromhex("a003020102"), bytes.fromhex("a003020109")),
    "a subject that is no UTF-8": (b"\x0c\x14abcdefgh", b"\x0c\x14abcdef\xffh"),
    "a DNS name that is no ASCII": (b"\x82\x14abcdefgh", b"\x82\x14abcdef\xffh"),
    "a name of a kind that nobody uses": (b"\x82\x14abcdefgh", b"\xa3\x14abcdefgh"),
    "an extension twice": (bytes.fromhex("551d25"), bytes.fromhex("551d11")),
    "an extension whose length is wrong": (b"\x82\x14abcdefgh", b"\x82\x74abcdefgh"),
}


@pytest.mark.parametrize("bytes_", ODD.values(), ids=ODD)
def test_each_odd_certificate_is_one_error(bytes_: tuple[bytes, bytes]) -> None:
    der = LEAF.certificate.public_bytes(Encoding.DER)
    assert certificate_of(der).serial_number == LEAF.certificate.serial_number
    odd = der.replace(*bytes_)
    with pytest.raises(UnreadableCertificateError, match=r"^the certificate cannot be read \([A-Z]\w+\)$"):
        certificate_of(odd)


@pytest.mark.parametrize("bytes_", ODD.values(), ids=ODD)
def test_the_intermediate_behind_an_odd_leaf_is_not_taken_for_it(bytes_: tuple[bytes, bytes]) -> None:
    pem = pem_with_bytes(LEAF, *bytes_) + intermediate().pem
    assert fingerprints.leaf_of(pem) is None
    assert refusal(pem, LEAF.key_pem) == (
        "certificate: the CERTIFICATE that begins on line 1 is damaged; copy it again"
    )


def _spoilt(signed: Signed) -> str:
    return signed.pem.replace("MII", "M!I", 1)


def _open(signed: Signed) -> str:
    return signed.pem.partition("-----END")[0]


@pytest.mark.parametrize("damage", [_spoilt, _open])
def test_text_that_is_damaged_hides_no_certificate(damage) -> None:  # type: ignore[no-untyped-def]
    text = damage(LEAF) + intermediate().pem
    for read in (certificates_of, first_certificate_of):
        with pytest.raises(UnreadableCertificateError):
            read(text)
    assert fingerprints.leaf_of(text) is None
    assert "'Test TLS CA'" not in refusal(text, LEAF.key_pem)


def test_a_leaf_is_read_whatever_follows_it() -> None:
    text = LEAF.pem + _spoilt(intermediate())
    assert first_certificate_of(text) == LEAF.certificate
    assert [c.subject for c in certificates_of(chain(LEAF, intermediate()))] == [
        LEAF.certificate.subject,
        intermediate().certificate.subject,
    ]
    with pytest.raises(UnreadableCertificateError, match="not base64"):
        certificates_of(text)


@pytest.mark.parametrize("text", ["", "hello", "-----BEGIN CERTIFICATE-----", "\ud800", LEAF.key_pem])
def test_what_is_no_certificate_is_one_error_too(text: str) -> None:
    with pytest.raises(UnreadableCertificateError):
        certificates_of(text)


def test_many_beginnings_cost_no_more_than_their_length() -> None:
    def taken_s(count: int) -> float:
        begun = time.thread_time()
        with pytest.raises(UnreadableCertificateError):
            certificates_of("-----BEGIN CERTIFICATE-----" * count)
        return time.thread_time() - begun

    assert any(taken_s(8_000) < 24 * max(taken_s(1_000), 0.0005) for _ in range(4))  # 8 if linear, 64 if not


def test_a_leaf_with_a_key_of_an_unknown_kind_is_still_known_by_its_fingerprint() -> None:
    pem = pem_with_bytes(LEAF, bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f"))
    leaf = fingerprints.leaf_of(pem)
    assert leaf is not None
    assert (leaf.names, leaf.key_sha256, len(leaf.sha256)) == ((SUBJECT,), "", 64)
    known = fingerprints.leaf_of(a_leaf().pem)
    assert known is not None
    assert len(known.key_sha256) == 64
