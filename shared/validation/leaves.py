"""The server certificate: names and purpose; keys and signatures of its chain."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.domain.certificate_names import Told, why_no_host_name
from shared.validation import san
from shared.validation.chains import Chain, extension, quoted
from shared.validation.keys import (
    public_key_of,
    why_unsupported_key,
    why_weak_key,
    why_weak_signature,
)

_SERVER = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


def names_of(leaf: x509.Certificate) -> tuple[Told, list[str]]:
    """The leaf's names, and the problems of those that are written as DNS names and are none."""
    told = san.names_of(leaf)
    addresses = [name.removeprefix("IP:") for name in told.other_names if name.startswith("IP:")]
    written = [name.removeprefix("DNS:") for name in told.other_names if name.startswith("DNS:")]
    if not (told.names or written) and addresses:
        return told, [
            f"it is for IP addresses only ({', '.join(addresses)}), and certificates are matched to"
            " slots by domain names; set it in the product's console, or have it reissued with a domain"
        ]
    if not (told.names or written):
        return told, [
            "it has no DNS name among its subject alternative names, and clients ignore the common"
            " name; have it reissued with its domains as DNS names"
        ]
    return told, [f"{why_no_host_name(name)}; have it reissued with host names only" for name in written]


def purpose_problems(leaf: x509.Certificate) -> Iterator[str]:
    usage = extension(leaf, x509.ExtendedKeyUsage)
    if usage is not None and not _SERVER & set(usage):
        yield "it is not for TLS servers (extended key usage); have it issued for a web server"


def strength_problems(chain: Chain) -> Iterator[str]:
    """The leaf's key must be of a type that all products accept; an issuer's key must be strong.

    A root's self-signature is not checked: no client does.
    """
    if why := why_unsupported_key(public_key_of(chain[0])):
        yield why
    for place, certificate in enumerate(chain):
        which = f"{quoted(certificate.subject)}: " if place else ""
        if why := why_weak_key(public_key_of(certificate)):
            yield which + why
        root = certificate.issuer == certificate.subject
        if not (place and root) and (why := why_weak_signature(certificate)):
            yield which + why
