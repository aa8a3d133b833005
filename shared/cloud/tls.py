"""TLS handshakes: which certificate a server serves for a name, and whether a client accepts it.

The leaf answers whether exactly the deployed certificate is in service. Whether clients accept it is another
question, which is asked with the roots that they have: of certificates of a private CA it is not.
"""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization

from shared.cloud.private_addresses import connected_as_client
from shared.cloud.roots import Roots
from shared.domain.certificates import Certificate
from shared.domain.levels import Level
from shared.validation.keys import describe, public_key_of
from shared.validation.levels import level_of
from shared.validation.parsed import UnreadableCertificateError, certificate_of
from shared.validation.san import names_of

_CIPHERS: Final[dict[str, str]] = {"RSA": "aRSA", "ECC": "aECDSA"}
_ENDPOINT: Final = re.compile(r"(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_PATIENCE_S: Final = 20.0  #: for a handshake
_ROUNDING: Final = timedelta(seconds=1)  #: a certificate's times are in seconds, the cloud's in ms


class UnreachableError(Exception):
    """No TLS server was reached (name, connection or timeout). This proves nothing."""


class HandshakeRefusedError(Exception):
    """A TLS server was reached, but has no certificate for this name (or of this type)."""


class NotAcceptedError(Exception):
    """A client does not accept what is served. `code`: OpenSSL's, of its verification."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Leaf:
    """The certificate served. All hex in lower case; `serial` without leading zeros."""

    sha1: str
    sha256: str
    serial: str
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]  #: DNS names that clients accept, normalized
    key_sha1: str = ""  #: of its public key (SubjectPublicKeyInfo)
    key_sha256: str = ""
    other_names: tuple[str, ...] = ()  #: see `certificate_names`
    key: str = ""  #: kind and size, such as "RSA 2048"; "" for a kind that is not deployed
    level: Level | None = None  #: by its policy
    sent: int | None = None  #: how many certificates came with it, itself among them; None: not known


def handshake(
    endpoint: str,
    server_name: str,
    *,
    via: str | None = None,
    algorithm: str | None = None,
    roots: Roots | None = None,
    elsewhere: bool = False,
    timeout_s: float = 10,
) -> Leaf:
    """What `endpoint` ("host:port") serves for `server_name`.

    `algorithm`: "RSA" or "ECC", to choose between two certificates of a server. This uses TLS 1.2, whose
    cipher suites name the type of key; a server without TLS 1.2 is asked without restriction.
    `via`: a tunnel ("host:port") that accepts CONNECT, such as the edge of an emulated cloud.
    `roots`: accept only what a client with these roots accepts, chain and name. Without, anything.
    `elsewhere`: it is none of this machine's addresses, nor of its metadata; no bytes go there.

    Raises:
        NotAcceptedError: such a client would end the connection.
        UnreachableError: no TLS server was reached.
        HandshakeRefusedError: the server has no certificate for this.
    """
    if not _ENDPOINT.fullmatch(endpoint) or int(endpoint.rpartition(":")[2]) > 65535:
        raise UnreachableError(f"{endpoint[:80]!a} is no host with a port")

    def shake(algorithm: str | None) -> Leaf:
        with closing(_connect(endpoint, via, timeout_s, elsewhere)) as connection:
            return _shake(connection, endpoint, server_name, _context(algorithm, roots))

    try:
        return shake(algorithm)
    except HandshakeRefusedError as refusal:
        if algorithm is None or "PROTOCOL_VERSION" not in str(refusal):
            raise
    return shake(None)


def matches(leaf: Leaf, certificate: Certificate) -> bool:
    """Whether `leaf` is the certificate that CAS describes.

    A serial number is unique within its CA, so it is decisive together with the fingerprint, or else with
    the names and the expiry. Without one the start has to be the same too, which tells a certificate from
    the one that was reissued with its names and end. Sources disagree on what CAS's fingerprint is a hash of
    (SDK: the public key; samples: the certificate), so a different fingerprint proves nothing.
    """
    if certificate.serial and leaf.serial != certificate.serial:
        return False
    known = {leaf.sha1, leaf.sha256} - {""}
    if certificate.fingerprint in known:
        return True
    same_span = _same(leaf.not_after, certificate.not_after) and (
        bool(certificate.serial) or _same(leaf.not_before, certificate.not_before)
    )
    if same_span and certificate.fingerprint in {leaf.key_sha1, leaf.key_sha256} - {""}:
        return True  # the key alone proves nothing: a renewal may keep it
    return same_span and set(leaf.names) == set(certificate.names)


def _same(moment: datetime, told: datetime) -> bool:
    return abs(moment - told) <= _ROUNDING


def read_leaf(der: bytes, sent: int | None = None) -> Leaf:
    """Raises UnreadableCertificateError, a ValueError."""
    return leaf_of(certificate_of(der), sent)


def leaf_of(certificate: x509.Certificate, sent: int | None = None) -> Leaf:
    key, told = _key_bytes(certificate), names_of(certificate)
    algorithm, size = describe(public_key_of(certificate))
    return Leaf(
        sha1=certificate.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - CAS's format
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        names=told.names,
        other_names=told.other_names,
        key=f"{algorithm} {size}" if algorithm else "",
        key_sha1=_digest(hashes.SHA1(), key) if key else "",  # noqa: S303
        key_sha256=_digest(hashes.SHA256(), key) if key else "",
        level=level_of(certificate),
        sent=sent,
    )


def _key_bytes(certificate: x509.Certificate) -> bytes:
    """As SubjectPublicKeyInfo; empty for a kind of key that the library does not know, such as SM2."""
    try:
        return certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    except (ValueError, UnsupportedAlgorithm):
        return b""


def _shake(connection: socket.socket, endpoint: str, server_name: str, context: ssl.SSLContext) -> Leaf:
    try:
        with (
            context.wrap_socket(
                connection, server_hostname=server_name, do_handshake_on_connect=False
            ) as tls,
            _patience(tls),
        ):
            tls.do_handshake()
            der, sent = tls.getpeercert(binary_form=True), _sent(tls)
    except ssl.SSLCertVerificationError as error:
        raise NotAcceptedError(error.verify_code, error.verify_message) from None
    except ssl.SSLError as error:
        reason = error.reason or "no reason given"
        if "ALERT" in reason or "UNRECOGNIZED_NAME" in reason:
            raise HandshakeRefusedError(f"{endpoint} for {server_name}: {reason}") from None
        raise UnreachableError(f"{endpoint}: no TLS spoken ({reason})") from None
    except OSError as error:
        raise UnreachableError(f"{endpoint}: {_why(error)}") from None
    if der is None:
        raise HandshakeRefusedError(f"{endpoint} for {server_name}: no certificate was sent")
    try:
        return read_leaf(der, sent)
    except UnreadableCertificateError as error:
        raise HandshakeRefusedError(f"{endpoint} for {server_name}: {error}") from None


@contextmanager
def _patience(tls: ssl.SSLSocket) -> Iterator[None]:
    """In all: a server may send a byte at a time, which no timeout notices. It would hold up a function."""

    def end() -> None:
        with suppress(OSError):
            socket.socket.shutdown(tls, socket.SHUT_RDWR)

    watch = threading.Timer(_PATIENCE_S, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _sent(tls: ssl.SSLSocket) -> int | None:
    """Python has it as a method of the socket from 3.13 on, and within the socket before."""
    for holder in (tls, getattr(tls, "_sslobj", None)):
        if chain := getattr(holder, "get_unverified_chain", None):
            return len(chain())
    return None


@lru_cache(maxsize=8)
def _context(algorithm: str | None, roots: Roots | None) -> ssl.SSLContext:
    """To read all public roots takes as long as some handshakes: contexts are kept."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if roots is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        roots.load_into(context)
        context.hostname_checks_common_name = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if algorithm is not None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_CIPHERS[algorithm])
    return context


