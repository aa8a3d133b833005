"""TLS handshakes for the verification."""

from shared.cloud.tls import HandshakeRefusedError, UnreachableError, handshake, matches
from shared.domain.certificates import Certificate
from shared.services.world import ProbeResult


class TlsProber:
    """`via`: the TLS edge of an emulated cloud, used instead of the Internet."""

    def __init__(self, via: str | None) -> None:
        self._via = via

    def __call__(self, endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        try:
            leaf = handshake(endpoint, server_name, via=self._via, algorithm=_algorithm(certificate))
        except UnreachableError as error:
            return ProbeResult(None, str(error))
        except HandshakeRefusedError as error:
            return ProbeResult(False, str(error))
        if matches(leaf, certificate):
            return ProbeResult(True, leaf.sha256)
        return ProbeResult(
            False, f"the certificate served has serial {leaf.serial}, not {certificate.serial}"
        )


def _algorithm(certificate: Certificate) -> str | None:
    """A listener may hold one certificate per key type and prefer ECC: ask for the type that was deployed."""
    return certificate.algorithm if certificate.algorithm in ("RSA", "ECC") else None
