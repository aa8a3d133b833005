"""Local certificate authorities: root, intermediate, leaf. For estates, tests and the demo only.

One stands for those that every client trusts, the other for a company's own. Clients of the emulated cloud
are given the first one's root. The keys of both are the same in every process, so that what one issues is
trusted by the clients of another. Everybody can compute them: no browser and no system may trust these roots.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from emulator.bundles import LEVELS, Bundle, a_label

KeyKind = Literal["rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-p256", "ecdsa-p384"]
Ca = Literal["public", "private"]
Validation = Literal["DV", "OV", "EV"]
LeafKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

#: Root and intermediate.
NAMES: dict[Ca, tuple[str, str]] = {
    "public": ("certdeploy Local Root CA", "certdeploy Local TLS CA"),
    "private": ("certdeploy Internal Root CA", "certdeploy Internal TLS CA"),
}
ORGANISATION = "Example Ltd"  #: of every owner whom a CA has checked
POLICIES = {level: policy for policy, level in LEVELS.items()}


class Authority:
    """Signs leaf certificates under one root and one intermediate."""

    def __init__(self, ca: Ca = "public") -> None:
        self._public = ca == "public"
        self._root, self._intermediate, self._key = _ca(ca)

    @property
    def root_pem(self) -> str:
        """What a client must trust to verify any chain from here."""
        return _pem(self._root)

    def issue(
        self,
        names: Sequence[str],
        *,
        key: KeyKind = "rsa-2048",
        days: float = 90,
        age: float = 0,
        now: datetime | None = None,
        key_slot: str | None = None,
        validation: Validation = "DV",
        leaf_only: bool = False,
        self_signed: bool = False,
    ) -> Bundle:
        """A chain (leaf, intermediate) for `names`, the first also its common name, and its key.

        Valid from `age` days before `now` until `days` after it; negative `days`: already expired.
        RSA keys are slow to make: calls that name the same `key_slot` share one key.
        """
        if age + days <= 0:
            raise ValueError("a certificate must be valid for some time: age + days > 0")
        now = (now or datetime.now(timezone.utc)).replace(microsecond=0)
        labels = list(dict.fromkeys(a_label(name) for name in names))
        private = _new_key(key) if key_slot is None else _kept_key(key, key_slot)
        subject = _subject(labels[0][:64], validation)
        issuer, signer = (subject, private) if self_signed else (self._intermediate.subject, self._key)
        start, end = now - timedelta(days=age), now + timedelta(days=days)
        builder = (
            _builder(subject, issuer, private, start, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(label) for label in labels]),
                critical=False,
            )
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
        )
        if self._public and not self_signed:
            policy = x509.PolicyInformation(x509.ObjectIdentifier(POLICIES[validation]), None)
            builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
        leaf = builder.sign(signer, hashes.SHA256())
        key_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        above = "" if leaf_only or self_signed else _pem(self._intermediate)
        return Bundle(_pem(leaf) + above, key_pem.decode())


@cache
def _ca(ca: Ca) -> tuple[x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey]:
    root_key, key = map(_known_key, NAMES[ca])
    root_name, name = map(_name, NAMES[ca])
    start = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=3650)
    end = start + timedelta(days=7300)
    root = _ca_certificate(root_name, root_name, root_key, root_key, start, end)
    return root, _ca_certificate(name, root_name, key, root_key, start, end), key


def _ca_certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    return (
        _builder(subject, issuer, key, start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage(signs=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: LeafKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return certificate_builder(subject, issuer, key, start, end).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )


def certificate_builder(
    subject: x509.Name, issuer: x509.Name, key: LeafKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    """What every certificate has; extensions and signature are the caller's."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _known_key(name: str) -> ec.EllipticCurvePrivateKey:
    """A CA's own, by its name."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(name.encode())
    return ec.derive_private_key(int.from_bytes(digest.finalize(), "big"), ec.SECP256R1())


def _new_key(kind: KeyKind) -> LeafKey:
    family, _, size = kind.partition("-")
    if family == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=int(size))
    return ec.generate_private_key(ec.SECP384R1() if kind == "ecdsa-p384" else ec.SECP256R1())


@cache
def _kept_key(kind: KeyKind, slot: str) -> LeafKey:
    return _new_key(kind)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _subject(common_name: str, validation: Validation) -> x509.Name:
    """The subject of an EV certificate has more than the organisation (EV Guidelines, 7.1.4.2)."""
    attributes = list(_name(common_name))
    if validation != "DV":
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION))
    if validation == "EV":
        attributes += [
            x509.NameAttribute(NameOID.BUSINESS_CATEGORY, "Private Organization"),
            x509.NameAttribute(NameOID.JURISDICTION_COUNTRY_NAME, "CN"),
        ]
    return x509.Name(attributes)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def key_usage(*, signs: bool) -> x509.KeyUsage:
    """Digital signatures; and `signs` certificates, and the lists of those revoked (RFC 5280, 4.2.1.3)."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
