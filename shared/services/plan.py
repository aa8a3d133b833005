"""Hold certificates against slots: what would be written where, and what is left alone and why."""

from collections.abc import Iterable, Iterator

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.matching import SET_BY, Action, Decision, decide, latest, under_rule
from shared.domain.names import WILDCARD, parent
from shared.domain.plans import Plan, PlanEntry
from shared.domain.requests import PreviewDeploymentJob
from shared.domain.resources import CloudResource
from shared.errors import InvalidRequestError
from shared.services.discovered import Discovered
from shared.services.world import World


def preview(world: World, request: PreviewDeploymentJob) -> Plan:
    """The plan that a job of this request would carry out.

    Raises:
        InvalidRequestError: unknown or undeployable certificates, mixed types, unknown slots.
    """
    certificates = _asked_for(world, request.cert_ids)
    if request.resource_ids:
        slots: Iterable[CloudResource] = _named(world, request.resource_ids)
    else:
        slots = candidates(world, certificates)
    return plan(world, certificates, slots, first_deployment=request.first_deployment)


def plan(
    world: World,
    certificates: list[Certificate],
    slots: Iterable[CloudResource],
    *,
    first_deployment: bool = False,
    automatic: bool = False,
) -> Plan:
    """Each slot gets the certificate that is valid longest of those that may go there."""
    ordered = latest(certificates, world.clock())
    if not ordered:
        return Plan(entries=())
    entries = []
    batch = len(certificates) > 1 and not automatic
    rules = RoutingRules(world)
    for resource in map(rules.over, sorted(slots, key=lambda r: r.slot)):
        record = world.certificates.find(resource.cert_identifier)
        present = record.certificate if record else None
        chosen, decision = _choose(ordered, resource, present, first_deployment, automatic, batch)
        entries.append(
            PlanEntry(
                resource=resource,
                cert_identifier=chosen.identifier,
                action=decision.action,
                reason=decision.reason,
            )
        )
    source = certificates[0].source
    charged = [e for e in entries if source is CertificateSource.UPLOAD and e.action is Action.DEPLOY]
    return Plan(
        entries=tuple(entries),
        cert_type=source.value,
        quota=sum(len(entry.resource.domains) for entry in charged),
    )


class RoutingRules:
    """Rules by which one product sets another's certificates, as discovered."""

    def __init__(self, world: World) -> None:
        self._discovered = Discovered(world)

    def over(self, resource: CloudResource) -> CloudResource:
        """The slot, with an obstacle where a rule sets its certificates."""
        if (setter := SET_BY.get(resource.product)) is None:
            return resource
        return under_rule(resource, self._discovered.slots(setter, resource.region))


def candidates(world: World, certificates: Iterable[Certificate]) -> list[CloudResource]:
    """Slots with at least one name that one of the certificates covers: a range read per name."""
    found: dict[str, CloudResource] = {}
    for certificate in certificates:
        for name in certificate.names:
            for resource in _below(world, name):
                found[resource.slot] = resource
    return list(found.values())


def _below(world: World, name: str) -> Iterator[CloudResource]:
    domain = None if name.startswith(WILDCARD) else name
    for record in world.resources.by_parent(parent(name), domain):
        if record.resource.product in world.policy.products:  # the owner may leave one out by now
            yield record.resource


def _choose(
    certificates: list[Certificate],
    resource: CloudResource,
    present: Certificate | None,
    first_deployment: bool,
    automatic: bool,
    batch: bool,
) -> tuple[Certificate, Decision]:
    """The first that may go there; else the first that at least covers it, to give its reason."""
    held = [
        (
            certificate,
            decide(
                certificate,
                resource,
                present,
                first_deployment=first_deployment,
                automatic=automatic,
                batch=batch,
            ),
        )
        for certificate in certificates
    ]
    for certificate, decision in held:
        if decision.action is Action.DEPLOY:
            return certificate, decision
    covering = [h for h in held if all(h[0].covers(name) for name in resource.domains)]
    return (covering or held)[0]


def _asked_for(world: World, cert_ids: tuple[int, ...]) -> list[Certificate]:
    """Raises InvalidRequestError with everything that is wrong with any of them."""
    found: list[Certificate] = []
    problems: list[str] = []
    for cert_id in cert_ids:
        records = [
            record
            for store in world.policy.stores
            if (record := world.certificates.find(f"{cert_id}-{store}"))
        ]
        if not records:
            problems.append(f"certificate {cert_id} is not known; `certdeploy scan` reads CAS anew")
        for record in records:
            if reason := record.certificate.why_not_deployable(world.clock()):
                problems.append(f"certificate {cert_id} cannot be deployed: {reason}")
            found.append(record.certificate)
    if len(types := sorted({certificate.source.value for certificate in found})) > 1:
        problems.append(f"one job takes one certificate type, these are {', '.join(types)}")
    if problems:
        raise InvalidRequestError(f"CertIds: {'; '.join(problems)}")
    return found


def _named(world: World, slots: tuple[str, ...]) -> list[CloudResource]:
    records = {slot: world.resources.find(slot) for slot in slots}
    if unknown := [slot for slot, record in records.items() if record is None]:
        raise InvalidRequestError(
            f"ResourceIds: {', '.join(unknown)} not known; `certdeploy resource list` shows all"
        )
    return [record.resource for record in records.values() if record]
