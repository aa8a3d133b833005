"""What a Secret of type kubernetes.io/tls holds.

A Secret that we wrote bears the certificate's identifier and fingerprint as annotations: one that
differs from them was edited by hand since. `tls.key` is compared and never kept.
"""

import base64
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.cloud import tls
from shared.cloud.reading import Fields
from shared.cloud.tls import Leaf
from shared.products.ack.owners import annotations
from shared.validation.parsed import first_certificate_of

CERTIFICATE: Final = "certdeploy.io/certificate"  #: annotation: the identifier of what we wrote
FINGERPRINT: Final = "certdeploy.io/fingerprint"  #: annotation: SHA-256 of its leaf


def fixed(item: Fields) -> str:
    return "the Secret is immutable; make a new one and point to it" if item.flag("immutable") else ""


def drift(leaf: Leaf, item: Fields) -> str:
    marks = annotations(item)
    if not has_own_key(item):
        return "tls.key does not belong to tls.crt; put a matching pair there with kubectl"
    if FINGERPRINT in marks and marks[FINGERPRINT] != leaf.sha256:
        return (
            f"drift: edited by hand since {marks.get(CERTIFICATE) or 'a certificate'} was deployed there;"
            f" remove the annotation {FINGERPRINT} to have it managed again"
        )
    return ""


def leaf_of(item: Fields) -> Leaf | None:
    try:
        return tls.leaf_of(_certificate(item))
    except ValueError:  # also of what is no base64
        return None


def has_own_key(item: Fields) -> bool:
    try:
        key = load_pem_private_key(text(item, "tls.key"), None, unsafe_skip_rsa_key_validation=True)
        return key.public_key() == _certificate(item).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _certificate(item: Fields) -> x509.Certificate:
    return first_certificate_of(text(item, "tls.crt"))


def text(item: Fields, name: str) -> bytes:
    """Raises ValueError: it is no base64, which no API server takes as data."""
    return base64.b64decode(item.part("data").text(name))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
