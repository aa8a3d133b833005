"""Whether what is served is what was deployed; `handshake` itself is tested against real sockets."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.cloud.tls import Leaf, UnreachableError, handshake, matches, read_leaf
from shared.domain.certificates import Certificate
from tests.builders import a_certificate
from tests.keys import Signed, a_leaf, a_signed_certificate

SIGNED = a_leaf("www.example.com", "*.example.com")


def leaf_of(signed: Signed) -> Leaf:
    return read_leaf(signed.certificate.public_bytes(Encoding.DER))


LEAF = leaf_of(SIGNED)


def deployed(**changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "names": LEAF.names,
        "serial": LEAF.serial,
        "fingerprint": LEAF.sha256,
        "not_before": LEAF.not_before,
        "not_after": LEAF.not_after,
    }
    return a_certificate(**{**values, **changes})


@pytest.mark.parametrize("kind", ["sha1", "sha256", "key_sha1", "key_sha256"])
def test_any_fingerprint_that_cas_may_mean_is_known(kind: str) -> None:
    certificate = deployed(
        fingerprint=getattr(LEAF, kind), names=("other.example",), not_after=LEAF.not_after
    )
    assert matches(LEAF, certificate)


def test_without_a_fingerprint_serial_names_and_end_decide() -> None:
    assert matches(LEAF, deployed(fingerprint=""))
    assert not matches(LEAF, deployed(fingerprint="", names=("www.example.com",)))
    later = LEAF.not_after + timedelta(days=1)
    assert not matches(LEAF, deployed(fingerprint="", not_after=later))


def test_a_fingerprint_of_something_else_is_no_proof_against() -> None:
    assert matches(LEAF, deployed(fingerprint="0" * 40))


def test_the_certificate_before_the_renewal_does_not_match() -> None:
    old = leaf_of(a_leaf("www.example.com", "*.example.com"))  # same key, names and end
    assert not matches(old, deployed())
    assert not matches(old, deployed(fingerprint=""))


def test_another_serial_outweighs_an_equal_fingerprint() -> None:
    assert not matches(replace(LEAF, serial="1"), deployed())


def test_serials_are_written_without_leading_zeros() -> None:
    assert LEAF.serial == format(SIGNED.certificate.serial_number, "x")


def test_without_a_serial_the_fingerprint_or_names_and_end_decide() -> None:
    assert matches(LEAF, deployed(serial="", names=("other.example",)))
    assert matches(LEAF, deployed(serial="", fingerprint=""))
    assert not matches(LEAF, deployed(serial="", fingerprint="", names=("other.example",)))


def test_without_a_serial_a_certificate_that_was_reissued_with_its_end_does_not_match() -> None:
    later = LEAF.not_before + timedelta(hours=1)
    assert not matches(LEAF, deployed(serial="", fingerprint="0" * 40, not_before=later))
    assert matches(LEAF, deployed(fingerprint="0" * 40, not_before=later))


@pytest.mark.parametrize("kind", ["key_sha1", "key_sha256"])
def test_a_key_that_a_renewal_kept_is_no_proof(kind: str) -> None:
    """CAS's lists tell no serial, and its fingerprint may be that of the key."""
    later = LEAF.not_after + timedelta(days=90)
    assert not matches(LEAF, deployed(serial="", fingerprint=getattr(LEAF, kind), not_after=later))


def test_a_fingerprint_that_neither_side_knows_is_no_match() -> None:
    blank = replace(LEAF, key_sha1="", key_sha256="")
    assert not matches(blank, deployed(fingerprint="", names=("other.example",)))


@pytest.mark.parametrize(
    ("apart", "same"),
    [(timedelta(seconds=1), True), (-timedelta(seconds=1), True), (timedelta(seconds=1.001), False)],
)
def test_an_end_may_be_rounded_by_a_second(apart: timedelta, same: bool) -> None:
    rounded = deployed(fingerprint="", not_after=LEAF.not_after + apart)
    assert matches(LEAF, rounded) is same


def test_the_order_of_names_does_not_matter() -> None:
    assert matches(LEAF, deployed(fingerprint="", names=tuple(reversed(LEAF.names))))


def test_a_leaf_s_fingerprints_are_of_the_certificate_and_of_its_key() -> None:
    certificate = SIGNED.certificate
    der = certificate.public_bytes(Encoding.DER)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    expected = [hashlib.new(kind, data).hexdigest() for data in (der, key) for kind in ("sha1", "sha256")]
    assert [LEAF.sha1, LEAF.sha256, LEAF.key_sha1, LEAF.key_sha256] == expected
    assert LEAF.not_after == certificate.not_valid_after_utc


def test_names_are_normalized_and_what_is_no_name_is_left_out() -> None:
    named = a_leaf("WWW.Example.com", "*.example.com", "a..b", "www.example.com", "x*.example.com")
    assert leaf_of(named).names == ("www.example.com", "*.example.com")


def test_a_certificate_without_alternative_names_has_none() -> None:
    assert leaf_of(a_signed_certificate("www.example.com")).names == ()


@pytest.mark.parametrize(
    "endpoint", ["", "evil", "evil:", ":443", "a b:443", "a:65536", "a:1\r\nX", "x@a:443", "a/b:443"]
)
@pytest.mark.parametrize("via", [None, "127.0.0.1:1"])
def test_what_is_no_host_with_a_port_is_not_asked(endpoint: str, via: str | None) -> None:
    with pytest.raises(UnreachableError, match="is no host with a port"):
        handshake(endpoint, "www.example.com", via=via)
