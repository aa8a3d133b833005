"""The map, both ways: what each slot serves and what covers it; where a certificate is and could be."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pydantic import AwareDatetime

from shared.domain.accounts import within
from shared.domain.certificates import Certificate, cert_id_of, is_bare_id
from shared.domain.cover import Cover
from shared.domain.drift import has_drifted
from shared.domain.matching import Action, leave
from shared.domain.plans import PlanEntry
from shared.domain.renewals import line_of
from shared.domain.resources import (
    CloudProduct,
    CloudResource,
    Placed,
    ResourceRecord,
    SyncState,
    SyncStatus,
)
from shared.domain.trust import Standing
from shared.domain.values import Wire
from shared.errors import NotFoundError
from shared.services.choice import Choice, KeptAway, OneAmongAll
from shared.services.listeners import Listeners
from shared.services.plan import Obstacles, candidates, entry
from shared.services.renewals import Renewals, renewals_of
from shared.services.world import World


class MappedSlot(CloudResource):
    """A slot, with what CAS could do for it."""

    known_to_cas: bool  #: the certificate in place is one of CAS; False also where there is none
    cert_name: str = ""  #: its name in CAS
    #: What an automatic plan would put there, or the one in place if that may stay; "": neither.
    best_cert_identifier: str = ""
    best_not_after: AwareDatetime | None = None
    kept_away: KeptAway | None = None  #: the first that covers it, and does not go there by itself
    not_covered: tuple[str, ...] = ()  #: names that no deployable certificate covers
    drifted_from: Placed | None = None  #: what the last job put there, if that is not what is there now
    #: if its region's last discovery missed it, and cannot tell whether it is gone: when it was seen last
    not_seen_since: AwareDatetime | None = None


class CouldServe(PlanEntry):
    """What a job of one certificate would do with a slot, and whether it goes there by itself."""

    by_itself: bool
    rule_by_itself: str = ""  #: that keeps it away
    reason_by_itself: str


class CertificateMap(Wire):
    certificate: Certificate
    cert_identifier: str
    why_not_deployable: str | None
    standing: Standing
    serving: tuple[CloudResource, ...]  #: slots where it is in place; out of scope: with that obstacle
    could_serve: tuple[CouldServe, ...]  #: others with a name that it covers, each with the decision
    renewals: Renewals  #: the line that it stands in


def known_certificates(world: World) -> list[Certificate]:
    """What the last scan saw, the one that ends first on top."""
    found = [record.certificate for home in world.policy.homes for record in world.certificates.list(home)]
    return sorted(found, key=lambda one: (one.not_after, one.cert_id))


def find_certificate(world: World, text: str) -> Certificate:
    """By id, in any of our stores, those of the own account first, or by identifier. Raises NotFoundError."""
    text = text.strip()
    identifiers = [f"{text}-{home}" for home in world.policy.homes] if is_bare_id(text) else [text]
    for identifier in identifiers:
        if record := world.certificates.find(identifier):
            return record.certificate
    hint = "`certdeploy scan` reads CAS anew" if cert_id_of(text) is not None else "an id is needed"
    raise NotFoundError("Certificate", text, hint)


def map_certificate(world: World, certificate: Certificate) -> CertificateMap:
    """Where it is in place, what a job of it alone would do elsewhere, and its line of renewals."""
    now, known = world.clock(), known_certificates(world)
    why = certificate.why_not_deployable(now)
    obstacles, listeners = Obstacles(world), Listeners(world)
    cover = Cover([certificate], now, world.standing)
    line = line_of(certificate, known)
    asked = {one.identifier for one in (certificate, *line.before, *line.after)}
    in_line = [
        record.resource for product in CloudProduct for record in world.resources.serving(product, asked)
    ]
    serving = [obstacles.put_on(one) for one in in_line if one.cert_identifier == certificate.identifier]
    there = {resource.slot for resource in serving}
    others = [obstacles.put_on(one) for one in candidates(world, [certificate]) if one.slot not in there]
    in_place = world.certificates.find_many({resource.cert_identifier for resource in others})
    among = OneAmongAll(world, certificate, Choice(world, known))

    def could(resource: CloudResource) -> CouldServe:
        record = in_place.get(resource.cert_identifier)
        present = record.certificate if record else None
        chosen, decision = cover.choose(resource, present, kinds_beside=listeners.kinds(resource))
        if why is not None and decision.action is Action.DEPLOY:
            decision = leave("certificate", why)
        by_hand, by_itself = entry(resource, chosen, decision), among.decide(resource, present)
        return CouldServe(
            **vars(by_hand),
            by_itself=by_itself.action is Action.DEPLOY,
            rule_by_itself=by_itself.rule,
            reason_by_itself=by_itself.reason,
        )

    return CertificateMap(
        certificate=certificate,
        cert_identifier=certificate.identifier,
        why_not_deployable=why,
        standing=world.standing(certificate),
        serving=tuple(sorted(serving, key=lambda one: one.slot)),
        could_serve=tuple(could(resource) for resource in sorted(others, key=lambda one: one.slot)),
        renewals=renewals_of(line, Counter(resource.cert_identifier for resource in in_line)),
    )


def map_slots(world: World, products: Iterable[CloudProduct]) -> list[MappedSlot]:
    """Every slot that the last discovery saw."""
    known = known_certificates(world)
    by_identifier = {certificate.identifier: certificate for certificate in known}
    choice, obstacles = Choice(world, known), Obstacles(world)
    mapped: list[MappedSlot] = []
    for product in products:
        missed = _Missed(world.syncs.list(product))
        for record in world.resources.list(product):
            resource = obstacles.put_on(record.resource)
            present = by_identifier.get(resource.cert_identifier)
            placed = record.placed if has_drifted(record, by_identifier.get) else None
            one = _mapped(resource, present, choice, missed.since(record))
            mapped.append(one.evolve(drifted_from=placed) if placed else one)
    return mapped


class _Missed:
    """Slots of a product that its last discovery did not see."""

    def __init__(self, statuses: Iterable[SyncStatus]) -> None:
        self._statuses = {one.area: one for one in statuses}

    def since(self, record: ResourceRecord) -> datetime | None:
        """A discovery that failed to list the regions (region "") has missed them all."""
        own = self._statuses.get(record.resource.area)
        last = own.last_seen(record) if own else record.seen_at
        for area in (record.resource.area, within(record.resource.account, "")):
            status = self._statuses.get(area)
            if status and status.state is not SyncState.SYNCING and last < status.started_at:
                return last
        return None


def _mapped(
    resource: CloudResource, present: Certificate | None, choice: Choice, not_seen_since: datetime | None
) -> MappedSlot:
    best = choice.best(resource, present)
    return MappedSlot(
        **vars(resource),
        known_to_cas=present is not None,
        cert_name=present.name if present else "",
        best_cert_identifier=best.identifier,
        best_not_after=best.not_after,
        kept_away=best.kept_away,
        not_covered=() if best.covered else choice.unknown(resource),
        not_seen_since=not_seen_since,
    )
