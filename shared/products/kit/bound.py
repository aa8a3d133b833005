"""What the certificates bound to a listener mean for each of its slots, and for the next call."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from shared.cloud.reading import Fields
from shared.domain.certificates import identifier_of
from shared.domain.jobs import HalfMade
from shared.domain.resources import CloudResource, SlotRole
from shared.products.kit.base import Step
from shared.products.kit.changes import Carries, Change, Look, Settings, carrying

_IN_SERVICE: Final = ("Associated", "")
_LEAVING: Final = ("Diassociating", "Dissociating")  #: the former is how it is spelled


class Stage(str, Enum):
    """The call that a slot waits for, in the order in which those of a listener are made."""

    FREE = "free"  #: the wanted default is an additional one, and has to be taken off as such before
    DEFAULT = "default"
    ADD = "add"
    TAKE_OFF = "take off"  #: the old one, as the new one is in service


@dataclass(frozen=True)
class Bound:
    """A certificate on a listener; one that is being taken off is none."""

    identifier: str
    default: bool
    coming: bool  #: not in service yet

    @property
    def role(self) -> SlotRole:
        return SlotRole.DEFAULT if self.default else SlotRole.ADDITIONAL


@dataclass(frozen=True)
class Written:
    """A call that a listener has accepted: what it is to show in the end, of which slots."""

    action: str
    job_id: str
    stage: Stage
    identifiers: frozenset[str]
    slots: frozenset[str]

    def shown(self, bound: Sequence[Bound]) -> bool:
        there = {one.identifier for one in bound}
        if self.stage in (Stage.FREE, Stage.TAKE_OFF):
            return not self.identifiers & there
        return self.identifiers <= there


def bound_in(rows: Iterable[Fields]) -> list[Bound]:
    """Those of an answer of `ListListenerCertificates`.

    A state that nobody knows is not in service yet. Which one is the default has to be told.
    """
    found = list(rows)
    defaults = [row.flag("IsDefault") for row in found]
    if None in defaults and True not in defaults:
        raise found[0].source.below("IsDefault").unreadable("which certificate is the default is not told")
    states = [row.text("Status") for row in found]
    return [
        Bound(identifier_of(row.needed("CertificateId")), bool(default), state not in _IN_SERVICE)
        for row, default, state in zip(found, defaults, states, strict=True)
        if state not in _LEAVING
    ]


def looks(
    changes: Sequence[Change], bound: Sequence[Bound], settings: Settings | None, *, settled: bool
) -> list[Look | None]:
    """One for each of a listener's slots that are to be changed; None for one that is gone.

    What is not there while a change is under way may be there after it. `settings`: the listener's, which a
    change of the default might cost.
    """
    by_identifier = {one.identifier: one for one in bound}
    wanted = {change.wanted.identifier for change in changes if change.wanted}
    found = (
        _default(change, by_identifier, settings, settled)
        if change.resource.role is SlotRole.DEFAULT
        else _additional(change, by_identifier, settled, wanted)
        for change in changes
    )
    shown = [look and replace(look, held=list(bound)) for look in found]
    if settled:
        return shown
    return [look or under_way(change) for look, change in zip(shown, changes, strict=True)]


def under_way(change: Change) -> Look:
    """Nothing can be said before the listener is ready again."""
    return Look(Carries.BETWEEN, change.resource, settled=False)


def _default(
    change: Change, bound: Mapping[str, Bound], settings: Settings | None, settled: bool
) -> Look | None:
    there = next((one for one in bound.values() if one.default), None)
    if there is None:
        return None
    wanted = bound.get(change.wanted.identifier) if change.wanted else None
    carries, stage = carrying(change, there.identifier), Stage.DEFAULT
    if carries is Carries.WANTED and owed(change) not in ("", *bound):
        carries, stage = Carries.BETWEEN, Stage.ADD
    elif wanted and not wanted.default:
        stage = Stage.FREE
    return Look(
        carries,
        change.resource.evolve(cert_identifier=there.identifier),
        settled=settled and not there.coming,
        settings=settings,
        stage=stage.value,
        leaves=HalfMade.FREED if stage is Stage.FREE else None,
    )


def _additional(
    change: Change, bound: Mapping[str, Bound], settled: bool, needed: Collection[str]
) -> Look | None:
    """The slot is named by its certificate: it is replaced when the new one is there and the old one is not.

    An old one that is `needed` in another slot stays, whether it was brought there or is still to be.
    """
    slot, wanted = change.resource, change.wanted.identifier if change.wanted else ""
    old, new = bound.get(slot.cert_identifier), bound.get(wanted)
    if new and (old is None or old is new or old.identifier in needed):
        carries = Carries.BETWEEN if new.coming else Carries.WANTED
        return Look(carries, placed(slot, new), settled=settled and not new.coming)
    if old is None:  # taken off by hand, which may have met our own change half made
        return Look(Carries.BETWEEN, slot, settled, stage=Stage.ADD.value) if change.begun else None
    if old.default:  # by another's hand
        return None
    if new:
        added = placed(slot, new) if HalfMade.ADDED in change.half_made and not new.default else None
        settled = settled and not new.coming
        return Look(Carries.BETWEEN, slot, settled, stage=Stage.TAKE_OFF.value, added=added)
    return Look(Carries.EXPECTED, slot, settled, stage=Stage.ADD.value, leaves=HalfMade.ADDED)


def owed(change: Change) -> str:
    """The additional certificate that the undone change took off to become the default; "" for none."""
    return change.undoes.freed if change.undoes else ""


def left_behind(change: Change, look: Look | None) -> str:
    """What an exchange that ended half way left on the listener. `look`: None where it cannot be seen."""
    wanted = change.wanted.identifier if change.wanted else ""
    freed = wanted if HalfMade.FREED in change.half_made else owed(change)
    told = f"{freed}, an additional certificate before: roll the job back, or add it in the console"
    there = look is not None and (look.stage == Stage.FREE or look.carries is Carries.WANTED)
    if freed and not there:
        return f"the listener {'lacks' if look and look.settled else 'may lack'} {told}"
    if look and look.stage == Stage.TAKE_OFF:
        both = f"{change.resource.cert_identifier} and {wanted}"
        return f"the listener has both {both}: roll the job back, or take one off in the console"
    if (
        look
        and look.carries is Carries.WANTED
        and added_before(change) in {one.identifier for one in look.held}
    ):
        return f"the listener has {added_before(change)} beside it: take that off in the console"
    return ""


def added_before(change: Change) -> str:
    """The certificate that the undone change put beside the slot's; "" for none."""
    undone = change.undoes
    return undone.identifier if undone and HalfMade.ADDED in undone.half_made else ""


