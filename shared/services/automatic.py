"""Plan by itself: what was issued and what is about to end, weighed together, slot by slot.

One plan at a time, from what the tables say; an event only makes it sooner. So copies, overlapping renewals,
and a certificate that passes a warning time in the scan that finds its renewal, make no two jobs for a slot.
"""

import logging
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.jobs import DeploymentJob
from shared.domain.matching import Action
from shared.domain.policy_book import PolicyBook
from shared.domain.replacing import FRONTED
from shared.domain.resources import CloudResource, SyncState
from shared.domain.rules import Rules
from shared.errors import ConflictError
from shared.services import plan as planning
from shared.services.automatic_jobs import jobs_for
from shared.services.changes import Changes
from shared.services.missing import (
    ending_with,
    kept_away,
    reasons_of,
    tell_missing,
    unusable,
    waiting_for_approval,
)
from shared.services.policies import policies_of
from shared.services.unseen import EVERYTHING, Unseen
from shared.services.world import World

log = logging.getLogger("certdeploy.create")
_WAITS: Final = "waiting for the discovery of {}; the next scan tries again"
_BUSY: Final = "another plan is being made; the next scan tries again"
_DISCOVERY_TAKES: Final = timedelta(minutes=15)  #: an older discovery has died
LEASE: Final = "automatic-plan"  #: one plan is made at a time
_AFTER_S: Final = 10.0  #: the lease outlasts the function that holds it


@dataclass(frozen=True)
class Planned:
    jobs: tuple[DeploymentJob, ...] = ()
    note: str = ""  #: why nothing was planned


def plan_what_changed(world: World) -> Planned:
    """Jobs for what the last scan found: one for each type of certificate, and more where policies say so."""
    return alone(world, lambda: _weighed(world))


def alone(world: World, plan: Callable[[], Planned]) -> Planned:
    """One plan at a time, and not before all slots are known."""
    if waiting := _not_discovered(world):
        return Planned(note=_WAITS.format(", ".join(waiting)))
    try:
        with world.leases.hold(LEASE, world.holder, world.left_s() + _AFTER_S):
            return plan()
    except ConflictError:
        return Planned(note=_BUSY)


def _weighed(world: World) -> Planned:
    known = [record for home in world.policy.homes for record in world.certificates.list(home)]
    unseen, policies = Unseen(world), policies_of(world)
    changes = Changes.among(world, known, unseen, policies)
    if policies.unreadable:
        return _stopped(world, changes, policies.unreadable)
    return _plan(world, known, changes, unseen, policies.book) if changes else Planned()


def _plan(
    world: World,
    known: Sequence[CertificateRecord],
    changes: Changes,
    unseen: Unseen,
    book: PolicyBook,
) -> Planned:
    certificates = [record.certificate for record in known]
    issued = [one.certificate for one in changes.issued]
    ending = _about_to_end(world, changes)
    news = [one for one in changes.ending if not one.record.only_told]
    seen = [slot for one in news for slot in unseen.seen_within(one.parts, ending_with(one, ending))]
    begun = {slot.slot for one in news for slot in ending_with(one, ending)}
    weigh = partial(planning.weigh, world, book=book, automatic=True, obstacles=planning.Obstacles(world))
    entries = [
        *weigh(certificates, seen),
        *weigh(issued, _others(world, changes, unseen, begun)),
    ]
    wanted = [entry for entry in entries if entry.action is Action.DEPLOY]
    made = jobs_for(world, changes, wanted, certificates)
    whys = unusable(world, certificates, ending) | reasons_of(entries) | waiting_for_approval(made.drafts)
    replaced = {entry.resource.slot for entry in wanted} - made.drafts.keys()
    replaced |= {entry.resource.slot for entry in entries if entry.rule == FRONTED}  # in their last days
    changes = tell_missing(world, changes, ending, replaced, whys, made.drafts.keys())
    _handled(world, changes, unseen, made.waiting)
    return Planned(jobs=made.jobs, note="" if made.jobs else kept_away(entries))


