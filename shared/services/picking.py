"""Slots that somebody picks: by their ids, or by what they have in common."""

from collections.abc import Callable, Iterable, Sequence

from shared.domain.job_requests import PickSlots
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import InvalidRequestError
from shared.services.selection import NO_REGION, any_of, spellings
from shared.services.world import World


def picked_by(pick: PickSlots) -> Callable[[CloudResource], bool]:
    """Whether one of the things fits that are named; nothing does if none is."""
    slots, products, regions = frozenset(pick.slots), frozenset(pick.products), frozenset(pick.regions)
    by_domain, accounts = any_of(pick.domains), frozenset(pick.accounts)

    def fits(slot: CloudResource) -> bool:
        return (
            slot.slot in slots
            or slot.product in products
            or (slot.account or NO_REGION) in accounts
            or not regions.isdisjoint((slot.region or NO_REGION, slot.location))
            or (by_domain is not None and any(map(by_domain, spellings(slot.domains))))
        )

    return fits


def picks_nothing(pick: PickSlots, slots: Iterable[CloudResource]) -> list[str]:
    """What is named there and fits none of the slots, as it was named."""
    slots = list(slots)
    found: list[str] = []
    for field, alone in _each(pick):
        fits = picked_by(alone)
        if not any(fits(slot) for slot in slots):
            found.append(field)
    return found


def check_spared(world: World, but: PickSlots, slots: Iterable[CloudResource]) -> None:
    """`slots`: those that are at hand; all others are read only if something fits none of these.

    Raises:
        InvalidRequestError: something that is excepted fits no slot at all: misspelt, it would spare nothing.
    """
    none = picks_nothing(but, slots)
    if none and (nowhere := [one for one in none if one in picks_nothing(but, _all_slots(world))]):
        raise InvalidRequestError(f"Except: {', '.join(nowhere)}: no slot that discovery has found")


def _all_slots(world: World) -> Iterable[CloudResource]:
    return (record.resource for product in CloudProduct for record in world.resources.list(product))


def _each(pick: PickSlots) -> Sequence[tuple[str, PickSlots]]:
    return [
        *((one, PickSlots(slots=(one,))) for one in pick.slots),
        *((one.value, PickSlots(products=(one,))) for one in pick.products),
        *((one, PickSlots(accounts=(one,))) for one in pick.accounts),
        *((one, PickSlots(regions=(one,))) for one in pick.regions),
        *((one, PickSlots(domains=(one,))) for one in pick.domains),
    ]
