"""Lists of the console: all slots are looked through once for the pages of a list."""

from __future__ import annotations

from console.listed import Slots
from shared.domain.queries import ListResources, SlotOrder
from shared.services.map import MappedSlot
from shared.services.selection import SlotList, select_slots
from tests.builders import NOW, a_resource

SLOTS = Slots(
    MappedSlot(**vars(a_resource(f"{name}.example.com")) | {"known_to_cas": True, "cert_identifier": "1"})
    for name in "abc"
)


def test_pages_of_one_list_look_through_it_once_and_other_lists_for_themselves() -> None:
    looked: list[ListResources] = []

    def found(query: ListResources) -> SlotList:
        looked.append(query)
        return select_slots(SLOTS, query, NOW)

    queries = [
        *(ListResources(sort=SlotOrder.SLOT, offset=offset, limit=2) for offset in (0, 2, 4)),
        ListResources(sort=SlotOrder.NAMES, limit=2),
        *(ListResources(domains=(f"{number}.*",), limit=2) for number in range(8)),
        ListResources(sort=SlotOrder.SLOT),
    ]
    pages = [SLOTS.page(query, found) for query in queries]

    assert [len(one.resources) for one in pages[:4]] == [2, 1, 0, 2]
    assert {one.counts.slots for one in pages[:4]} == {3}
    assert pages[:3] == [select_slots(SLOTS, query, NOW) for query in queries[:3]]
    assert len(looked) == 1 + 1 + 8 + 1  # the first one was let go
