"""ACM's rules for importing anew, on certificates made for each of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.errors import CloudRejectedError
from shared.products.aws.account import Leaf
from shared.products.aws.reimport import check_reimport
from tests.keys import a_signed_certificate, ed25519_key

P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
_ALL = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def a_leaf(
    *names: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = P256,
    usages: tuple[str, ...] = ("digital_signature",),
    purposes: tuple[x509.ObjectIdentifier, ...] = (SERVER,),
) -> Leaf:
    now = datetime.now(timezone.utc)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    alternative = x509.SubjectAlternativeName([x509.DNSName(one) for one in names or ("example.com",)])
    usage = x509.KeyUsage(**{one: one in usages for one in _ALL})
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    for extension in (alternative, usage, x509.ExtendedKeyUsage(purposes)):
        builder = builder.add_extension(extension, critical=False)
    return Leaf(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_leaf(), a_leaf("example.com", "www.example.com")),
        (a_leaf("example.com", "www.example.com"), a_leaf("www.example.com")),
        (a_leaf(purposes=(SERVER, CLIENT)), a_leaf()),
        (a_leaf(usages=("digital_signature", "key_encipherment")), a_leaf()),
    ],
    ids=["names added", "names removed", "client purpose dropped", "ECC without key encipherment"],
)
def test_what_acm_takes_is_taken(before: Leaf, after: Leaf) -> None:
    check_reimport(before, after)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (a_leaf(), a_leaf(key=P384), "EC_prime256v1 to EC_secp384r1"),
        (a_leaf(key=RSA), a_leaf(), "RSA_2048 to EC_prime256v1"),
        (a_leaf("www.example.com"), a_leaf("*.example.com"), "none of its names"),
        (a_leaf(purposes=(SERVER, ExtendedKeyUsageOID.EMAIL_PROTECTION)), a_leaf(), "drop key usages: 1.3.6"),
        (
            a_leaf(key=RSA, usages=("digital_signature", "key_encipherment")),
            a_leaf(key=RSA),
            "drop key usages: key_encipherment",
        ),
    ],
    ids=["larger curve", "RSA to ECC", "all names replaced", "purpose dropped", "usage dropped"],
)
def test_what_acm_refuses_is_refused_with_the_reason(before: Leaf, after: Leaf, why: str) -> None:
    with pytest.raises(CloudRejectedError, match=why):
        check_reimport(before, after)


def test_a_certificate_that_says_nothing_of_its_uses_may_replace_another_such() -> None:
    bare = Leaf(a_signed_certificate("example.com", names=["example.com"]).pem)

    check_reimport(bare, bare)
    check_reimport(bare, a_leaf())
    with pytest.raises(
        CloudRejectedError, match=r" key usages: 1\.3\.6\.1\.5\.5\.7\.3\.1, digital_signature \("
    ):
        check_reimport(a_leaf(), bare)


def test_another_kind_of_key_is_told_by_its_name() -> None:
    edwards = Leaf(a_signed_certificate("example.com", names=["example.com"], key=ed25519_key()).pem)

    with pytest.raises(CloudRejectedError, match="from EC_prime256v1 to Ed25519PublicKey"):
        check_reimport(a_leaf(), edwards)
