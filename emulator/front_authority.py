"""The certificates of the cloud's own hosts: a CA made at each start, and a leaf for each host asked for.

Nobody else has the CA's key, and its certificate says that it may speak for the cloud's zone, that of AWS and
this machine alone (RFC 5280, 4.2.1.10), so a program that trusts it is open to no other site.
"""

from __future__ import annotations

import os
import re
import ssl
import tempfile
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from emulator.authority import certificate_builder, key_usage

NAME = "certdeploy Emulator Front CA"
_CLOUDS = ("aliyuncs.com", "amazonaws.com")
_ZONES = (*_CLOUDS, "localhost")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"({_LABEL}\.)+({'|'.join(map(re.escape, _ZONES))})|localhost")
_LONGEST_HOST = 253
_ADDRESSES = ("127.0.0.1", "::1")
_LIFE = timedelta(days=365)
_KEPT = 512  #: leaves; whoever asks for more names gets new ones


def speaks_for(host: str) -> bool:
    """Whether `host` (in lower case) is one of the cloud's, or of this machine."""
    return host in _ADDRESSES or (len(host) <= _LONGEST_HOST and bool(_HOST.fullmatch(host)))


class FrontAuthority:
    """The CA, and TLS contexts for the hosts that it speaks for."""

    def __init__(self) -> None:
        self._key, self._leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        self._start = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=1)
        names = [x509.DNSName(zone) for zone in _ZONES]
        networks = [x509.IPAddress(ip_network(address)) for address in _ADDRESSES]
        self._ca = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage(signs=True), critical=True)
            .add_extension(x509.NameConstraints([*names, *networks], None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self._of = lru_cache(_KEPT)(self._made)

    @property
    def pem(self) -> str:
        """What a client trusts."""
        return self._ca.public_bytes(Encoding.PEM).decode()

    def context(self) -> ssl.SSLContext:
        """For each connection: it takes the leaf by the server name.

        Where it speaks for no such name it takes this machine's: a client then says what is wrong, while
        asyncio would send no alert.
        """
        context = self._of("")

        def choose(sock: Any, server_name: str | None, _: ssl.SSLContext) -> None:
            host = (server_name or "").lower()
            if speaks_for(host):
                sock.context = self._of(host)

        context.sni_callback = choose
        return context

    def _made(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        handle, path = tempfile.mkstemp(prefix="front-")  # `ssl` reads files only: 0600, gone at once
        try:
            with os.fdopen(handle, "w") as file:
                file.write(self._leaf(host))
            context.load_cert_chain(path)
        finally:
            os.unlink(path)
        return context

    def _leaf(self, host: str) -> str:
        """Key and certificate, as PEM."""
        names: list[x509.GeneralName] = [x509.DNSName(host or "localhost")]
        if not host.endswith(_CLOUDS):
            names += [x509.IPAddress(ip_address(address)) for address in _ADDRESSES]
        # The common name is short and says nothing: hosts can be longer than the 64 characters it may have.
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emulated cloud")])
        certificate = (
            self._builder(subject, self._leaf_key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        key = self._leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key.decode() + certificate.public_bytes(Encoding.PEM).decode()

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = certificate_builder(subject, self._name, key, self._start, self._start + _LIFE)
        return builder.add_extension(own, critical=False)
