"""Prove by TLS handshakes that clients of a slot are served the new certificate."""

from collections.abc import Generator

from shared.domain.certificates import Certificate
from shared.domain.jobs import Handshake, Verification
from shared.domain.names import WILDCARD
from shared.domain.resources import CloudResource
from shared.errors import NotYetEffectiveError
from shared.products.kit.waiting import Waiter
from shared.services.world import World

PROBE = "certdeploy-probe"


def server_names(resource: CloudResource) -> tuple[str, ...]:
    """A name to ask for each that the slot serves; a wildcard is asked by a label that it covers."""
    names = resource.server_names or resource.domains
    return tuple(f"{PROBE}.{name[2:]}" if name.startswith(WILDCARD) else name for name in names)


def verify(
    world: World, resource: CloudResource, certificate: Certificate, waiter: Waiter
) -> Generator[float, None, Verification]:
    """Ask for every name until it is served, or no connection can be made at all. Yields pauses, in seconds.

    Raises:
        NotYetEffectiveError: a client could connect, and was served something else to the last.
    """
    names = server_names(resource)
    if not (resource.endpoint and names):
        detail = "the product names no address that a TLS client could reach"
        return _verified(world, Handshake.NOT_TRIED, (), detail)
    unreachable: list[str] = []
    for name in names:
        pauses = waiter.pauses()
        while (result := world.probe(resource.endpoint, name, certificate)).served is False:
            if (pause := next(pauses, None)) is None:
                why = f"{name} at {resource.endpoint}: {result.detail}"
                raise NotYetEffectiveError("handshake", "NotYetEffective", why)
            yield pause
        if result.served is None:
            unreachable.append(f"{name}: {result.detail}")
    if unreachable:
        return _verified(world, Handshake.UNREACHABLE, names, "; ".join(unreachable))
    return _verified(world, Handshake.SERVED, names, resource.endpoint)


def _verified(world: World, handshake: Handshake, names: tuple[str, ...], detail: str) -> Verification:
    return Verification(
        read_back=True, handshake=handshake, server_names=names, detail=detail, at=world.clock()
    )
