"""A certificate chain with its private key, and the X.509 facts the emulated services answer with.

`read` refuses what a certificate store refuses, with a `BundleProblem` that says what kind of fault
it is; each service puts that into its own error code. No text or repr here holds a private key.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

import idna
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

Fault = Literal["certificate", "key", "encrypted key", "key form", "mismatch", "chain"]
_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
#: Policies of the CA/Browser Forum.
LEVELS = {"2.23.140.1.2.1": "DV", "2.23.140.1.2.2": "OV", "2.23.140.1.1": "EV"}


class BundleProblem(Exception):
    """Why a PEM pair is no usable bundle. `fault` is the kind, the text one sentence."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@lru_cache(maxsize=8192)
def a_label(name: str) -> str:
    """A host name as DNS and certificates write it: lower case, IDNA A-labels, wildcard kept."""
    head, dot, rest = name.lower().rstrip(".").partition(".")
    if head in {"*", ""} and dot:
        return f"{head}.{a_label(rest)}"
    try:
        return name.encode("ascii").decode().lower().rstrip(".")
    except UnicodeEncodeError:
        return idna.encode(name, uts46=True).decode()


def covers(pattern: str, host: str) -> bool:
    """Whether a certificate's name stands for `host`. A wildcard takes the place of one label.

    CDN writes a wildcard domain as `.example.com`: only the same wildcard covers all of it.
    """
    pattern, host = a_label(pattern), a_label(host)
    if host.startswith("."):
        host = f"*{host}"
    if pattern == host:
        return True
    return pattern.startswith("*.") and "." in host and host.split(".", 1)[1] == pattern[2:]


@dataclass(frozen=True)
class Bundle:
    """A chain in PEM, leaf first, and its private key where it is known."""

    certificate_pem: str
    key_pem: str | None = field(default=None, repr=False)

    @cached_property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return tuple(x509.load_pem_x509_certificates(self.certificate_pem.encode()))

    @property
    def leaf(self) -> x509.Certificate:
        return self.chain[0]

    @cached_property
    def common_name(self) -> str:
        return common_name(self.leaf.subject)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The DNS names, as written in the certificate; the common name where it has none."""
        try:
            found = self.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return (self.common_name,)
        return tuple(found.value.get_values_for_type(x509.DNSName))

    @property
    def organisation(self) -> str:
        """Of the subject; "" where no CA has checked one."""
        values = self.leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return str(values[0].value) if values else ""

    @property
    def validation(self) -> str:
        """DV, OV or EV, by its policy; "" where it names none of these."""
        try:
            found = self.leaf.extensions.get_extension_for_class(x509.CertificatePolicies)
        except x509.ExtensionNotFound:
            return ""
        named = (LEVELS.get(one.policy_identifier.dotted_string, "") for one in found.value)
        return next(filter(None, named), "")

    @property
    def issuer(self) -> str:
        return common_name(self.leaf.issuer)

    @property
    def algorithm(self) -> Literal["RSA", "ECC"]:
        return "RSA" if isinstance(self.leaf.public_key(), rsa.RSAPublicKey) else "ECC"

    @property
    def key_size(self) -> int:
        key = self.leaf.public_key()
        return key.key_size if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else 0

    @property
    def not_before(self) -> datetime:
        return self.leaf.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        return self.leaf.not_valid_after_utc

    @property
    def serial(self) -> str:
        """Lower-case hex of whole bytes, as the vendor's samples write it."""
        digits = f"{self.leaf.serial_number:x}"
        return digits.zfill(len(digits) + len(digits) % 2)

    @cached_property
    def sha1(self) -> str:
        return self.leaf.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name, no proof

    @cached_property
    def key_sha1(self) -> str:
        """Of its public key, which a renewal may keep."""
        key = self.leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha1(key).hexdigest().upper()  # noqa: S324 - a name, no proof

    @cached_property
    def sha256(self) -> str:
        return self.leaf.fingerprint(hashes.SHA256()).hex().upper()

    def covers(self, host: str) -> bool:
        return any(covers(name, host) for name in self.names)


def common_name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else ""


def read(certificate_pem: str, key_pem: str | None, *, traditional: bool = False) -> Bundle:
    """A bundle from outside: readable, leaf first, each certificate signed by the next, key fits.

    `traditional`: the key has to be PKCS#1 (RSA) or SEC1 (EC), by its label and what is under it.

    Raises:
        BundleProblem: the first of these that does not hold.
    """
    bundle = Bundle(certificate_pem.strip() + "\n", key_pem and key_pem.strip() + "\n")
    try:
        chain = bundle.chain
        leaf_key = bundle.leaf.public_key()
    except (ValueError, IndexError, UnsupportedAlgorithm):
        raise BundleProblem("certificate", "the certificate is not readable PEM") from None
    if key_pem is not None:
        try:
            key = _key(key_pem.strip())
        except TypeError:
            raise BundleProblem("encrypted key", "the private key is encrypted") from None
        except (ValueError, UnsupportedAlgorithm):
            raise BundleProblem("key", "the private key is not readable PEM") from None
        if traditional and not _is_traditional(key_pem, key):
            raise BundleProblem("key form", "the private key is neither PKCS#1 (RSA) nor SEC1 (EC)")
        if key.public_key() != leaf_key:
            raise BundleProblem("mismatch", "the private key is not that of the first certificate")
    for lower, upper in pairwise(chain):
        try:
            lower.verify_directly_issued_by(upper)
        except (ValueError, TypeError, InvalidSignature):
            raise BundleProblem(
                "chain", f"{common_name(upper.subject)} did not issue {common_name(lower.subject)}"
            ) from None
    return bundle


@lru_cache(maxsize=64)
def _key(pem: str) -> PrivateKeyTypes:
    """An RSA key is checked when it is read, as long as ten calls take: the same one once."""
    return load_pem_private_key(pem.encode(), None)


def _is_traditional(key_pem: str, key: object) -> bool:
    """Of what was read already, so that under each label is what it says. openssl puts parameters first."""
    labels = [label for label in _LABEL.findall(key_pem) if label != "EC PARAMETERS"]
    if isinstance(key, rsa.RSAPrivateKey):
        return labels == ["RSA PRIVATE KEY"]
    return isinstance(key, ec.EllipticCurvePrivateKey) and labels == ["EC PRIVATE KEY"]


def traditional_pem(key_pem: str) -> str:
    """The same key as PKCS#1 (RSA) or SEC1 (EC)."""
    key = load_pem_private_key(key_pem.encode(), None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
