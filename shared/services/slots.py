"""One slot in full: what is in place, what stands beside it, and which certificates may go there."""

from collections.abc import Iterator
from typing import Final

from pydantic import AwareDatetime

from shared.domain.certificates import Certificate, CertificateSource
from shared.domain.matching import Action, latest
from shared.domain.plans import StandsBeside
from shared.domain.resources import CloudResource, Placed, ResourceRecord
from shared.domain.trust import Standing
from shared.domain.values import Wire
from shared.errors import NotFoundError
from shared.services.choice import Choice, KeptAway, OneAmongAll
from shared.services.drift import drifted_among
from shared.services.history import History, Touched, history_of
from shared.services.listeners import Listeners
from shared.services.map import known_certificates
from shared.services.met import Met
from shared.services.plan import Obstacles
from shared.services.world import World

_SHOWN: Final = 20  #: certificates that cover a slot


class Candidate(Wire):
    """A certificate of CAS that covers a slot and is not in place there."""

    cert_identifier: str
    name: str
    algorithm: str
    source: CertificateSource
    standing: Standing
    not_after: AwareDatetime
    by_itself: bool  #: an automatic plan would put it there
    rule: str = ""  #: that keeps it away
    reason: str


class SlotFacts(Wire):
    slot: str
    resource: CloudResource  #: with the obstacle of another product's rule, or of the scope
    seen_at: AwareDatetime
    present: Certificate | None = None  #: in place, if CAS knows it
    standing: Standing | None = None  #: of the one in place
    best_cert_identifier: str = ""  #: as in `resource list`
    kept_away: KeptAway | None = None
    candidates: tuple[Candidate, ...]  #: the one that is valid longest on top
    more_candidates: int = 0  #: that are left out
    beside: tuple[StandsBeside, ...] = ()
    drifted_from: Placed | None = None  #: what the last job put there, if that is not what is there now
    history: tuple[Touched, ...] = ()  #: what jobs did here, the latest first
    history_left_out: int = 0  #: earlier jobs of its product, that were not looked into
    put_by_forgotten_job: Placed | None = None  #: what a job put there last that is no longer stored
    met: Met | None = None  #: what clients are served, where that was asked

    def with_history(self, history: History) -> "SlotFacts":
        return self.evolve(
            history=history.touched,
            history_left_out=history.left_out,
            put_by_forgotten_job=history.forgotten,
        )


def show_slot(world: World, slot: str, *, history: bool = True) -> SlotFacts:
    """`history`: with what jobs did here, which takes long where there are large jobs.

    Raises NotFoundError.
    """
    record = find_slot(world, slot)
    resource = Obstacles(world).put_on(record.resource)
    known = known_certificates(world)
    found = world.certificates.find(resource.cert_identifier) if resource.cert_identifier else None
    present = found.certificate if found else None
    choice = Choice(world, known)
    best = choice.best(resource, present)
    status = world.syncs.find(resource.product, resource.area)
    covering = list(_covering(world, known, resource))
    facts = SlotFacts(
        slot=resource.slot,
        resource=resource,
        seen_at=status.last_seen(record) if status else record.seen_at,
        present=present,
        standing=world.standing(present) if present else None,
        best_cert_identifier=best.identifier,
        kept_away=best.kept_away,
        candidates=tuple(_candidate(world, one, choice, resource, present) for one in covering[:_SHOWN]),
        more_candidates=len(covering[_SHOWN:]),
        beside=Listeners(world).beside(resource),
        drifted_from=record.placed if drifted_among(world, [record]) else None,
    )
    return facts.with_history(history_of(world, record)) if history else facts


def find_slot(world: World, slot: str) -> ResourceRecord:
    """Raises NotFoundError."""
    if record := world.resources.find(slot):
        return record
    raise NotFoundError("Slot", slot, "`certdeploy resource list` shows all")


def _covering(world: World, known: list[Certificate], resource: CloudResource) -> Iterator[Certificate]:
    """The deployable ones as a plan prefers them, then the others."""
    if not resource.domains:
        return
    deployable = latest(known, world.clock())
    there = {one.identifier for one in deployable} | {resource.cert_identifier}
    others = [one for one in reversed(known) if one.identifier not in there]
    for one in (*deployable, *others):
        if one.identifier != resource.cert_identifier and all(map(one.covers, resource.domains)):
            yield one


def _candidate(
    world: World,
    certificate: Certificate,
    choice: Choice,
    resource: CloudResource,
    present: Certificate | None,
) -> Candidate:
    decision = OneAmongAll(world, certificate, choice).decide(resource, present)
    return Candidate(
        cert_identifier=certificate.identifier,
        name=certificate.name,
        algorithm=certificate.algorithm,
        source=certificate.source,
        standing=world.standing(certificate),
        not_after=certificate.not_after,
        by_itself=decision.action is Action.DEPLOY,
        rule=decision.rule,
        reason=decision.reason,
    )
