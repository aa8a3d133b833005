"""What the last discovery found: all of it, or where one answer asks for the same region again and again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from shared.domain.resources import CloudProduct, CloudResource, ResourceRecord
from shared.services.world import World

Made = TypeVar("Made")


def every_slot(world: World) -> Iterator[ResourceRecord]:
    """Of the products in the scope, one after the other."""
    for product in world.policy.products:
        yield from world.resources.list(product)


class Discovered(Generic[Made]):
    """What `make` makes of a product's slots in a region, as the state has them; each region is read once."""

    def __init__(self, world: World, make: Callable[[Iterable[CloudResource]], Made]) -> None:
        self._world, self._make = world, make
        self._made: dict[tuple[CloudProduct, str], Made] = {}

    def of(self, product: CloudProduct, area: str) -> Made:
        place = product, area
        if place not in self._made:
            self._made[place] = self._make(record.resource for record in self._world.resources.list(*place))
        return self._made[place]
