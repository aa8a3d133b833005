"""Slots that somebody picks: by their ids, or by what they have in common."""

from collections.abc import Callable, Collection, Iterable

from shared.domain.job_requests import PickSlots
from shared.domain.resources import CloudProduct, CloudResource
from shared.domain.several import some_of
from shared.errors import InvalidRequestError
from shared.services.selection import NO_REGION, any_of, is_pattern, spellings
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
    """What is named there and fits none of the slots, as it was named.

    Thousands may be named: each slot is looked at once.
    """
    slots = list(slots)
    there = {slot.slot for slot in slots}
    products = {slot.product for slot in slots}
    accounts = {slot.account or NO_REGION for slot in slots}
    regions = {slot.region or NO_REGION for slot in slots} | {slot.location for slot in slots}
    names = {name.casefold() for slot in slots for name in spellings(slot.domains)}
    return [
        *(one for one in pick.slots if one not in there),
        *(one.value for one in pick.products if one not in products),
        *(one for one in pick.accounts if one not in accounts),
        *(one for one in pick.regions if one not in regions),
        *(one for one in pick.domains if not _fits_one(one, names)),
    ]


def _fits_one(domain: str, names: Collection[str]) -> bool:
    fits = any_of((domain,)) if is_pattern(domain) else None
    return any(map(fits, names)) if fits else domain.strip().casefold() in names


def check_spared(world: World, but: PickSlots, slots: Iterable[CloudResource]) -> None:
    """`slots`: those that are at hand; all others are read only if something fits none of these.

    Raises:
        InvalidRequestError: something that is excepted fits no slot at all: misspelt, it would spare nothing.
    """
    none = set(picks_nothing(but, slots))
    if none and (nowhere := [one for one in picks_nothing(but, _all_slots(world)) if one in none]):
        raise InvalidRequestError(f"Except: {some_of(nowhere)}: no slot that discovery has found")


def _all_slots(world: World) -> Iterable[CloudResource]:
    return (record.resource for product in CloudProduct for record in world.resources.list(product))
