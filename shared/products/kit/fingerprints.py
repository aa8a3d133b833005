"""The fingerprints of a certificate that a product tells as PEM."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from shared.products.kit.catalogue import Catalogue


def fingerprints(pem: str | None) -> tuple[str, ...]:
    """SHA-1 and SHA-256 of the first certificate in `pem`, as lower-case hex; none if it is not readable."""
    try:
        leaf = x509.load_pem_x509_certificates((pem or "").encode())[0]
    except (ValueError, IndexError, UnsupportedAlgorithm):
        return ()
    sha1 = leaf.fingerprint(hashes.SHA1()).hex()  # noqa: S303 - CAS's form
    return sha1, leaf.fingerprint(hashes.SHA256()).hex()


def identifier_by(catalogue: Catalogue, prints: tuple[str, ...], unreadable: str) -> str:
    """What CAS calls the certificate of these fingerprints; without one there, a text of our own."""
    if not prints:
        return unreadable
    known = catalogue.by_fingerprint(*prints)
    return known.identifier if known else f"sha256:{prints[-1]}"
