"""A certificate chain: leaf first, each certificate signed by the next; the root is optional."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.x509.oid import NameOID

from shared.validation.keys import public_key_of, why_weak_signature

#: Public chains have two or three certificates. More than this, not in order, is reported as one problem.
MAX_CERTIFICATES = 6
#: Clocks differ: a certificate issued just now may start slightly in our future.
CLOCK_SKEW = timedelta(minutes=5)

Chain = Sequence[x509.Certificate]
Kind = TypeVar("Kind", bound=x509.ExtensionType)


def common_name(name: x509.Name) -> str:
    """The common name, or the whole name if there is none."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def quoted(name: x509.Name) -> str:
    return f"'{common_name(name)}'"


def extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """By name and signature; by name alone if the signature is weak, since that is refused anyway."""
    if certificate.issuer != issuer.subject:
        return False
    if why_weak_signature(certificate):  # the library cannot verify weak signatures
        return True
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def self_signed(certificate: x509.Certificate) -> bool:
    return issued_by(certificate, certificate)


def is_ca(certificate: x509.Certificate) -> bool:
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def not_a_ca(certificate: x509.Certificate) -> str:
    return f"{quoted(certificate.subject)} is not a CA certificate; remove it from the chain"


def right_order(chain: Chain) -> Chain | None:
    """The order in which each certificate is signed by the next; None if there is none."""
    paths = (path_from(leaf, chain) for leaf in chain)
    return next((path for path in paths if len(path) == len(chain)), None)


def path_from(leaf: x509.Certificate, chain: Chain) -> list[x509.Certificate]:
    """The leaf, its issuer, the issuer of that, as far as they are in `chain`."""
    path = [leaf]
    while above := next((c for c in chain if c not in path and issued_by(path[-1], c)), None):
        path.append(above)
    return path


def order_problems(chain: Chain) -> Iterator[str]:
    """Leaf first, then each one's issuer; none missing in between. No certificate is there twice."""
    if len(chain) > MAX_CERTIFICATES:
        yield (
            f"its {len(chain)} certificates do not form a chain; provide only your domain's"
            " certificate and its issuers"
        )
        return
    for below, above in pairwise(chain):
        if issued_by(below, above):
            continue
        subject, issuer = quoted(below.subject), quoted(below.issuer)
        if below.issuer == above.subject:
            yield (
                f"{subject} is not signed by the {issuer} that follows it, but by another"
                " certificate with that name; download the chain from your CA again"
            )
        else:
            yield (
                f"{subject} is followed by {quoted(above.subject)}, which did not issue it;"
                f" put its issuer {issuer} there"
            )


def completeness_problems(chain: Chain) -> Iterator[str]:
    """The chain is complete: a single leaf that is not self-signed lacks its issuer.

    Whether clients trust the last issuer cannot be checked without their trust store.
    """
    leaf, *issuers = chain
    if not issuers and not self_signed(leaf):
        yield (
            f"the chain is incomplete: append the certificate of its issuer {quoted(leaf.issuer)}"
            " (your CA offers it as chain, bundle or fullchain)"
        )
    for certificate in issuers:
        if not is_ca(certificate):
            yield not_a_ca(certificate)
    if issuers and is_ca(leaf):
        yield "the first certificate is a CA certificate; start with your domain's certificate"


def validity_problems(chain: Chain, now: datetime) -> Iterator[str]:
    for place, certificate in enumerate(chain):
        which = quoted(certificate.subject) if place else "it"
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if end <= now:
            action = "download the chain from your CA again" if place else "renew it first"
            yield f"{which} expired on {end:%Y-%m-%d}; {action}"
        elif start > now + CLOCK_SKEW:
            yield f"{which} is valid only from {start:%Y-%m-%d %H:%M} UTC; wait until then"


def key_problems(chain: Chain, key: PublicKeyTypes) -> Iterator[str]:
    leaf, *issuers = chain
    if public_key_of(leaf) == key:
        return
    for certificate in issuers:
        if public_key_of(certificate) == key:
            name = quoted(certificate.subject)
            yield f"the private key belongs to {name}, which is not first; put it first"
            return
    yield "the private key does not match the certificate; provide the key that its request was created with"


def notes_on(chain: Chain) -> Iterator[str]:
    """Not errors, but worth knowing."""
    leaf, *issuers = chain
    top = chain[-1]
    if not self_signed(top):
        yield f"the chain ends below {quoted(top.issuer)}, which clients must trust"
    elif issuers:
        yield f"the root {quoted(top.subject)} is included; clients do not need it"
    else:
        yield "it is self-signed: clients trust it only if configured to"
    for issuer in issuers:
        if (end := issuer.not_valid_after_utc) < leaf.not_valid_after_utc:
            yield f"its issuer {quoted(issuer.subject)} expires first, on {end:%Y-%m-%d}"
