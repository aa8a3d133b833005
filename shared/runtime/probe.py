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
from shared.services.world import ClientMet, ProbeResult

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
        asked = self._asked(certificate)
        try:
            leaf, refusal = self._met(endpoint, server_name, certificate.algorithm, asked)
        except UnreachableError as error:
            return ProbeResult(None, str(error))
        except HandshakeRefusedError as error:
            return ProbeResult(False, str(error))
        if not matches(leaf, certificate):
            return ProbeResult(
                False, f"the certificate served has serial {leaf.serial}, not {certificate.serial}"
            )
        why, misnamed = _turned_away(leaf, server_name, refusal)
        if why:
            return ProbeResult(True, leaf.sha256, False, why, misnamed=misnamed, level=leaf.level)
        return ProbeResult(True, leaf.sha256, True if asked else None, level=leaf.level)

    def client(self, endpoint: str, server_name: str, algorithm: str) -> ClientMet:
        """What a client is served, whichever certificate that is."""
        try:
            leaf, refusal = self._met(endpoint, server_name, algorithm, True)
        except (UnreachableError, HandshakeRefusedError) as error:
            return ClientMet(detail=str(error))
        why, misnamed = _turned_away(leaf, server_name, refusal)
        return ClientMet(leaf, trusted=not why, why_not=why, misnamed=misnamed)

    def _met(
        self, endpoint: str, server_name: str, algorithm: str, asked: bool
    ) -> tuple[Leaf, NotAcceptedError | None]:
        """And why a client turns away, if `asked` that, and it does."""
        refusal: NotAcceptedError | None = None
        try:
            return self._shake(endpoint, server_name, algorithm, self._roots if asked else None), None
        except NotAcceptedError as error:
            refusal = error
        return self._shake(endpoint, server_name, algorithm, None), refusal

    def _asked(self, certificate: Certificate) -> bool:
        return standing_of(certificate, self._roots.names, self._clock()).trust not in _NOT_ASKED

    def _shake(self, endpoint: str, server_name: str, algorithm: str, roots: Roots | None) -> Leaf:
        # A listener may hold one certificate per key type and prefer ECC: ask for the type that is in place.
        kind = algorithm if algorithm in ("RSA", "ECC") else None
        return handshake(endpoint, server_name, via=self._via, algorithm=kind, roots=roots, elsewhere=True)


def _turned_away(leaf: Leaf, server_name: str, refusal: NotAcceptedError | None) -> tuple[str, bool]:
    """Why a client turns away, "" if it does not; and whether every client does."""
    if not _is_for(leaf, server_name):
        return f"it is not for this name ({_names(leaf)}); deploy a certificate that is", True
    return ("" if refusal is None else _why_not(refusal, leaf)), False


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