def _stopped(world: World, changes: Changes, why: str) -> Planned:
    """Nothing is planned, nor put aside: the next scan looks again. Slots about to end are told once."""
    log.error("policies could not be read", extra={"reason": why})
    told = {one.certificate.identifier: one for one in changes.ending if not one.told}
    ending = [slot for slot in _about_to_end(world, changes) if slot.cert_identifier in told]
    changes = tell_missing(world, changes, ending, set(), {slot.slot: why for slot in ending})
    for one in changes.ending:
        if one.certificate.identifier not in told:
            continue
        row = one.record.evolve(expiring_handled_days=one.threshold_days, expiring_unseen=EVERYTHING)
        with suppress(ConflictError):  # a scan wrote it; it is told again
            world.certificates.save(row)
    return Planned(note=why)


def _about_to_end(world: World, changes: Changes) -> list[CloudResource]:
    """Slots with one of the ending certificates in place, in the parts that it is to be planned for."""
    parts = {one.certificate.identifier: one.parts for one in changes.ending}
    found = [
        slot
        for slot in planning.candidates(world, [one.certificate for one in changes.ending])
        if slot.slot.startswith(parts.get(slot.cert_identifier, ())) and not world.policy.why_barred(slot)
    ]
    rules, there = Rules(found), world.resources.find_many({slot.follows for slot in found if slot.follows})
    # A rule stands for its listener, and a slot for those that follow it.
    return [slot for slot in found if rules.over(slot) is None and slot.follows not in there]


def _others(world: World, changes: Changes, unseen: Unseen, begun: Set[str]) -> list[CloudResource]:
    """Slots that an issued certificate may be meant for.

    Only what is new is put on these: what CAS had before, its owner may have left aside.
    """
    found: dict[str, CloudResource] = {}
    for parts in {one.parts for one in changes.issued}:
        certificates = [one.certificate for one in changes.issued if one.parts == parts]
        meant = unseen.seen_within(parts, planning.candidates(world, certificates))
        found.update((slot.slot, slot) for slot in meant if slot.slot not in begun)
    return list(found.values())


def _handled(world: World, changes: Changes, unseen: Unseen, waiting: Set[str]) -> None:
    """But for what nobody could read, and for places that another job is at: each scan looks again."""
    rows: dict[str, CertificateRecord] = {}
    for new in changes.issued:
        left = _left(new.certificate, new.parts, unseen, waiting)
        rows[new.certificate.identifier] = new.record.evolve(issued_handled=True, issued_unseen=left)
    for old in changes.ending:
        left = _left(old.certificate, old.parts, unseen, waiting)
        row = rows.get(old.certificate.identifier, old.record)
        rows[old.certificate.identifier] = row.evolve(
            expiring_handled_days=old.threshold_days,
            expiring_unseen=left,
            only_told=row.only_told and old.last,
        )
    for row in rows.values():
        with suppress(ConflictError):  # a scan wrote it; the next one announces it again and finds the job
            world.certificates.save(row)


def _left(
    certificate: Certificate, parts: tuple[str, ...], unseen: Unseen, waiting: Set[str]
) -> tuple[str, ...]:
    """Where it is to be planned for later."""
    unread = unseen.left_of(parts)
    busy = sorted(place for place in waiting if place.startswith(parts))
    why = {"not all slots could be read": unread, "another job is at work": busy}
    if reasons := [f"{reason}: {', '.join(some)}" for reason, some in why.items() if some]:
        facts = {"cert_identifier": certificate.identifier, "reason": "; ".join(reasons)}
        log.warning("a part was left out", extra=facts)
    return tuple(sorted({*unread, *busy}))


def _not_discovered(world: World) -> list[str]:
    """Products in discovery, or never discovered: a plan could miss their slots."""
    alive_since = world.clock() - _DISCOVERY_TAKES
    statuses = world.syncs.of(world.policy.products)
    known = {one.product for one in statuses}
    under_way = {s.product for s in statuses if s.state is SyncState.SYNCING and s.started_at > alive_since}
    return [one.value for one in world.policy.products if one not in known or one in under_way]
