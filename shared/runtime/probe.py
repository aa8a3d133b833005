"""TLS handshakes for the verification."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from shared.cloud.roots import Roots
from shared.cloud.tls import (
    HandshakeRefusedError,
    Leaf,
    NotAcceptedError,
    UnreachableError,
    handshake,
    matches,
)
from shared.domain.certificates import Certificate
from shared.domain.names import NotAHostNameError, for_display, normalize, patterns
from shared.domain.trust import Trust, standing_of
from shared.services.world import ProbeResult

#: OpenSSL's codes for a chain that leads to no root (x509_vfy.h).
_NO_ISSUER: Final = frozenset({2, 20, 21})
_SELF_SIGNED: Final = frozenset({18, 19})
_EXPIRED, _NAME = 10, 62
_SHOWN: Final = 5  #: names, in a message
_FULL_CHAIN: Final = "upload the full chain to CAS as a new certificate, and deploy that one"
_NOT_PUBLIC: Final = "if clients trust it, name it in CERTDEPLOY_ROOTS"
#: Those of whose certificates no client with public roots is expected.
_NOT_ASKED: Final = frozenset({Trust.PRIVATE, Trust.SELF_SIGNED})


class TlsProber:
    """`via`: the TLS edge of an emulated cloud, used instead of the Internet. `roots`: that clients have."""

    def __init__(self, via: str | None, roots: Roots, clock: Callable[[], datetime]) -> None:
        self._via, self._roots, self._clock = via, roots, clock

    def __call__(self, endpoint: str, server_name: str, certificate: Certificate) -> ProbeResult:
        """Ask as a client that verifies. Only where that one turns away, ask what it was served."""
        refusal: NotAcceptedError | None = None
        asked = self._asked(certificate)
        try:
            try:
                leaf = self._shake(endpoint, server_name, certificate, self._roots if asked else None)
            except NotAcceptedError as error:
                refusal = error
                leaf = self._shake(endpoint, server_name, certificate, None)
        except UnreachableError as error:
            return ProbeResult(None, str(error))
        except HandshakeRefusedError as error:
            return ProbeResult(False, str(error))
        if not matches(leaf, certificate):
            return ProbeResult(
                False, f"the certificate served has serial {leaf.serial}, not {certificate.serial}"
            )
        if not _is_for(leaf, server_name):
            why = f"it is not for this name ({_names(leaf)}); deploy a certificate that is"
            return ProbeResult(True, leaf.sha256, False, why, misnamed=True, level=leaf.level)
        if refusal is not None:
            return ProbeResult(True, leaf.sha256, False, _why_not(refusal, leaf), level=leaf.level)
        return ProbeResult(True, leaf.sha256, True if asked else None, level=leaf.level)

    def _asked(self, certificate: Certificate) -> bool:
        return standing_of(certificate, self._roots.names, self._clock()).trust not in _NOT_ASKED

    def _shake(self, endpoint: str, server_name: str, certificate: Certificate, roots: Roots | None) -> Leaf:
        kind = _algorithm(certificate)
        return handshake(endpoint, server_name, via=self._via, algorithm=kind, roots=roots, elsewhere=True)


def _is_for(leaf: Leaf, server_name: str) -> bool:
    """As clients see it, who read a certificate's names strictly, whoever signed it."""
    try:
        asked = patterns(normalize(server_name))
    except NotAHostNameError:
        return False
    return not set(leaf.names).isdisjoint(asked)


def _names(leaf: Leaf) -> str:
    told = [*map(for_display, leaf.names), *leaf.other_names]
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return f"but for {', '.join(told[:_SHOWN])}{more}" if told else "nor for any other"


def _why_not(refusal: NotAcceptedError, leaf: Leaf) -> str:
    """Why a client turns away, and what to do."""
    if refusal.code in _NO_ISSUER and leaf.sent == 1:
        return f"the server sends it without its intermediate; {_FULL_CHAIN}"
    if refusal.code in _NO_ISSUER:
        return f"its chain leads to no public root, or misses a certificate; {_FULL_CHAIN}, or, {_NOT_PUBLIC}"
    if refusal.code in _SELF_SIGNED:
        return f"its chain ends in a root that is not public; {_NOT_PUBLIC}"
    if refusal.code == _EXPIRED:
        return f"a certificate of its chain has expired; get the chain anew from your CA, then {_FULL_CHAIN}"
    if refusal.code == _NAME:
        return "it is not for this name; deploy a certificate that is"
    return str(refusal)


def _algorithm(certificate: Certificate) -> str | None:
    """A listener may hold one certificate per key type and prefer ECC: ask for the type that was deployed."""
    return certificate.algorithm if certificate.algorithm in ("RSA", "ECC") else None
