"""The certificate authority of one emulated cluster: its API server's certificate, and its users'."""

from __future__ import annotations

import base64
import ipaddress
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from emulator.authority import certificate_builder, key_usage

_LIFE = timedelta(days=3650)


class ClusterAuthority:
    """Keys are made anew for each cluster and live in memory."""

    def __init__(self, cluster_id: str, now: datetime) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"kubernetes-{cluster_id[:16]}")])
        start = now - timedelta(days=1)
        self._ca = (
            certificate_builder(name, name, self._key, start, now + _LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .add_extension(key_usage(signs=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        certificate, key = self._issue("kube-apiserver", start, now + _LIFE, ExtendedKeyUsageOID.SERVER_AUTH)
        self.server_pem = key + certificate

    @property
    def ca_pem(self) -> str:
        return self._ca.public_bytes(Encoding.PEM).decode()

    @property
    def ca_data(self) -> str:
        return base64.b64encode(self.ca_pem.encode()).decode()

    def client(self, user: str, now: datetime, expires: datetime) -> tuple[str, str]:
        """Certificate and key in the base64 of a kubeconfig."""
        start = now - timedelta(minutes=5)
        pair = self._issue(user, start, expires, ExtendedKeyUsageOID.CLIENT_AUTH)
        certificate, key = (base64.b64encode(text.encode()).decode() for text in pair)
        return certificate, key

    def _issue(self, name: str, start: datetime, end: datetime, use: ObjectIdentifier) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "system:users"),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        certificate = (
            certificate_builder(subject, self._ca.subject, key, start, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
            .add_extension(key_usage(signs=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return certificate.public_bytes(Encoding.PEM).decode(), private.decode()
