"""Slots whose certificate CAS does not know: their end is told, and what CAS has may take its place then."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.domain.events import SlotsEnding, SlotsExpiring, digest_of
from shared.domain.moments import whole_days
from shared.domain.resources import CloudResource, ResourceRecord
from shared.domain.warning_times import looked_at_end, passed_time_of_end
from shared.errors import ConflictError
from shared.services.policies import ReadPolicies
from shared.services.storing import places_at_work
from shared.services.world import World


@dataclass(frozen=True)
class Strangers:
    """The slots of one such certificate for which a warning time has passed."""

    identifier: str
    passed: float  #: the warning time, in days before the end
    told_before: bool  #: of an earlier one
    warns: bool  #: False: no warning time, but the beginning of its last days
    records: Sequence[ResourceRecord]

    @property
    def slots(self) -> list[CloudResource]:
        return [record.resource for record in self.records]

    @property
    def key(self) -> str:
        return f"{self.identifier}-{self.passed:g}"


def look_after_strangers(world: World, policies: ReadPolicies, records: Iterable[ResourceRecord]) -> None:
    """The first warning time that is met is told at once, since it may have passed before we came.

    At a later one a plan is made, which tells of the slots that it has nothing for.
    """
    found = due(world, policies, records)
    for one in found:
        if not one.told_before:
            tell(world, one)
    if later := [one for one in found if one.told_before]:
        digest = digest_of(sorted(one.key for one in later))
        count = sum(len(one.records) for one in later)
        world.events.publish(
            SlotsEnding(slot_count=count), id=f"slots-ending-{digest}", subject="CloudResource"
        )


def due(world: World, policies: ReadPolicies, records: Iterable[ResourceRecord]) -> list[Strangers]:
    """By certificate, warning time or beginning of the last days, and whether they were told of before.

    Not where a job is at work, which may replace it; nor what follows another slot, which stands for it.
    """
    now = world.clock()
    found: dict[tuple[str, float, bool, bool], list[ResourceRecord]] = defaultdict(list)
    there: set[str] = set()
    for record in records:
        there.add(record.resource.slot)
        resource, told = record.resource, record.told_days
        if not resource.cert_identifier or not resource.cert_not_after:
            continue
        end, days = resource.cert_not_after, policies.warning_days_at(resource)
        passed = looked_at_end(end, now, days)
        news = passed is not None and (told is None or passed < told)
        if passed is not None and news and not world.policy.why_barred(resource):
            warns = passed == passed_time_of_end(end, now, days)
            found[resource.cert_identifier, passed, told is not None, warns].append(record)
    known = world.certificates.find_many({identifier for identifier, *_ in found})
    strangers = {key: records for key, records in found.items() if key[0] not in known}
    busy = places_at_work(world) if strangers else set()
    idle = {
        key: [r for r in records if r.resource.place not in busy and r.resource.follows not in there]
        for key, records in strangers.items()
    }
    return [Strangers(*key, records) for key, records in idle.items() if records]


def tell(world: World, one: Strangers) -> None:
    """Told first, then remembered: a cut between tells it again, under the same id."""
    ends = min(slot.cert_not_after for slot in one.slots if slot.cert_not_after)
    slots = sorted(slot.slot for slot in one.slots)
    world.events.publish(
        SlotsExpiring.about(
            slots,
            cert_identifier=one.identifier,
            not_after=ends,
            days_left=whole_days(ends - world.clock()),
            threshold_days=one.passed,
        ),
        id=f"slots-expiring-{one.key}",
        subject=f"Certificate/{one.identifier}",
    )
    remember(world, one.records, one.passed)


def remember(world: World, records: Iterable[ResourceRecord], passed: float) -> None:
    """That this warning time is dealt with."""
    for record in records:
        with suppress(ConflictError):  # seen again meanwhile
            world.resources.told(record, passed)
