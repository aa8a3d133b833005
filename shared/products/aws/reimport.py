"""ACM's rules for importing a certificate anew under its ARN, checked before anything is sent.

Source: ACM's user guide, "Reimport a certificate". ACM itself tells less of what is wrong.
"""

from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.errors import CloudRejectedError
from shared.products.aws.account import Leaf

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


def check_reimport(before: Leaf, after: Leaf) -> None:
    """Raises CloudRejectedError that says which rule `after` breaks."""
    try:
        problems = "; ".join(_problems(before, after))
    except (ValueError, UnsupportedAlgorithm):
        problems = (
            "one of both certificates cannot be read, so nothing tells whether ACM would take the new one"
        )
    if problems:
        raise CloudRejectedError("ImportCertificate", "ReimportRefused", problems)


def _problems(before: Leaf, after: Leaf) -> Iterator[str]:
    old, new = key_algorithm(before.parsed), key_algorithm(after.parsed)
    if old != new:
        yield (
            f"the key would change from {old} to {new}, which ACM refuses; import the certificate as a new"
            " one and have the listeners and distributions use it"
        )
    if before.names and not set(before.names) & set(after.names):
        yield "none of its names would stay, which ACM refuses; import the certificate as a new one"
    lost = (
        _purposes(before.parsed) - _purposes(after.parsed) - {ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string}
    )
    usages = _usages(before.parsed) - _usages(after.parsed)
    if new.startswith("EC_"):
        usages -= {"key_encipherment"}
    if lost or usages:
        yield f"ACM refuses to drop key usages: {', '.join(sorted(lost | usages))}"


def key_algorithm(certificate: x509.Certificate) -> str:
    """In ACM's words, such as RSA_2048 or EC_prime256v1."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA_{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC_{key.curve.name.replace('secp256r1', 'prime256v1')}"
    return type(key).__name__


def _purposes(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return set()
    return {purpose.dotted_string for purpose in found.value}


def _usages(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return set()
    return {name for name in _USAGES if getattr(found, name)}
