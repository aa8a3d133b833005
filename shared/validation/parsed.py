"""Certificates from outside: read to their end at once, or refused with one error.

The library reads a certificate piece by piece when a piece is asked for, and each piece has errors of its own
(`InvalidVersion`, `DuplicateExtension`, `UnsupportedGeneralNameType`, …), not all of which are a ValueError.
No other module calls its `load_…` for certificates.
"""

import base64
import binascii
import re
from typing import Final

from cryptography import x509

_BEGIN: Final = re.compile(rb"-----BEGIN (?:X509 )?CERTIFICATE-----")
_END: Final = b"-----END "


class UnreadableCertificateError(ValueError):
    """It says where the certificate stopped making sense, and never what stands there."""


def certificate_of(der: bytes) -> x509.Certificate:
    """The certificate, all parts of which can be read; its key may be of a kind that is not supported.

    Raises:
        UnreadableCertificateError: it cannot be read to its end.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.subject, certificate.issuer, certificate.extensions  # noqa: B018
        certificate.not_valid_before_utc, certificate.not_valid_after_utc  # noqa: B018
    except Exception as error:  # whatever a hostile certificate brings up, see above
        why = type(error).__name__
        raise UnreadableCertificateError(f"the certificate cannot be read ({why})") from None
    return certificate


def certificates_of(pem: str | bytes) -> list[x509.Certificate]:
    """All certificates of a PEM text, in their order.

    One that is damaged is never left out: the next one would be taken for it.

    Raises:
        UnreadableCertificateError: there is none, or one of them cannot be read.
    """
    blocks = _blocks(pem)
    return [certificate_of(_der(block)) for block in blocks]


def first_certificate_of(pem: str | bytes) -> x509.Certificate:
    """The first one, the leaf; what follows may be damaged.

    Raises:
        UnreadableCertificateError: the first one cannot be read.
    """
    return certificate_of(_der(_blocks(pem)[0]))


def _blocks(pem: str | bytes) -> list[bytes]:
    text = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    blocks = _BEGIN.split(text)[1:]
    if not blocks:
        raise UnreadableCertificateError("it holds no certificate in PEM")
    return blocks


def _der(block: bytes) -> bytes:
    body, end, _ = block.partition(_END)
    if not end:
        raise UnreadableCertificateError("the certificate has no END line")
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise UnreadableCertificateError("the certificate is not base64") from None
