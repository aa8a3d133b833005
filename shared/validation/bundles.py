"""An uploaded certificate chain and its private key, validated together."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.domain.certificate_names import Told
from shared.domain.certificates import ChainLink
from shared.domain.levels import Level
from shared.validation import chains, leaves
from shared.validation.arranging import arrange
from shared.validation.keys import describe, public_key_of, read_key
from shared.validation.levels import level_of
from shared.validation.names import certificate_name_problems
from shared.validation.parsed import UnreadableCertificateError, certificate_of, certificates_of
from shared.validation.pem import Reading, read_blocks
from shared.validation.problems import refuse_if_any
from shared.validation.secret import SecretPem


@dataclass(frozen=True)
class CertificateBundle:
    """A chain and its matching key. Formats as in `shared.domain.certificates.Certificate`."""

    certificate_pem: str = field(repr=False)  #: leaf first, normalized
    key: SecretPem
    names: tuple[str, ...]  #: normalized
    other_names: tuple[str, ...]  #: see `certificate_names`
    algorithm: str  #: RSA or ECC
    key_size: int
    serial: str  #: lower-case hex without leading zeros
    sha1: str  #: lower-case hex without colons; CAS's fingerprint
    sha256: str
    key_prints: tuple[str, str]  #: SHA-1 and SHA-256 of the public key, as SubjectPublicKeyInfo
    chain: tuple[ChainLink, ...]  #: leaf first, each by its common name
    issuer: str
    level: Level
    not_before: datetime
    not_after: datetime
    notes: tuple[str, ...]  #: not errors, but worth knowing


def read_bundle(
    certificate: str, key: SecretPem, *, now: datetime, name: str | None = None
) -> CertificateBundle:
    """The bundle, in normalized PEM. `name`: its intended name in CAS, validated too.

    Raises:
        InvalidRequestError: every problem, each with what to do about it.
    """
    reading = read_blocks(certificate)
    chain, problems = _certificates(reading)
    notes = [*reading.notes]
    if chain and not reading.damaged:
        arranged = arrange(chain, now)
        chain = arranged.chain  # the checks below see the right order
        notes += arranged.notes
        problems += [*arranged.problems, *chains.completeness_problems(chain)]
    told = Told()
    if chain:
        told, name_problems = leaves.names_of(chain[0])
        problems += [
            *chains.validity_problems(chain, now),
            *name_problems,
            *leaves.purpose_problems(chain[0]),
            *leaves.strength_problems(chain),
        ]
    key, public, key_faults = read_key(key)
    problems += [f"private key: {fault}" for fault in key_faults]
    if chain and public is not None:
        problems += chains.key_problems(chain, public)
    if name is not None:
        problems += [f"name: {problem}" for problem in certificate_name_problems(name)]
    refuse_if_any("certificate", problems)

    leaf = chain[0]
    algorithm, size = describe(public_key_of(leaf))
    return CertificateBundle(
        certificate_pem="".join(_pem(certificate) for certificate in chain),
        key=key,
        names=told.names,
        other_names=told.other_names,
        algorithm=algorithm,
        key_size=size,
        serial=f"{leaf.serial_number:x}",
        sha1=leaf.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - an identifier, not a proof
        sha256=leaf.fingerprint(hashes.SHA256()).hex(),
        key_prints=_key_prints(leaf),
        chain=tuple(_link(one) for one in chain),
        issuer=chains.common_name(leaf.issuer),
        level=level_of(leaf),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        notes=(*notes, *chains.notes_on(chain)),
    )


_REQUEST = "it contains a request (CSR); provide the certificate that your CA issued for it"
_ELSEWHERE = {
    "CERTIFICATE REQUEST": _REQUEST,
    "NEW CERTIFICATE REQUEST": _REQUEST,
    "TRUSTED CERTIFICATE": "it is in OpenSSL's own format; convert it with `openssl x509`",
    "X509 CERTIFICATE": "it is in an outdated format; convert it with `openssl x509`",
    "PKCS7": "it is PKCS#7; convert it with `openssl pkcs7 -print_certs`",
}


def _certificates(reading: Reading) -> tuple[chains.Chain, list[str]]:
    """The certificates in their given order, and every problem of the text.

    None of them if something before the first is damaged: that one would be judged as if it were the leaf.
    """
    chain, problems, first = list[x509.Certificate](), [*reading.problems], 0
    for block in reading.blocks:
        if block.label.endswith("PRIVATE KEY"):
            problems.append("it contains a private key; provide the key separately")
        elif block.label == "EC PARAMETERS":  # openssl writes it before the key
            continue
        elif block.label != "CERTIFICATE":
            problems.append(_ELSEWHERE.get(block.label, f"it contains a {block.label}; remove it"))
        else:
            try:
                chain.append(certificate_of(block.der))
            except UnreadableCertificateError:
                problems.append(f"the CERTIFICATE that begins on line {block.line} is damaged; copy it again")
                reading.lost.append(block.line)
            else:
                first = first or block.line
    return ([] if reading.lost_before(first) else chain), problems


def _key_prints(leaf: x509.Certificate) -> tuple[str, str]:
    spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha1(spki, usedforsecurity=False).hexdigest(), hashlib.sha256(spki).hexdigest()


def links_of(certificate_pem: str) -> tuple[ChainLink, ...]:
    """Raises ValueError if it cannot be read."""
    return tuple(_link(one) for one in certificates_of(certificate_pem))


def _link(certificate: x509.Certificate) -> ChainLink:
    return ChainLink(
        subject=chains.common_name(certificate.subject),
        issuer=chains.common_name(certificate.issuer),
        not_after=certificate.not_valid_after_utc,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
