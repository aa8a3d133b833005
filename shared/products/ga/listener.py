"""A GA listener: the slots on it, and what `UpdateListener` can set of it."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.names import normalize
from shared.domain.resources import CloudProduct, CloudResource, SlotRole
from shared.products.kit.listeners import no_certificate

#: Terraform's provider always sends them; whether they are reset without is not documented.
SENT_AGAIN: Final = ("ProxyProtocol", "XForwardedForConfig")
SETTINGS: Final = frozenset(
    {
        *SENT_AGAIN,
        "BackendPorts",
        "ClientAffinity",
        "Description",
        "HttpVersion",
        "IdleTimeout",
        "Name",
        "PortRanges",
        "RequestTimeout",
        "SecurityPolicyId",
    }
)  #: what `UpdateListener` can set, besides the certificate
_ADDITIONAL = "/additional/"


def is_default(row: Fields) -> bool:
    """Of a row of ListListenerCertificates: an additional one has a domain, where nothing else tells."""
    told = row.flag("IsDefault")
    return not row.text("Domain") if told is None else told


def slots(accelerator: Fields, listener: Fields, bound: Iterable[Fields]) -> Iterator[CloudResource]:
    """The default's slot, with or without certificate, and one for each domain with its own."""
    listener_id, accelerator_id = listener.needed("ListenerId"), accelerator.needed("AcceleratorId")
    first = next(iter(listener.rows("PortRanges")), Fields(source=listener.source.below("PortRanges")))
    port, host = first.needed_number("FromPort"), accelerator.text("DnsName")
    slot = CloudResource(
        product=CloudProduct.GA,
        resource_id=f"{listener_id}/default",
        instance_id=accelerator_id,
        instance_name=accelerator.text("Name"),
        listener_id=listener_id,
        port=port,
        role=SlotRole.DEFAULT,
        domains_of_certificate=True,
        endpoint=f"{host}:{port}" if host else "",
        writer_id=accelerator_id,
        obstacle=_obstacle(accelerator, listener),
    )
    bearing = list(placed(slot, bound))
    yield from bearing
    if not any(one.role is SlotRole.DEFAULT for one in bearing):
        missing = slot.obstacle or no_certificate(CloudProduct.GA.value)
        yield slot.evolve(https=False, obstacle=missing)


def placed(slot: CloudResource, bound: Iterable[Fields]) -> Iterator[CloudResource]:
    """The slots of a listener that have a certificate. `slot`: one of them, whichever."""
    for row in bound:
        domain = "" if is_default(row) else row.needed("Domain")
        yield slot.evolve(
            role=SlotRole.ADDITIONAL if domain else SlotRole.DEFAULT,
            resource_id=f"{slot.listener_id}{_ADDITIONAL}{domain}"
            if domain
            else f"{slot.listener_id}/default",
            domains=(normalize(domain),) if domain else (),
            domains_of_certificate=not domain,
            cert_identifier=identifier_of(row.needed("CertificateId")),
        )


def row_of(resource: CloudResource, bound: Iterable[Fields]) -> Fields | None:
    """The certificate of this slot, as the listener lists it."""
    default = resource.role is SlotRole.DEFAULT
    for row in bound:
        if is_default(row) == default and (default or row.needed("Domain") == domain_of(resource)):
            return row
    return None


def domain_of(resource: CloudResource) -> str:
    """The domain of an additional slot as the product spells it."""
    return resource.resource_id.split(_ADDITIONAL, 1)[1]


def spelled(value: Any) -> Any:
    """A setting of an answer as `UpdateListener` takes it: truth as text, in lower case."""
    if isinstance(value, dict):
        return {name: spelled(inner) for name, inner in value.items()} or None
    return str(value).lower() if isinstance(value, bool) else value


def _obstacle(accelerator: Fields, listener: Fields) -> str:
    if _managed(accelerator) or _managed(listener):
        return "another cloud product manages it; deploy through that product"
    if accelerator.text("State") == "finacialLocked":  # spelled so
        return "the accelerator is locked for an unpaid bill; pay it first"
    return ""


def _managed(row: Fields) -> bool:
    """By a word that nobody knows too."""
    return row.get("ServiceManaged") not in (None, "") and row.flag("ServiceManaged") is not False
