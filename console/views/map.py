"""The map, drawn: certificates on one side, slots on the other, for a certificate, a domain or a product."""

from collections.abc import Iterable, Iterator
from typing import Any

from console.asking import Asked, Page
from console.commands import options
from console.drawing import ROWS, Line
from console.kept import Reading
from console.views.certificates import mapped_certificate
from shared.domain.matching import Action
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.values import Wire
from shared.errors import InvalidRequestError
from shared.products import supported_products
from shared.services.lists import list_resources
from shared.services.map import CertificateMap, MappedSlot, known_certificates
from shared.services.selection import SlotList
from shared.validation.requests import parse


class Map(Wire):
    """One of the two, by what is asked for."""

    certificate: CertificateMap | None = None
    slots: SlotList | None = None


def drawn_map(asked: Asked) -> Page:
    if len([name for name in ("certificate", "domain", "product") if asked.one(name)]) > 1:
        raise InvalidRequestError("the map is of one certificate, one domain or one product")
    found, lines, command, reading = _found(asked)
    labels = {one.identifier: one.name for one in known_certificates(asked.world)}
    more = {
        "lines": lines,
        "labels": labels,
        "supported": [product.value for product in supported_products()],
    }
    return Page("map.html", found, more, command, reading)


def _found(asked: Asked) -> tuple[Map, list[Line], list[str], Reading[Any] | None]:
    world = asked.world
    if certificate := asked.one("certificate"):
        reading = mapped_certificate(asked, certificate)
        of_one = reading.value
        shown = of_one.evolve(serving=of_one.serving[:ROWS], could_serve=of_one.could_serve[:ROWS])
        command = ["certificate", "show", certificate]
        return Map(certificate=shown), list(_of_certificate(of_one)), command, reading
    domains, products = asked.words("domain"), asked.words("product")
    if not domains and not products:
        return Map(), [], [], None
    query = {"Domains": domains, "Products": products, "WithoutCertificate": True, "Limit": ROWS}
    query["Sort"] = SlotOrder.CERTIFICATE.value
    slots = asked.slots()
    found = slots.value.page(
        parse(ListResources, query), lambda whole: list_resources(world, whole, slots.value)
    )
    named = [*options("--product", products), *options("--domain", domains)]
    command = ["resource", "list", *named, "--all", "--sort", SlotOrder.CERTIFICATE.value]
    return Map(slots=found), list(_of_slots(found.resources)), command, slots


def _of_certificate(found: CertificateMap) -> Iterator[Line]:
    for slot in found.serving:
        yield Line(found.cert_identifier, slot.slot, "serves")
    for entry in found.could_serve:
        by_hand = "could" if entry.action is Action.DEPLOY else "left"
        kind = "by-itself" if entry.by_itself else by_hand
        yield Line(found.cert_identifier, entry.resource.slot, kind, entry.reason_by_itself)


def _of_slots(slots: Iterable[MappedSlot]) -> Iterator[Line]:
    for slot in slots:
        there, best = slot.cert_identifier, slot.best_cert_identifier
        yield Line(there, slot.slot, "serves" if there else "bare")
        if best and best != there:
            yield Line(best, slot.slot, "by-itself")
        elif slot.kept_away and slot.kept_away.cert_identifier != there:
            yield Line(slot.kept_away.cert_identifier, slot.slot, "left", slot.kept_away.reason)
