"""Keys and signatures: which are strong enough, which products serve, and which are not read at all."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.validation.keys import describe, why_unsupported_key, why_weak_key
from tests.keys import (
    MD_5,
    NO_CURVE,
    P_256,
    SHA_1,
    UNKNOWN,
    Signed,
    a_leaf,
    a_signed_certificate,
    ec_key,
    ed25519_key,
    intermediate,
    root,
    rsa_key,
    signed_with_sha1,
    with_bytes,
)
from tests.unit.validation.uploads import chain, read, refusal

USE = "use RSA with 2048 bits or more, or EC on P-256 or P-384"


def rsa_ca() -> Signed:
    return a_signed_certificate("Old CA", key=rsa_key(which="ca"), issuer=root(), ca=True)


def an_rsa_signed_leaf(issuer: Signed) -> Signed:
    return a_signed_certificate("a.example.com", issuer=issuer, names=["a.example.com"])


def an_rsa_public_key(bits: int) -> rsa.RSAPublicKey:
    """A modulus of that size; nobody knows its factors, and nobody needs to."""
    return rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) | 1).public_key()


def test_an_rsa_key_of_2048_bits_is_strong_and_one_bit_less_is_not() -> None:
    assert why_weak_key(an_rsa_public_key(2048)) is None
    assert why_weak_key(an_rsa_public_key(3072)) is None
    assert why_weak_key(an_rsa_public_key(2047)) == f"its RSA key has only 2047 bits; {USE}"


@pytest.mark.parametrize(
    ("curve", "name"),
    [
        (ec.SECP256R1, None),
        (ec.SECP384R1, None),
        (ec.SECP521R1, "secp521r1"),
        (ec.SECP256K1, "secp256k1"),
        (ec.SECP224R1, "secp224r1"),
    ],
)
def test_products_serve_two_curves(curve: type[ec.EllipticCurve], name: str | None) -> None:
    public = ec_key(curve).public_key()
    assert why_unsupported_key(public) == (name and f"its EC key is on {name}; {USE}")
    assert why_weak_key(public) is None
    assert describe(public) == ("ECC", curve.key_size)


def test_rsa_of_any_size_is_a_kind_that_products_serve() -> None:
    assert why_unsupported_key(an_rsa_public_key(1024)) is None
    assert describe(an_rsa_public_key(3072)) == ("RSA", 3072)


def test_other_kinds_and_unknown_ones_are_not_deployed() -> None:
    for public in (ed25519_key().public_key(), None):
        assert why_unsupported_key(public) == f"its key is of an unsupported type; {USE}"
        assert why_weak_key(public) is None
        assert describe(public) == ("", 0)


@pytest.mark.parametrize(
    ("algorithm", "told"),
    [
        (SHA_1, "it is signed with SHA1, which clients refuse; have it reissued"),
        (MD_5, "it is signed with MD5, which clients refuse; have it reissued"),
        (UNKNOWN, "its signature algorithm is unknown; have it issued with SHA-256"),
    ],
    ids=["sha1", "md5", "unknown"],
)
def test_a_weak_or_unknown_signature_is_all_that_is_told_of_a_chain(algorithm: bytes, told: str) -> None:
    leaf = signed_with_sha1(an_rsa_signed_leaf(rsa_ca()), algorithm)
    assert refusal(chain(leaf, rsa_ca()), leaf.key_pem) == f"certificate: {told}"


def test_a_weak_signature_does_not_hide_a_gap() -> None:
    leaf = signed_with_sha1(an_rsa_signed_leaf(rsa_ca()))
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == (
        "certificate: 'a.example.com' is followed by 'Test TLS CA', which did not issue it; put its issuer"
        " 'Old CA' there; it is signed with SHA1, which clients refuse; have it reissued"
    )


def test_a_weak_issuer_is_told_by_its_name() -> None:
    top = a_signed_certificate("RSA Root", key=rsa_key(which="ca"), ca=True)
    short = a_signed_certificate("Short CA", key=rsa_key(1024), issuer=top, ca=True)
    leaf = a_signed_certificate("a.example.com", issuer=short, names=["a.example.com"])
    assert refusal(chain(leaf, signed_with_sha1(short), top), leaf.key_pem) == (
        f"certificate: 'Short CA': its RSA key has only 1024 bits; {USE};"
        " 'Short CA': it is signed with SHA1, which clients refuse; have it reissued"
    )


def test_a_root_may_have_signed_itself_with_sha_1() -> None:
    ca = a_signed_certificate("Old Root", key=rsa_key(which="ca"), ca=True)
    leaf = an_rsa_signed_leaf(ca)
    bundle = read(chain(leaf, signed_with_sha1(ca)), leaf.key_pem)
    assert bundle.notes == ("the root 'Old Root' is included; clients do not need it",)


def test_a_leaf_that_signed_itself_with_sha_1_is_refused() -> None:
    own = a_signed_certificate("a.example.com", key=rsa_key(), names=["a.example.com"])
    assert refusal(signed_with_sha1(own).pem, own.key_pem) == (
        "certificate: it is signed with SHA1, which clients refuse; have it reissued"
    )


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (lambda: rsa_key(1024), "its RSA key has only 1024 bits"),
        (lambda: ec_key(ec.SECP521R1), "its EC key is on secp521r1"),
        (ed25519_key, "its key is of an unsupported type"),
    ],
    ids=["rsa-1024", "p521", "ed25519"],
)
def test_a_key_that_products_do_not_serve_is_refused(key, message: str) -> None:  # type: ignore[no-untyped-def]
    leaf = a_leaf(key=key())
    assert refusal(chain(leaf, intermediate()), leaf.key_pem) == f"certificate: {message}; {USE}"


@pytest.mark.parametrize("key", [ed25519_key, lambda: ec_key(ec.SECP521R1)], ids=["ed25519", "p521"])
def test_an_issuer_may_have_a_strong_key_of_any_kind(key) -> None:  # type: ignore[no-untyped-def]
    issuer = a_signed_certificate("Other CA", key=key(), issuer=root(), ca=True)
    leaf = a_signed_certificate("a.example.com", issuer=issuer, names=["a.example.com"])
    assert read(chain(leaf, issuer), leaf.key_pem).issuer == "Other CA"


def test_a_public_key_that_cannot_be_read_is_of_an_unsupported_kind() -> None:
    leaf = an_rsa_signed_leaf(rsa_ca())
    point = leaf.certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)  # type: ignore[union-attr]
    off_the_curve = point[:-1] + bytes([point[-1] ^ 1])
    for before, after in ((P_256, NO_CURVE), (point, off_the_curve)):
        told = refusal(chain(with_bytes(leaf, before, after), rsa_ca()), leaf.key_pem)
        assert f"its key is of an unsupported type; {USE}" in told
