"""What a plan changes beside certificates, slot by slot: read from the state, told by `consequences`."""

from collections import Counter
from collections.abc import Hashable

from shared.domain.certificates import Certificate
from shared.domain.consequences import Consequence, Surroundings, consequences, days_gained, like
from shared.domain.matching import Action
from shared.domain.plans import Plan, PlanEntry
from shared.domain.replacing import Exchange
from shared.domain.resources import CloudResource, SlotRole
from shared.domain.trust import Standings
from shared.services.listeners import Listeners
from shared.services.policies import ReadPolicies
from shared.services.rollback_plan import Joined
from shared.services.world import World


def foreseen(world: World, plan: Plan, listeners: Listeners, policies: ReadPolicies) -> Plan:
    """The plan with what each of its deployments changes."""
    teller = _Teller(world, plan, listeners, policies)
    return plan.evolve(entries=tuple(teller.told(entry) for entry in plan.entries))


class _Teller:
    def __init__(self, world: World, plan: Plan, listeners: Listeners, policies: ReadPolicies) -> None:
        self._listeners, self._policies = listeners, policies
        self._now, self._joined = world.clock(), Joined(world)
        found = plan.deployments
        identifiers = {e.cert_identifier for e in found} | {e.resource.cert_identifier for e in found}
        self._known = world.certificates.find_many(identifiers)
        self._standing = Standings(world.standing)
        self._told: dict[Hashable, tuple[Consequence, ...]] = {}
        self._warning_days: dict[str, tuple[float, ...]] = {}
        planned = Counter(map(_on_listener, found))
        by_certificate = {_on_listener(entry) for entry in found if _named_by_certificate(entry.resource)}
        self._alike = {place for place in by_certificate if planned[place] > 1}

    def told(self, entry: PlanEntry) -> PlanEntry:
        if entry.action is not Action.DEPLOY:
            return entry
        certificate, present = self._known[entry.cert_identifier].certificate, self._in_place(entry)
        (policy,) = self._policies.book.for_(entry.resource, present, [certificate])
        exchange = Exchange(
            certificate=certificate,
            standing=self._standing(certificate),
            resource=entry.resource,
            present=present,
            standing_before=self._standing(present) if present else None,
            now=self._now,
            policy=policy,
        )
        around = Surroundings(kinds=self._listeners.kinds(entry.resource), shared=self._shares(entry))
        if (warnings := self._told.get(key := like(exchange, around))) is None:
            warnings = self._told[key] = consequences(exchange, around, self._days(certificate))
        return entry.evolve(
            warnings=warnings,
            days_gained=days_gained(exchange),
            beside=self._listeners.beside(entry.resource),
        )

    def _in_place(self, entry: PlanEntry) -> Certificate | None:
        record = self._known.get(entry.resource.cert_identifier)
        return record.certificate if record else None

    def _shares(self, entry: PlanEntry) -> bool:
        """Whether its listener would have the certificate on several slots, which then are not told apart."""
        return _on_listener(entry) in self._alike or self._joined(entry.resource, entry.cert_identifier)

    def _days(self, certificate: Certificate) -> tuple[float, ...]:
        if (known := self._warning_days.get(certificate.identifier)) is None:
            known = self._warning_days[certificate.identifier] = self._policies.warning_days(certificate)
        return known


def _named_by_certificate(slot: CloudResource) -> bool:
    return bool(slot.listener_id) and slot.role is SlotRole.ADDITIONAL and slot.domains_of_certificate


def _on_listener(entry: PlanEntry) -> tuple[str, str, str, str]:
    slot = entry.resource
    return slot.product.value, slot.area, slot.listener_id, entry.cert_identifier
