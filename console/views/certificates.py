"""The certificates in CAS, and one of them: where it serves, where it could, and why not."""

from collections import Counter

from console.asking import Asked, Page
from console.commands import options
from console.kept import Reading
from console.paging import Pages
from shared.domain.queries import CertificateOrder, ListCertificates
from shared.domain.values import Wire
from shared.services.lists import CertificateList, list_certificates
from shared.services.map import CertificateMap, find_certificate, map_certificate
from shared.validation.requests import parse
from shared.validation.spans import days_of

ROWS = 50


class Certificates(CertificateList):
    slots: dict[str, int]  #: that serve it, by identifier
    total: int


def certificates(asked: Asked) -> Page:
    ends = asked.one("ends")
    query = {
        "Domains": asked.words("domain"),
        "Names": asked.words("name"),
        "Accounts": asked.words("account"),
        "Stores": asked.words("store"),
        **({"EndsWithinDays": days_of(ends, "ends")} if ends else {}),
        **({"Deployable": True} if asked.one("deployable") else {}),
        "Unused": bool(asked.one("unused")),
        "Sort": asked.one("sort", CertificateOrder.EXPIRES.value),
    }
    world = asked.world
    reading = asked.slots()
    slots = Counter(slot.cert_identifier for slot in reading.value)
    found = list_certificates(world, parse(ListCertificates, query), frozenset(slots))
    total = len(found.certificates)
    pages = Pages.of(asked, "/certificates", total, ROWS)
    listed = found.certificates[pages.start : pages.end]
    answer = Certificates(
        certificates=listed,
        left_out=found.left_out,
        slots={one.identifier: slots[one.identifier] for one in listed},
        total=total,
    )
    command = ["certificate", "list", *options("--domain", asked.words("domain"))]
    command += options("--name", asked.words("name"))
    command += ["--ends-within", ends] if ends else []
    command += [word for name, word in _FLAGS.items() if asked.one(name)]
    return Page(
        "certificates.html",
        answer,
        {"pages": pages, "now": world.clock(), "several": bool(world.policy.accounts)},
        command,
        reading,
    )


_FLAGS = {"deployable": "--deployable", "unused": "--unused"}


class OneCertificate(Wire):
    map: CertificateMap
    serving: int
    could_serve: int


def certificate(asked: Asked) -> Page:
    world = asked.world
    reading = mapped_certificate(asked, asked.one("id"))
    found = reading.value
    serving, could = len(found.serving), len(found.could_serve)
    pages = Pages.of(asked, "/certificate", max(serving, could))
    shown = found.evolve(
        serving=found.serving[pages.start : pages.end], could_serve=found.could_serve[pages.start : pages.end]
    )
    answer = OneCertificate(map=shown, serving=serving, could_serve=could)
    more = {"pages": pages, "now": world.clock(), "one": found.certificate}
    command = ["certificate", "show", found.cert_identifier]
    return Page("certificate.html", answer, more, command, reading)


def mapped_certificate(asked: Asked, named: str) -> Reading[CertificateMap]:
    """Where it serves and could serve. Raises NotFoundError, and as `Asked.reading`."""
    identifier = find_certificate(asked.world, named).identifier
    return asked.reading(
        ("certificate", identifier),
        lambda world: map_certificate(world, find_certificate(world, identifier)),
        lambda one: len(one.serving) + len(one.could_serve),
    )
