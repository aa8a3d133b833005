"""Slots that are picked on the command line: a word is a slot, a product, an account, a region, a domain."""

from collections.abc import Iterable
from typing import Any

from cli.columns import check_given
from cli.places import SlotFinder
from shared.domain.resources import CloudProduct
from shared.errors import InvalidRequestError
from shared.services.world import World

PICKED = "a slot, a product, an account, a region, or a domain with * for any text"


def picks(world: World, option: str, words: Iterable[str] | None) -> dict[str, Any]:
    """As PickSlots is sent.

    Raises:
        InvalidRequestError: a word is empty, or is none of these.
    """
    found: dict[str, list[str]] = {
        kind: [] for kind in ("Slots", "Products", "Accounts", "Regions", "Domains")
    }
    slots = SlotFinder(world)
    for word in (word.strip() for word in words or ()):
        check_given(option, word)
        named = word if "*" in word else slots.slot(word)
        found[_kind(world, option, word, named)].append(named)
    return {kind: some for kind, some in found.items() if some}


def _kind(world: World, option: str, word: str, named: str) -> str:
    if word in {product.value for product in CloudProduct}:
        return "Products"
    if word in world.policy.accounts:
        return "Accounts"
    if word == "-" or any(word in world.policy.scope.known_regions(one) for one in CloudProduct):
        return "Regions"
    if "/" in word or named != word:
        return "Slots"
    if not ("." in word or "*" in word):
        raise InvalidRequestError(f"{option} {word!r}: expected {PICKED}")
    return "Domains"
