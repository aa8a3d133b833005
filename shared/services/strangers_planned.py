"""Plan for slots whose certificate CAS does not know and that is about to end: with all that CAS has."""

import hashlib
from dataclasses import dataclass, replace

from shared.domain.matching import Action
from shared.services import plan as planning
from shared.services.automatic import Planned, alone
from shared.services.automatic_jobs import Jobs, jobs_for
from shared.services.discovered import every_slot
from shared.services.map import known_certificates
from shared.services.policies import policies_of
from shared.services.strangers import Strangers, due, remember, tell
from shared.services.unseen import EVERYTHING, Unseen
from shared.services.world import World


@dataclass(frozen=True)
class _Cause:
    """Of the jobs: the same for the same slots and warning times."""

    origin: str
    name: str


def plan_for_strangers(world: World) -> Planned:
    """Jobs for them. The contacts are told of those that nothing may replace by itself."""
    return alone(world, lambda: _plan(world))


def _plan(world: World) -> Planned:
    policies = policies_of(world)
    ending = [one for one in due(world, policies, every_slot(world)) if one.told_before]
    if policies.unreadable:
        for one in ending:
            tell(world, one)
        return Planned(note=policies.unreadable)
    certificates, unseen = known_certificates(world), Unseen(world)
    slots = unseen.seen_within(EVERYTHING, (slot for one in ending for slot in one.slots))
    entries = planning.weigh(world, certificates, slots, policies.book, automatic=True)
    wanted = [entry for entry in entries if entry.action is Action.DEPLOY]
    made = jobs_for(world, _cause(ending), wanted, certificates) if wanted else Jobs()
    planned = {entry.resource.slot for entry in wanted} - made.drafts.keys()
    hidden = {slot.slot for one in ending for slot in one.slots} - {slot.slot for slot in slots}
    for one in ending:
        left = [r for r in one.records if r.resource.slot not in planned | hidden]
        quiet = [] if one.warns else [r for r in left if r.resource.slot not in made.drafts]
        if told := left if one.warns else [r for r in left if r.resource.slot in made.drafts]:
            tell(world, replace(one, records=told))
        done = [r for r in one.records if r.resource.slot in planned and r.resource.place not in made.waiting]
        remember(world, [*done, *quiet], one.passed)
    return Planned(jobs=made.jobs)


def _cause(ending: list[Strangers]) -> _Cause:
    keys = sorted(f"{one.key} {slot.slot}" for one in ending for slot in one.slots)
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
    count = len(keys)
    return _Cause(f"slots-ending-{digest}", f"{count} slot{'s' if count != 1 else ''} expiring")
