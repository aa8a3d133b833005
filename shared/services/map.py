"""The map, both ways: what each slot serves and what covers it; where a certificate is and could be."""

from collections import defaultdict
from collections.abc import Iterable

from pydantic import AwareDatetime

from shared.domain.certificates import Certificate, cert_id_of
from shared.domain.matching import Action, decide, latest, leave
from shared.domain.names import WILDCARD, parent
from shared.domain.plans import PlanEntry
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.values import Wire
from shared.errors import NotFoundError
from shared.services.plan import RoutingRules, candidates
from shared.services.world import World


class MappedSlot(CloudResource):
    """A slot, with what CAS could do for it."""

    known_to_cas: bool  #: the certificate in place is one of CAS; False also where there is none
    cert_name: str = ""  #: its name in CAS
    best_cert_identifier: str = ""  #: deployable, covers every name, the kind of key in place, valid longest
    best_not_after: AwareDatetime | None = None
    not_covered: tuple[str, ...] = ()  #: names that no deployable certificate covers


class CertificateMap(Wire):
    certificate: Certificate
    cert_identifier: str
    why_not_deployable: str | None
    serving: tuple[CloudResource, ...]  #: slots where it is in place
    could_serve: tuple[PlanEntry, ...]  #: others with a name that it covers, each with the decision


def known_certificates(world: World) -> list[Certificate]:
    """What the last scan saw, the one that ends first on top."""
    found = [record.certificate for store in world.policy.stores for record in world.certificates.list(store)]
    return sorted(found, key=lambda one: (one.not_after, one.cert_id))


def find_certificate(world: World, text: str) -> Certificate:
    """By id, in any of our stores, or by identifier. Raises NotFoundError."""
    text = text.strip()
    identifiers = [f"{text}-{store}" for store in world.policy.stores] if text.isdigit() else [text]
    for identifier in identifiers:
        if record := world.certificates.find(identifier):
            return record.certificate
    hint = "`certdeploy scan` reads CAS anew" if cert_id_of(text) is not None else "an id is needed"
    raise NotFoundError("Certificate", f"{text} ({hint})")


def map_certificate(world: World, certificate: Certificate) -> CertificateMap:
    """Where it is in place, and what a job of it alone would do elsewhere."""
    why = certificate.why_not_deployable(world.clock())
    serving = [
        record.resource
        for product in world.policy.products
        for record in world.resources.list(product)
        if record.resource.cert_identifier == certificate.identifier
    ]
    there = {resource.slot for resource in serving}
    rules = RoutingRules(world)
    others = [rules.over(one) for one in candidates(world, [certificate]) if one.slot not in there]
    return CertificateMap(
        certificate=certificate,
        cert_identifier=certificate.identifier,
        why_not_deployable=why,
        serving=tuple(sorted(serving, key=lambda one: one.slot)),
        could_serve=tuple(
            _entry(certificate, resource, why) for resource in sorted(others, key=lambda one: one.slot)
        ),
    )


def map_slots(world: World, products: Iterable[CloudProduct]) -> list[MappedSlot]:
    """Every slot that the last discovery saw."""
    known = known_certificates(world)
    by_identifier = {certificate.identifier: certificate for certificate in known}
    cover = _Cover(latest(known, world.clock()))
    rules = RoutingRules(world)
    return [
        _mapped(rules.over(record.resource), by_identifier.get(record.resource.cert_identifier), cover)
        for product in products
        for record in world.resources.list(product)
    ]


class _Cover:
    """Which of many certificates cover a name: one look-up, however many there are."""

    def __init__(self, ordered: list[Certificate]) -> None:
        self._by_pattern: dict[str, list[tuple[int, Certificate]]] = defaultdict(list)
        for place, certificate in enumerate(ordered):
            for pattern in certificate.names:
                self._by_pattern[pattern].append((place, certificate))

    def of(self, name: str) -> list[tuple[int, Certificate]]:
        wild = [] if name.startswith(WILDCARD) else self._by_pattern.get(WILDCARD + parent(name), [])
        return self._by_pattern.get(name, []) + wild

    def best(self, names: tuple[str, ...], kind: str) -> Certificate | None:
        """The first in the order that covers them all, of this kind of key if there is one."""
        fitting = (pair for pair in self.of(names[0]) if all(map(pair[1].covers, names))) if names else ()
        found = min(fitting, key=lambda pair: (pair[1].algorithm != kind, pair[0]), default=None)
        return found[1] if found else None


def _mapped(resource: CloudResource, present: Certificate | None, cover: _Cover) -> MappedSlot:
    best = cover.best(resource.domains, present.algorithm if present else "")
    return MappedSlot(
        **resource.model_dump(),
        known_to_cas=present is not None,
        cert_name=present.name if present else "",
        best_cert_identifier=best.identifier if best else "",
        best_not_after=best.not_after if best else None,
        not_covered=tuple(name for name in resource.domains if not cover.of(name)),
    )


def _entry(certificate: Certificate, resource: CloudResource, why: str | None) -> PlanEntry:
    decision = decide(certificate, resource, None)
    if why is not None and decision.action is Action.DEPLOY:
        decision = leave(why)
    return PlanEntry(
        resource=resource,
        cert_identifier=certificate.identifier,
        action=decision.action,
        reason=decision.reason,
    )
