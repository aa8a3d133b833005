"""What slots are called on the command line: however many are named, the state's slots are read once."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

from cli.picks import picks
from shared.domain.regions import KNOWN
from shared.domain.resources import CloudProduct, CloudResource


class Slots:
    """Some of CDN, of which each is known by its id alone."""

    def __init__(self, count: int) -> None:
        self.read: Counter[CloudProduct] = Counter()
        self._there = [
            CloudResource(
                product=CloudProduct.CDN,
                resource_id=f"www{number}.example.com",
                instance_id=f"www{number}.example.com",
                instance_name=f"front {number}",
                domains=(f"www{number}.example.com",),
            )
            for number in range(count)
        ]

    def find(self, slot: str) -> None:
        return None

    def list(self, product: CloudProduct) -> list[Any]:
        self.read[product] += 1
        return [SimpleNamespace(resource=one) for one in self._there if one.product is product]


def test_slots_are_read_once_however_many_words_pick_them() -> None:
    slots = Slots(50)
    policy = SimpleNamespace(accounts={}, scope=SimpleNamespace(known_regions=lambda product: KNOWN))
    world: Any = SimpleNamespace(resources=slots, policy=policy)
    words = [f"front {number}" for number in range(50)]

    found = picks(world, "--except", [*words, "www7.example.com", "other.example.com", "*.example.net"])

    assert found == {
        "Slots": [f"CDN/-/www{number}.example.com" for number in range(50)],
        "Domains": ["www7.example.com", "other.example.com", "*.example.net"],
    }
    assert slots.read == dict.fromkeys(CloudProduct, 1)
