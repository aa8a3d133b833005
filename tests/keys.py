"""Key material for tests: one local CA and a few keys, made once per session, never stored.

Keys are reused among certificates, since RSA keys are slow to make.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
NOW = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


@cache
def rsa_key(bits: int = 2048, which: str = "") -> rsa.RSAPrivateKey:
    """`which` tells apart keys of one size."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(curve: type[ec.EllipticCurve] = ec.SECP256R1, which: str = "") -> PrivateKey:
    return ec.generate_private_key(curve())


@cache
def ed25519_key() -> PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def key_pem(key: PrivateKey, *, passphrase: str = "", traditional: bool = False) -> str:
    form = serialization.PrivateFormat
    return key.private_bytes(
        serialization.Encoding.PEM,
        form.TraditionalOpenSSL if traditional else form.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption(),
    ).decode()


def traditional(pem: str | None) -> str:
    """The same key as PKCS#1 (RSA) or SEC1 (EC)."""
    key = serialization.load_pem_private_key((pem or "").encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key_pem(key, traditional=True)


@dataclass(frozen=True)
class Signed:
    """A certificate and the key it was made for."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return key_pem(self.key)


def a_signed_certificate(
    common_name: str,
    *,
    key: PrivateKey | None = None,
    issuer: Signed | None = None,
    names: Sequence[str] = (),
    ca: bool | None = False,
    days: float = 90,
    age: float = 1,
    extension: x509.ExtensionType | None = None,
    subject: x509.Name | None = None,
    serial: int | None = None,
) -> Signed:
    """Valid from `age` days before NOW until `days` after it; without an issuer self-signed.

    `ca`: None for a certificate that does not say whether it is one. `subject`: in place of the common name.
    """
    key = key or ec_key()
    subject = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=age))
        .not_valid_after(NOW + timedelta(days=days))
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternative, critical=False)
    if extension is not None:
        builder = builder.add_extension(extension, critical=False)
    edwards = isinstance(signer, ed25519.Ed25519PrivateKey)
    return Signed(builder.sign(signer, None if edwards else hashes.SHA256()), key)


@cache
def root() -> Signed:
    return a_signed_certificate("Test Root CA", key=ec_key(which="root"), ca=True, days=3650)


@cache
def intermediate() -> Signed:
    return a_signed_certificate(
        "Test TLS CA", key=ec_key(which="intermediate"), issuer=root(), ca=True, days=1825
    )


def a_leaf(*names: str, key: PrivateKey | None = None, days: float = 90, age: float = 1) -> Signed:
    """A server certificate of the intermediate for `names`, as an honest CA makes it."""
    names = names or ("www.example.com",)
    return a_signed_certificate(names[0], key=key, issuer=intermediate(), names=names, days=days, age=age)


P_256, NO_CURVE = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
SHA_256, SHA_1, MD_5, UNKNOWN = (  # RSA signatures with each, as bytes of their identifiers
    bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05", "04", "63")
)


def pem_with_bytes(signed: Signed, before: bytes, after: bytes) -> str:
    """As `with_bytes`, of what the library does not even begin to read."""
    der = signed.certificate.public_bytes(serialization.Encoding.DER)
    assert before in der, "these bytes are not in it"
    body = base64.encodebytes(der.replace(before, after)).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def with_bytes(signed: Signed, before: bytes, after: bytes) -> Signed:
    """What no library makes any more: bytes of the certificate changed, so its signature is wrong too."""
    der = signed.certificate.public_bytes(serialization.Encoding.DER)
    assert before in der, "these bytes are not in it"
    return Signed(x509.load_der_x509_certificate(der.replace(before, after)), signed.key)


def signed_with_sha1(signed: Signed, algorithm: bytes = SHA_1) -> Signed:
    """What an old CA made: libraries no longer sign so, hence only the algorithm's name is changed, in a
    certificate that an RSA key signed.
    """
    return with_bytes(signed, SHA_256, algorithm)
