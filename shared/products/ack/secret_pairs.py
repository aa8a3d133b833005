"""What a Secret of type kubernetes.io/tls holds, and to whom it belongs.

A Secret that we wrote bears the certificate's identifier and fingerprint as annotations: one that
differs from them was edited by hand since. `tls.key` is compared and never kept.
"""

import base64
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from shared.cloud.kubernetes import Object
from shared.cloud.tls import Leaf, read_leaf

CERTIFICATE: Final = "certdeploy.io/certificate"  #: annotation: the identifier of what we wrote
FINGERPRINT: Final = "certdeploy.io/fingerprint"  #: annotation: SHA-256 of its leaf
#: annotations by which something else owns a Secret, and would write it back
_OWNERS: Final = {
    "cert-manager.io/certificate-name": "cert-manager",
    "meta.helm.sh/release-name": "Helm",
    "argocd.argoproj.io/tracking-id": "Argo CD",
}


def owner(item: Object) -> str:
    marks, owners = (item["metadata"].get(name) or () for name in ("annotations", "ownerReferences"))
    found = [name for mark, name in _OWNERS.items() if mark in marks]
    found += [f"{owner.get('kind')} {owner.get('name')}" for owner in owners]
    if found:
        return f"{found[0]} owns it and would write it back; renew the certificate there"
    return "the Secret is immutable; make a new one and point to it" if item.get("immutable") else ""


def drift(leaf: Leaf, item: Object) -> str:
    marks = item["metadata"].get("annotations") or {}
    if not has_own_key(item):
        return "tls.key does not belong to tls.crt; put a matching pair there with kubectl"
    if FINGERPRINT in marks and marks[FINGERPRINT] != leaf.sha256:
        return (
            f"drift: edited by hand since {marks.get(CERTIFICATE) or 'a certificate'} was deployed there;"
            f" remove the annotation {FINGERPRINT} to have it managed again"
        )
    return ""


def leaf_of(item: Object) -> Leaf | None:
    try:
        return read_leaf(_certificate(item).public_bytes(Encoding.DER))
    except (ValueError, IndexError, UnsupportedAlgorithm):
        return None


def has_own_key(item: Object) -> bool:
    try:
        key = load_pem_private_key(text(item, "tls.key"), None, unsafe_skip_rsa_key_validation=True)
        return key.public_key() == _certificate(item).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _certificate(item: Object) -> x509.Certificate:
    return x509.load_pem_x509_certificates(text(item, "tls.crt"))[0]


def text(item: Object, name: str) -> bytes:
    """API servers take nothing but base64 as data."""
    return base64.b64decode((item.get("data") or {}).get(name) or "")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
