"""Tell the contacts of slots that are about to end and are not replaced: that CAS has nothing, or why not."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from shared.domain.certificates import Certificate, CertificateRecord
from shared.domain.cover import Cover
from shared.domain.events import ReplacementMissing
from shared.domain.jobs import DeploymentJob
from shared.domain.matching import NOT_COVERED, Action
from shared.domain.moments import whole_days
from shared.domain.plans import PlanEntry
from shared.domain.resources import CloudResource
from shared.domain.states import JobStatus
from shared.errors import ConflictError
from shared.services.changes import Changes, Ending
from shared.services.world import World

_NO_NEWS: Final = frozenset({NOT_COVERED, "in-place"})  #: rules that keep nothing away that would be of use
_NOTHING_BETTER: Final = _NO_NEWS | {"later-end"}
_SHOWN: Final = 3  #: reasons
_NOTHING: Final = "CAS has nothing that is valid longer and covers it"
_FOUND_SO: Final = (
    "it was so when this installation began, which replaces only what ends later by itself; create a job"
)
_FOUND_SOON: Final = (
    "it was so when this installation began, which replaces it by itself in its last days; create a job to"
    " do it now"
)
_FOR_APPROVAL: Final = "job {0}, which would replace it, waits for approval; `certdeploy job submit {0}`"

_FOR_GOING_ON: Final = "job {0}, which would replace it, waits with it; `certdeploy job continue {0}`"


def kept_away(entries: Iterable[PlanEntry]) -> str:
    """Why slots that are covered are left alone."""
    left = (entry for entry in entries if entry.action is Action.LEAVE)
    return _counted(entry.reason for entry in left if entry.rule not in _NO_NEWS)


def reasons_of(entries: Iterable[PlanEntry]) -> dict[str, str]:
    """By slot, why what CAS has may not go there."""
    left = (entry for entry in entries if entry.action is Action.LEAVE)
    return {entry.resource.slot: entry.reason for entry in left if entry.rule not in _NOTHING_BETTER}


def unusable(
    world: World, certificates: Sequence[Certificate], slots: Iterable[CloudResource]
) -> dict[str, str]:
    """By slot, what CAS has for it that would end later, and cannot be deployed."""
    now = world.clock()
    whys = {one.identifier: why for one in certificates if (why := one.why_not_deployable(now))}
    some = [one for one in certificates if one.identifier in whys and one.not_after > now]
    cover = Cover(sorted(some, key=lambda one: one.not_after, reverse=True), now, world.standing)
    found: dict[str, str] = {}
    for slot in slots:
        for one in cover.of(slot.domains):
            later = slot.cert_not_after is None or one.not_after > slot.cert_not_after
            if later and one.identifier != slot.cert_identifier:
                found[slot.slot] = f"CAS has {one.identifier} for it, but {whys[one.identifier]}"
                break
    return found


def waiting_for_approval(drafts: Mapping[str, DeploymentJob]) -> dict[str, str]:
    said = {JobStatus.EDITING: _FOR_APPROVAL}
    return {slot: said.get(job.status, _FOR_GOING_ON).format(job.job_id) for slot, job in drafts.items()}


def tell_missing(
    world: World,
    changes: Changes,
    ending: Sequence[CloudResource],
    replaced: Set[str],
    whys: Mapping[str, str],
    drafts: Set[str] = frozenset(),
) -> Changes:
    """Tell the contacts of the slots that are not `replaced`; between warning times of `drafts` alone.

    `whys`: by slot, where CAS has something.

    The changes, with the records as they are stored by then.
    """
    told: dict[str, CertificateRecord] = {}
    for one in changes.ending:
        slots = {slot.slot for slot in ending_with(one, ending)}
        missing = tuple(sorted(slots - replaced if one.warns else slots & drafts))
        if missing:
            identifier = one.certificate.identifier
            event = ReplacementMissing.about(
                missing,
                cert_identifier=identifier,
                name=one.certificate.name,
                not_after=one.certificate.not_after,
                days_left=whole_days(one.left),
                threshold_days=one.threshold_days,
                reason=_found(one) if one.record.only_told else _said(whys, missing),
            )
            try:
                told[identifier] = world.certificates.save(one.record.telling(event.digest))
            except ConflictError:
                continue  # a scan wrote it; the next one announces it again
            world.events.publish(
                event,
                id=f"replacement-missing-{identifier}-{one.threshold_days:g}",
                subject=f"Certificate/{identifier}",
            )
    return changes.with_records(told)


def ending_with(one: Ending, slots: Sequence[CloudResource]) -> list[CloudResource]:
    return [slot for slot in slots if slot.cert_identifier == one.certificate.identifier]


def _found(one: Ending) -> str:
    """Of what was about to end at the baseline."""
    return _FOUND_SO if one.last else _FOUND_SOON


def _said(whys: Mapping[str, str], slots: Sequence[str]) -> str:
    """The reason if all have the same one."""
    found = {whys.get(slot, "") for slot in slots}
    return found.pop() if len(found) == 1 else _counted(whys.get(slot, _NOTHING) for slot in slots)


def _counted(whys: Iterable[str]) -> str:
    """The reasons that are met most."""
    reasons = Counter(whys)
    told = [f"{count} slot{'s' if count != 1 else ''}: {why}" for why, count in reasons.most_common(_SHOWN)]
    more = [f"{len(reasons) - len(told)} more reasons"] if len(reasons) > len(told) else []
    return "; ".join(told + more)
