"""The server certificate: names and purpose; keys and signatures of its chain."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.domain.names import normalize
from shared.validation.chains import Chain, extension, quoted
from shared.validation.keys import (
    public_key_of,
    why_unsupported_key,
    why_weak_key,
    why_weak_signature,
)

_SERVER = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


def names_of(leaf: x509.Certificate) -> tuple[tuple[str, ...], list[str]]:
    """The leaf's DNS names, normalized, and their problems. The common name does not count."""
    alternative = extension(leaf, x509.SubjectAlternativeName)
    written = alternative.get_values_for_type(x509.DNSName) if alternative is not None else []
    addresses = alternative.get_values_for_type(x509.IPAddress) if alternative is not None else []
    if not written and addresses:
        return (), [
            f"it is for IP addresses only ({', '.join(map(str, addresses))}), and certificates are matched to"
            " slots by domain names; set it in the product's console, or have it reissued with a domain"
        ]
    if not written:
        return (), [
            "it has no DNS name among its subject alternative names, and clients ignore the common"
            " name; have it reissued with its domains as DNS names"
        ]
    names, problems = list[str](), list[str]()
    for name in written:
        try:
            names.append(normalize(name))
        except ValueError as error:
            problems.append(f"{error}; have it reissued with host names only")
    return tuple(dict.fromkeys(names)), problems


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
