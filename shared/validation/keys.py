"""Keys and signatures: which ones the products accept for TLS, and how a private key is read and written."""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.validation.pem import Block, Reading, read_blocks
from shared.validation.secret import SecretPem

MIN_RSA_BITS: Final = 2048
CURVES: Final = ("secp256r1", "secp384r1")  # P-256 and P-384
WEAK_HASHES: Final = ("md5", "sha1")
_KEY_LABELS: Final = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY")
_SUPPORTED: Final = f"use RSA with {MIN_RSA_BITS} bits or more, or EC on P-256 or P-384"


def read_key(secret: SecretPem) -> tuple[SecretPem, PublicKeyTypes | None, list[str]]:
    """The key in normalized PEM, its public half (None if unreadable), and every problem."""
    block, key, problems = _read(secret)
    if block is None or key is None:
        return secret, None, problems
    return SecretPem(block.text), key.public_key(), problems


def traditional_key(secret: SecretPem) -> tuple[SecretPem, list[str]]:
    """The key as `RSA PRIVATE KEY` (PKCS#1) or `EC PRIVATE KEY` (SEC1), and why it cannot be written so.

    It is not checked as one that comes from outside: that takes 0.2 s for RSA with 4096 bits.
    """
    _, key, problems = _read(secret, check=False)
    if key is not None and not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        problems.append("it is neither an RSA nor an EC key; use a certificate with one of these")
    if key is None or problems:
        return secret, problems
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return SecretPem(pem.decode()), []


def _read(secret: SecretPem, *, check: bool = True) -> tuple[Block | None, PrivateKeyTypes | None, list[str]]:
    """The only key in a text, and every problem. `check`: also that the numbers of an RSA key fit."""
    reading = read_blocks(secret.reveal())
    problems = _wrong_blocks(reading)
    keys = [block for block in reading.blocks if block.label in _KEY_LABELS]
    if len(keys) != 1:
        if not problems:
            problems.append(f"it contains {len(keys)} private keys; provide exactly one")
        return None, None, problems
    (block,) = keys
    if any("ENCRYPTED" in header for header in block.headers):
        return None, None, [*problems, _ENCRYPTED]
    try:
        key = load_pem_private_key(block.text.encode(), None, unsafe_skip_rsa_key_validation=not check)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None, None, [*problems, f"it is damaged or of an unsupported type; {_SUPPORTED}"]
    return block, key, problems


_ENCRYPTED: Final = (
    "it is encrypted, and its passphrase cannot be entered later; decrypt it first:"
    " `openssl pkey -in key.pem -out plain.pem`"
)


def _wrong_blocks(reading: Reading) -> list[str]:
    problems = [*reading.problems]
    for label in dict.fromkeys(block.label for block in reading.blocks):
        if label == "ENCRYPTED PRIVATE KEY":
            problems.append(_ENCRYPTED)
        elif label == "CERTIFICATE":
            problems.append("it contains a certificate; provide the certificate separately")
        elif label not in _KEY_LABELS and label != "EC PARAMETERS":  # openssl ecparam writes these
            problems.append(f"it contains a {label}; provide a PKCS#8, RSA or EC private key")
    return problems


def public_key_of(certificate: x509.Certificate) -> PublicKeyTypes | None:
    """None for an unsupported type of key, such as SM2."""
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def describe(key: PublicKeyTypes | None) -> tuple[str, int]:
    """CAS's name of the algorithm, and the size in bits; ("", 0) for a key that we do not deploy."""
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ECC", key.key_size
    return "", 0


def why_weak_key(key: PublicKeyTypes | None) -> str | None:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        return f"its RSA key has only {key.key_size} bits; {_SUPPORTED}"
    return None


def why_unsupported_key(key: PublicKeyTypes | None) -> str | None:
    if isinstance(key, rsa.RSAPublicKey):
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return f"its key is of an unsupported type; {_SUPPORTED}"
    if key.curve.name not in CURVES:
        return f"its EC key is on {key.curve.name}; {_SUPPORTED}"
    return None


def why_weak_signature(certificate: x509.Certificate) -> str | None:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return "its signature algorithm is unknown; have it issued with SHA-256"
    if algorithm is not None and algorithm.name in WEAK_HASHES:
        return f"it is signed with {algorithm.name.upper()}, which clients refuse; have it reissued"
    return None
