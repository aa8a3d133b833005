"""The certificate that a product tells as PEM, and what CAS calls it.

The vendor's texts do not agree on what CAS's fingerprint is of: the certificate, or its public key. A key
may be kept at a renewal, so its fingerprint counts only together with the end.
"""

from datetime import timedelta
from typing import Final

from shared.cloud import tls
from shared.cloud.tls import Leaf
from shared.domain.certificates import Certificate
from shared.products.kit.catalogue import Catalogue
from shared.validation.parsed import UnreadableCertificateError, first_certificate_of

_ROUNDING: Final = timedelta(days=1)  #: older lists of CAS tell the day only


def leaf_of(pem: str | None) -> Leaf | None:
    """The first certificate in `pem`; None if it is not readable."""
    try:
        return tls.leaf_of(first_certificate_of(pem or ""))
    except UnreadableCertificateError:
        return None


def same(leaf: Leaf, certificate: Certificate) -> bool:
    """Whether CAS means this very certificate: by its fingerprint, or else by its serial or its key."""
    if certificate.fingerprint in (leaf.sha1, leaf.sha256):
        return True
    if abs(leaf.not_after - certificate.not_after) > _ROUNDING:
        return False
    if certificate.serial:
        return certificate.serial == leaf.serial
    return certificate.fingerprint in (leaf.key_sha1, leaf.key_sha256)


def known_by(catalogue: Catalogue, leaf: Leaf) -> Certificate | None:
    """The certificate of CAS that the leaf is."""
    if known := catalogue.by_fingerprint(leaf.sha1, leaf.sha256):
        return known
    known = catalogue.by_fingerprint(leaf.key_sha1, leaf.key_sha256)
    return known if known and same(leaf, known) else None


def identifier_of_leaf(catalogue: Catalogue, leaf: Leaf | None, unreadable: str = "upload:unreadable") -> str:
    """What CAS calls it; without one there, a text of our own. `unreadable`: for what is no certificate."""
    if leaf is None:
        return unreadable
    known = known_by(catalogue, leaf)
    return known.identifier if known else f"sha256:{leaf.sha256}"
