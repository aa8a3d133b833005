"""The certificate that a product tells as PEM, and what CAS calls it.

The vendor's texts do not agree on what CAS's fingerprint is of: the certificate, or its public key. A key
may be kept at a renewal, so its fingerprint counts only together with the end.
"""

from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from shared.cloud.tls import Leaf, read_leaf
from shared.domain.certificates import Certificate
from shared.products.kit.catalogue import Catalogue

_ROUNDING: Final = timedelta(days=1)  #: older lists of CAS tell the day only


def leaf_of(pem: str | None) -> Leaf | None:
    """The first certificate in `pem`; None if it is not readable."""
    try:
        leaf = x509.load_pem_x509_certificates((pem or "").encode())[0]
        return read_leaf(leaf.public_bytes(Encoding.DER))
    except (ValueError, IndexError, UnsupportedAlgorithm):
        return None


def fingerprints(pem: str | None) -> tuple[str, ...]:
    """SHA-1 and SHA-256 of the first certificate in `pem`, as lower-case hex; none if it is not readable."""
    leaf = leaf_of(pem)
    return (leaf.sha1, leaf.sha256) if leaf else ()


def same(leaf: Leaf, certificate: Certificate) -> bool:
    """Whether CAS means this very certificate: by its fingerprint, or else by its serial or its key."""
    if certificate.fingerprint in (leaf.sha1, leaf.sha256):
        return True
    if abs(leaf.not_after - certificate.not_after) > _ROUNDING:
        return False
    if certificate.serial:
        return certificate.serial == leaf.serial
    return certificate.fingerprint in (leaf.key_sha1, leaf.key_sha256)


def identifier_of_leaf(catalogue: Catalogue, leaf: Leaf) -> str:
    """What CAS calls it; without one there, a text of our own."""
    if known := catalogue.by_fingerprint(leaf.sha1, leaf.sha256):
        return known.identifier
    known = catalogue.by_fingerprint(leaf.key_sha1, leaf.key_sha256)
    return known.identifier if known and same(leaf, known) else f"sha256:{leaf.sha256}"


def identifier_by(catalogue: Catalogue, prints: tuple[str, ...], unreadable: str) -> str:
    """What CAS calls the certificate of these fingerprints; without one there, a text of our own."""
    if not prints:
        return unreadable
    known = catalogue.by_fingerprint(*prints)
    return known.identifier if known else f"sha256:{prints[-1]}"