def _connect(endpoint: str, via: str | None, timeout_s: float, elsewhere: bool) -> socket.socket:
    host, _, port = (via or endpoint).rpartition(":")
    try:
        if elsewhere and via is None:
            return connected_as_client(host.strip("[]"), int(port), timeout_s)
        connection = socket.create_connection((host.strip("[]"), int(port)), timeout_s)
    except OSError as error:
        raise UnreachableError(f"{via or endpoint}: {_why(error)}") from None
    if via is None:
        return connection
    try:
        connection.sendall(f"CONNECT {endpoint} HTTP/1.1\r\nHost: {endpoint}\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):  # byte by byte: what follows belongs to TLS
            head += (byte := connection.recv(1))
            if not byte:
                raise UnreachableError(f"{endpoint}: the tunnel {via} closed the connection")
    except OSError as error:
        connection.close()
        raise UnreachableError(f"{endpoint} by {via}: {_why(error)}") from None
    except UnreachableError:
        connection.close()
        raise
    status = head.split(b"\r\n")[0].decode("latin-1")
    if not re.match(r"HTTP/1\.[01] 200\b", status):
        connection.close()
        raise UnreachableError(f"{endpoint}: the tunnel {via} answered {status!r}")
    return connection


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or type(error).__name__


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> str:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize().hex()
