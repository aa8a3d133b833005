"""Slots that do not carry any more what the last job put there: they are told once, until they are put right.

Who changed one on purpose says so, and what is there is no drift from then on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress

from shared.domain.certificates import Certificate
from shared.domain.drift import has_drifted, heir, may_have_drifted
from shared.domain.events import SlotsDrifted, digest_of
from shared.domain.requests import AcceptDrift
from shared.domain.resources import NO_CERTIFICATE, CloudResource, ResourceRecord
from shared.domain.values import Wire
from shared.errors import ConflictError, InvalidRequestError, NotFoundError
from shared.services.storing import places_at_work
from shared.services.world import World


class Accepted(Wire):
    """A slot, and what is there now instead of what a job put there."""

    slot: str
    placed_cert_identifier: str
    cert_identifier: str


class Drifting:
    """Gathers slots that may have drifted from a reading of all that others make use of, too."""

    def __init__(self) -> None:
        self.records: list[ResourceRecord] = []

    def among(self, records: Iterable[ResourceRecord]) -> Iterator[ResourceRecord]:
        for record in records:
            if may_have_drifted(record):
                self.records.append(record)
            yield record

    def news(self, world: World) -> list[ResourceRecord]:
        """Those that were not told, in the scope, and where no job is at work."""
        fresh = [one for one in self.records if one.drift_told != _there(one.resource)]
        drifted = drifted_among(world, fresh)
        busy = places_at_work(world) if drifted else set()
        return [
            one
            for one in drifted
            if one.resource.place not in busy and not world.policy.why_barred(one.resource)
        ]


def tell_drift(world: World, found: Drifting) -> None:
    """All that is new in one message. Told first, then remembered: a cut between tells it again."""
    news = found.news(world)
    if not news:
        return
    slots = sorted(one.resource.slot for one in news)
    what = digest_of(sorted(f"{one.resource.slot} {_there(one.resource)} {one.placed}" for one in news))
    event = SlotsDrifted.about(slots)
    world.events.publish(event, id=f"slots-drifted-{what}", subject="CloudResource")
    for record in news:
        with suppress(ConflictError):  # seen again meanwhile
            world.resources.told_drift(record)


def drifted_among(world: World, records: Iterable[ResourceRecord]) -> list[ResourceRecord]:
    suspects = [record for record in records if may_have_drifted(record)]
    known = world.certificates.find_many({one.resource.cert_identifier for one in suspects} - {""})

    def find(identifier: str) -> Certificate | None:
        return known[identifier].certificate if identifier in known else None

    return [record for record in suspects if has_drifted(record, find)]


def accept_drift(world: World, asked: AcceptDrift) -> tuple[Accepted, ...]:
    """What is there now is meant to be: the next job's certificate is what is watched again.

    Raises:
        NotFoundError: of a slot that is not known.
        InvalidRequestError: a slot has not drifted. Nothing was accepted.
        ConflictError: one was seen again meanwhile; those before it are accepted.
    """
    found = world.resources.find_many(asked.slots)
    if missing := [slot for slot in asked.slots if slot not in found]:
        raise NotFoundError(
            "Slot", missing[0], "`certdeploy resource list --drifted` shows those that have drifted"
        )
    drifted = {record.resource.slot for record in drifted_among(world, found.values())}
    if others := [slot for slot in asked.slots if slot not in drifted]:
        raise InvalidRequestError(
            f"Slots: {', '.join(others)} carries what the last job put there, or no job did"
        )
    for slot in asked.slots:
        world.resources.hold_against(found[slot], None)
    return tuple(_accepted(found[slot]) for slot in asked.slots)


def hand_over(world: World, gone: Iterable[ResourceRecord]) -> None:
    """What jobs put on additional slots of listeners that are gone is what their heirs should carry."""
    orphans = [one for one in gone if one.placed and one.resource.place != one.resource.slot]
    regions: dict[tuple[str, str], list[ResourceRecord]] = defaultdict(list)
    for one in orphans:
        regions[one.resource.product.value, one.resource.area].append(one)
    for lost in regions.values():
        resource, names = lost[0].resource, {one.resource.slot for one in lost}
        there = world.resources.list(resource.product, resource.area)
        others = [one for one in there if one.resource.slot not in names]
        for one in lost:
            if (next_one := heir(one, others)) is not None:
                others.remove(next_one)
                with suppress(ConflictError):  # seen again meanwhile
                    world.resources.hold_against(next_one, one.placed)


def _there(resource: CloudResource) -> str:
    return resource.cert_identifier or NO_CERTIFICATE


def _accepted(record: ResourceRecord) -> Accepted:
    assert record.placed is not None, "it has drifted from it"
    return Accepted(
        slot=record.resource.slot,
        placed_cert_identifier=record.placed.cert_identifier,
        cert_identifier=record.resource.cert_identifier,
    )
