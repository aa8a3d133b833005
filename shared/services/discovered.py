"""What the last discovery found, where one answer asks for the same region again and again."""

from shared.domain.resources import CloudProduct, CloudResource
from shared.services.world import World


class Discovered:
    """Slots of a product in a region, as the state has them; each region is read once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: dict[tuple[CloudProduct, str], list[CloudResource]] = {}

    def slots(self, product: CloudProduct, region: str) -> list[CloudResource]:
        place = product, region
        if place not in self._read:
            self._read[place] = [record.resource for record in self._world.resources.list(*place)]
        return self._read[place]
