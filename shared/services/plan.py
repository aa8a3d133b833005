"""Hold certificates against slots: what would be written where, and what is left alone and why."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from shared.domain.accounts import within
from shared.domain.certificates import Certificate, CertificateRecord, CertificateSource
from shared.domain.cover import Cover
from shared.domain.fronts import FRONTED, FRONTING, Fronts
from shared.domain.matching import Decision, latest
from shared.domain.plans import Plan, PlanEntry
from shared.domain.policy_book import PolicyBook
from shared.domain.resources import CloudResource
from shared.domain.rules import SET_BY, Rules
from shared.errors import InvalidRequestError, NotFoundError
from shared.services.discovered import Discovered
from shared.services.listeners import Listeners
from shared.services.policies import policies_of
from shared.services.world import World

_SCAN: Final = "`certdeploy scan` reads CAS anew"


def plan(
    world: World,
    certificates: list[Certificate],
    slots: Iterable[CloudResource],
    *,
    first_deployment: bool = False,
    automatic: bool = False,
) -> Plan:
    """What one job does: all of its certificates are of one type. Options as of `weigh`."""
    entries = weigh(
        world,
        certificates,
        slots,
        policies_of(world).book,
        first_deployment=first_deployment,
        automatic=automatic,
    )
    return _one_job(certificates, entries)


def weigh(
    world: World,
    certificates: list[Certificate],
    slots: Iterable[CloudResource],
    book: PolicyBook,
    *,
    first_deployment: bool = False,
    automatic: bool = False,
    named: bool = False,
    keep_pairs: Listeners | None = None,
    obstacles: "Obstacles | None" = None,
) -> list[PlanEntry]:
    """Each slot gets the certificate that is valid longest of those that may go there.

    `named`: a person has named these very slots.
    `keep_pairs`: where RSA and ECC stand side by side on a listener, neither takes the other's place.
    `obstacles`: those of the world, if they are asked for by several plans.
    """
    now = world.clock()
    ordered = latest(certificates, now)
    if not ordered:
        return []
    cover, obstacles = Cover(ordered, now, world.standing, book), obstacles or Obstacles(world)
    held = [obstacles.put_on(resource) for resource in sorted(slots, key=lambda r: r.slot)]
    in_place = world.certificates.find_many({resource.cert_identifier for resource in held})
    batch = len({one.fingerprint or one.identifier for one in ordered}) > 1 and not automatic
    entries = []
    for resource in held:
        record = in_place.get(resource.cert_identifier)
        chosen, decision = cover.choose(
            resource,
            record.certificate if record else None,
            first_deployment=first_deployment,
            automatic=automatic,
            batch=batch,
            kinds_beside=keep_pairs.kinds(resource) if keep_pairs else frozenset(),
            named=named,
        )
        entries.append(entry(resource, chosen, decision))
    return entries


def _one_job(certificates: list[Certificate], entries: list[PlanEntry]) -> Plan:
    return as_plan(entries, certificates[0].source) if entries else Plan(entries=())


def as_plan(entries: Iterable[PlanEntry], source: CertificateSource, accept_outage: bool = False) -> Plan:
    """`source`: the type of the certificates."""
    return Plan(entries=tuple(entries), cert_type=source.value, accept_outage=accept_outage)


class Obstacles:
    """Why a slot is left alone that takes a certificate: the owner's scope, and what other products have."""

    def __init__(self, world: World) -> None:
        self._policy = world.policy
        self._rules, self._fronts = Discovered(world, Rules), Discovered(world, Fronts)

    def put_on(self, resource: CloudResource) -> CloudResource:
        """The slot, with an obstacle if it is out of scope or a rule sets its certificates; with what is in
        front of it.
        """
        if barred := self._policy.why_barred(resource):
            return resource.evolve(obstacle=barred)
        if resource.product is FRONTED:
            return resource.evolve(fronted_by=self._before(resource))
        if (setter := SET_BY.get(resource.product)) is None:
            return resource
        return self._rules.of(setter, resource.area).put_on(resource)

    def _before(self, resource: CloudResource) -> str:
        """Of products that are out of scope old rows may be left, which prove nothing."""
        looked_into = (product for product in FRONTING if product in self._policy.products)
        here = within(resource.account, "")
        found = (self._fronts.of(product, here).before(resource) for product in looked_into)
        return next((slot for slot in found if slot), "")


def entry(resource: CloudResource, certificate: Certificate, decision: Decision) -> PlanEntry:
    return PlanEntry(
        resource=resource,
        cert_identifier=certificate.identifier,
        action=decision.action,
        rule=decision.rule,
        reason=decision.reason,
        draft=decision.draft,
        accept_outage=decision.accept_outage,
        engine=decision.engine,
        uploaded=certificate.source is CertificateSource.UPLOAD,
    )


def candidates(world: World, certificates: Iterable[Certificate]) -> list[CloudResource]:
    """Slots with at least one name that one of the certificates covers."""
    names = (name for certificate in certificates for name in certificate.names)
    return [record.resource for record in world.resources.by_names(names)]


def _of_first_account(records: list[CertificateRecord]) -> list[CertificateRecord]:
    """Of those that have one id: the own account's, if it has one."""
    accounts = [record.certificate.account for record in records]
    return [record for record in records if record.certificate.account == accounts[0]]


def copies_of(world: World, certificates: Iterable[Certificate]) -> list[Certificate]:
    """The same certificates as CAS of other accounts has them, as far as they can be deployed."""
    held: dict[tuple[str, datetime], set[str]] = defaultdict(set)
    for one in certificates:
        if one.fingerprint:
            held[one.fingerprint, one.not_after].add(one.account)
    if not world.policy.accounts or not held:
        return []
    known = (record.certificate for home in world.policy.homes for record in world.certificates.list(home))
    return [
        one
        for one in known
        if (accounts := held.get((one.fingerprint, one.not_after)))
        and one.account not in accounts
        and one.why_not_deployable(world.clock()) is None
    ]


def asked_for(world: World, cert_ids: tuple[int, ...]) -> list[Certificate]:
    """Those of CAS.

    Raises:
        NotFoundError: some are not known, and nothing else is wrong.
        InvalidRequestError: everything that is wrong with any of them.
    """
    found: list[Certificate] = []
    problems: list[str] = []
    unknown: list[str] = []
    identifiers = {cert_id: [f"{cert_id}-{home}" for home in world.policy.homes] for cert_id in cert_ids}
    known = world.certificates.find_many(one for some in identifiers.values() for one in some)
    for cert_id, some in identifiers.items():
        records = _of_first_account([known[one] for one in some if one in known])
        if not records:
            unknown.append(str(cert_id))
        for record in records:
            if reason := record.certificate.why_not_deployable(world.clock()):
                problems.append(f"certificate {cert_id} cannot be deployed: {reason}")
            found.append(record.certificate)
    if len(types := sorted({certificate.source.value for certificate in found})) > 1:
        problems.append(f"one job takes one certificate type, these are {', '.join(types)}")
    found += copies_of(world, found)
    if unknown and not problems:
        raise NotFoundError("Certificate", ", ".join(unknown), _SCAN)
    if problems:
        not_known = [f"certificate {cert_id} is not known ({_SCAN})" for cert_id in unknown]
        raise InvalidRequestError(f"CertIds: {'; '.join([*not_known, *problems])}")
    return found
