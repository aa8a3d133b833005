"""What clients of a slot are served now, by handshakes from where this runs: asked for one slot at a time."""

from collections.abc import Sequence
from typing import Final

from pydantic import AwareDatetime

from shared.cloud.tls import Leaf, matches
from shared.domain.certificates import Certificate
from shared.domain.requests import DiscoverResources
from shared.domain.resources import CloudResource, SyncState
from shared.domain.values import Wire
from shared.services.map import known_certificates
from shared.services.verify import server_names
from shared.services.world import ClientMet, World

_NAMES: Final = 5  #: that are asked
_AT_MOST_S: Final = 30.0  #: after that no handshake begins; one takes 20 s at most, and may be made twice


class MetName(Wire):
    """What a client that asks for `server_name` is served."""

    server_name: str
    cert_identifier: str = ""  #: of CAS; "": CAS does not know it, or none was met
    name: str = ""  #: in CAS
    serial: str = ""
    fingerprint: str = ""  #: SHA-256
    not_after: AwareDatetime | None = None
    as_read: bool | None = None  #: it is what the product told last; None: that cannot be compared
    trusted: bool | None = None  #: clients accept it; None: not asked, of a private CA or where none was met
    why_not: str = ""  #: why they do not, and what to do
    detail: str = ""  #: why no certificate was met


class Met(Wire):
    at: AwareDatetime
    endpoint: str
    old: str = ""  #: why what the product told is not of its last discovery
    names: tuple[MetName, ...] = ()
    not_asked: int = 0  #: further names of the slot
    detail: str = ""  #: why no name was asked


def reading_of(resource: CloudResource) -> DiscoverResources:
    """The discovery that reads a slot anew: that of its product in its region."""
    return DiscoverResources(
        products=(resource.product,), account=resource.account, region=resource.region or ""
    )


def meet(world: World, resource: CloudResource) -> Met:
    """Handshakes as clients of the slot make them, from this machine or function. They change nothing."""
    names, at, spent = server_names(resource), world.clock(), world.steady()
    if why := _why_none(world, resource, names):
        return Met(at=at, endpoint=resource.endpoint, old=_why_old(world, resource), detail=why)
    known = _in_order(known_certificates(world), resource)
    record = world.certificates.find(resource.cert_identifier) if resource.cert_identifier else None
    algorithm = record.certificate.algorithm if record else ""
    found: list[MetName] = []
    for name in names[:_NAMES]:
        if found and spent() > _AT_MOST_S:
            break
        met = world.client(resource.endpoint, name, algorithm)
        found.append(_of(world, name, met, resource, known))
    return Met(
        at=at,
        endpoint=resource.endpoint,
        old=_why_old(world, resource),
        names=tuple(found),
        not_asked=len(names) - len(found),
    )


def _why_old(world: World, resource: CloudResource) -> str:
    status = world.syncs.find(resource.product, resource.area)
    if status is None or status.state.complete:
        return ""
    if status.state is SyncState.SYNCING:
        return f"{resource.product.value} is still being read"
    return f"{resource.product.value} could not be read whole: {status.reason}"


def _why_none(world: World, resource: CloudResource, names: Sequence[str]) -> str:
    if why := world.policy.why_barred(resource):
        return why
    return "" if resource.endpoint and names else "the product names no address that a TLS client could reach"


def _in_order(known: Sequence[Certificate], resource: CloudResource) -> list[Certificate]:
    """One certificate may be in CAS under several ids: that in place first, then those of the account."""
    return sorted(
        known,
        key=lambda one: (one.identifier != resource.cert_identifier, one.account != resource.account),
    )


def _of(
    world: World, name: str, met: ClientMet, resource: CloudResource, known: Sequence[Certificate]
) -> MetName:
    if (leaf := met.leaf) is None:
        return MetName(server_name=name, detail=met.detail)
    certificate = next((one for one in known if matches(leaf, one)), None)
    private = certificate is not None and not world.standing(certificate).needs_acceptance
    return MetName(
        server_name=name,
        cert_identifier=certificate.identifier if certificate else "",
        name=certificate.name if certificate else "",
        serial=leaf.serial,
        fingerprint=leaf.sha256,
        not_after=leaf.not_after,
        as_read=_as_read(leaf, certificate, resource, known),
        trusted=None if private and not met.misnamed else met.trusted,
        why_not="" if private and not met.misnamed else met.why_not,
    )


def _as_read(
    leaf: Leaf, certificate: Certificate | None, resource: CloudResource, known: Sequence[Certificate]
) -> bool | None:
    told = resource.cert_identifier
    if certificate is not None and certificate.identifier == told:
        return True
    if told == f"sha256:{leaf.sha256}":
        return True
    comparable = any(one.identifier == told for one in known) or told.startswith("sha256:")
    return False if comparable else None
