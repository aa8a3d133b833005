"""Prove by TLS handshakes that clients of a slot are served the new certificate."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final

from shared.domain.certificates import Certificate
from shared.domain.jobs import Handshake, Verification
from shared.domain.names import WILDCARD
from shared.domain.resources import CloudResource
from shared.errors import CloudRejectedError, NotTrustedError, NotYetEffectiveError
from shared.products.kit.waiting import Waiter
from shared.services.beside import Beside, ServedBeside
from shared.services.world import World

PROBE = "certdeploy-probe"
#: How long a listener that is ready may still be met as it was, before that another of its certificates is
#: served is taken for its choice; and before one that is worse than the new one is told as an error.
_CHOSEN_S: Final = 5.0
_WORSE_S: Final = 20.0


def server_names(resource: CloudResource) -> tuple[str, ...]:
    """A name to ask for each that the slot serves; a wildcard is asked by a label that it covers."""
    names = resource.server_names or resource.domains
    return tuple(f"{PROBE}.{name[2:]}" if name.startswith(WILDCARD) else name for name in names)


def verify(
    world: World,
    resource: CloudResource,
    certificate: Certificate,
    waiter: Waiter,
    beside: Beside,
    *,
    as_before: bool = False,
) -> Generator[float, None, Verification]:
    """Ask for every name until it is served, or no connection can be made at all. Yields pauses, in seconds.

    A listener with several certificates for a name chooses one itself: clients that are served another of
    them, no worse than this one, are told of instead of waited for. The product has to show both in place.
    `as_before`: what was in place before is restored, whatever clients were served and accepted.

    Raises:
        NotYetEffectiveError: a client could connect, and was served something else to the last.
        CloudRejectedError: another certificate of the listener is served, and it is worse than this one.
        NotTrustedError: it is served, but clients turn away, who should not. For a name that it does not
            cover no client accepts it, whoever signed it.
    """
    names = server_names(resource)
    if not (resource.endpoint and names):
        detail = "the product names no address that a TLS client could reach"
        return _verified(world, Handshake.NOT_TRIED, (), detail)
    met = _Met(world, resource, certificate, waiter, beside, as_before)
    for name in names:
        yield from met.ask(name)
    expected = met.misnamed or world.standing(certificate).needs_acceptance
    if met.untrusted and not as_before and expected:
        raise NotTrustedError(f"{resource.endpoint} serves it, but {met.untrusted}")
    how, told = Handshake.SERVED, [resource.endpoint]
    if met.beside or met.unreachable:
        how = Handshake.BESIDE if met.beside else Handshake.UNREACHABLE
        told = met.beside + met.unreachable
    told += [met.untrusted] if met.untrusted else []
    return _verified(world, how, names, "; ".join(told), met.trusted)


@dataclass
class _Met:
    """What clients of the slot have met so far."""

    world: World
    resource: CloudResource
    certificate: Certificate
    waiter: Waiter
    others: Beside
    as_before: bool
    unreachable: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    accepted: list[bool | None] = field(default_factory=list)  #: of the names where it is served
    turned_away: list[str] = field(default_factory=list)
    misnamed: bool = False  #: it does not cover one of the names
    _waited_s: float = 0.0  #: for all names: they are of one listener

    def ask(self, name: str) -> Generator[float, None, None]:
        endpoint, pauses = self.resource.endpoint, self.waiter.pauses()
        while (result := self.world.probe(endpoint, name, self.certificate)).served is False:
            chosen = self._waited_s >= _CHOSEN_S
            served = self.others.served(self.certificate, name) if chosen else None
            if served and self._acceptable(served, name):
                self.beside.append(f"{name}: {served}")
                return
            if (pause := next(pauses, None)) is None:
                raise NotYetEffectiveError(
                    "handshake", "NotYetEffective", f"{name} at {endpoint}: {result.detail}"
                )
            self._waited_s += pause
            yield pause
        if result.served is None:
            self.unreachable.append(f"{name}: {result.detail}")
            return
        self.accepted.append(result.trusted)
        if result.trusted is False:
            self.turned_away.append(f"{name}: {result.why_not}")
            self.misnamed = self.misnamed or result.misnamed

    @property
    def untrusted(self) -> str:
        """What is against a success, if clients are meant to accept the certificate; "" if nothing is."""
        return f"clients do not trust it: {'; '.join(self.turned_away)}" if self.turned_away else ""

    @property
    def trusted(self) -> bool | None:
        """False if clients of any name turn away; True only if those of each that answers were asked."""
        if False in self.accepted:
            return False
        return True if self.accepted and None not in self.accepted else None

    def _acceptable(self, served: ServedBeside, name: str) -> bool:
        """Whether clients of the name have what they need without the new one; waited for if not.

        Raises:
            CloudRejectedError: they do not, and will not by themselves.
        """
        if self.as_before:
            return True
        public = self.world.standing(self.certificate).needs_acceptance
        worse = served.why_worse_than(self.certificate, self.world.clock(), public=public)
        if worse and self._waited_s >= _WORSE_S:
            why = f"{name} at {self.resource.endpoint}: it is in place, but {served}; {worse}"
            raise CloudRejectedError("handshake", "AnotherCertificate", f"{why}: replace that one too")
        return not worse


def _verified(
    world: World, handshake: Handshake, names: tuple[str, ...], detail: str, trusted: bool | None = None
) -> Verification:
    return Verification(
        read_back=True,
        handshake=handshake,
        trusted=trusted,
        server_names=names,
        detail=detail,
        at=world.clock(),
    )