def placed(slot: CloudResource, bound: Bound) -> CloudResource:
    """The slot as it is with this certificate."""
    suffix = "default" if bound.default else f"additional/{bound.identifier}"
    return slot.evolve(
        role=bound.role,
        cert_identifier=bound.identifier,
        resource_id=f"{slot.listener_id}/{suffix}",
    )


def beside(slot: CloudResource, bound: Iterable[Bound]) -> list[CloudResource]:
    """The other slots of a listener, with what they carry."""
    there = [placed(slot, one) for one in bound if not one.coming]
    return [one for one in there if (one.role, one.cert_identifier) != (slot.role, slot.cert_identifier)]


def in_one_call(steps: Sequence[Step], most: int) -> Sequence[Step]:
    """Those that the next call takes, of all that are ready: `most` certificates at once."""
    stage = min((Stage(look.stage) for _, look in steps), key=list(Stage).index)
    ready = [step for step in steps if step[1].stage == stage]
    chosen = set(list(dict.fromkeys(named(change, stage) for change, _ in ready))[:most])
    return [(change, look) for change, look in ready if named(change, stage) in chosen]


def named(change: Change, stage: Stage) -> str:
    """The certificate that the call names for a slot."""
    if stage is Stage.TAKE_OFF or change.wanted is None:
        return change.resource.cert_identifier
    if stage is Stage.ADD and change.resource.role is SlotRole.DEFAULT:
        return owed(change)
    return change.wanted.identifier
