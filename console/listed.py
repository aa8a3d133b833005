"""The slots of one reading, with what was found in them: pages of one list look through it once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Final

from shared.domain.queries import ListResources
from shared.services.map import MappedSlot
from shared.services.selection import SlotList

_MOST: Final = 8  #: lists that are kept; each is 160 kB of 20,000 slots, and goes with its reading


class Slots(list[MappedSlot]):
    """Safe for several threads."""

    def __init__(self, slots: Iterable[MappedSlot]) -> None:
        super().__init__(slots)
        self._found: OrderedDict[str, SlotList] = OrderedDict()
        self._lock = Lock()

    def page(self, query: ListResources, find: Callable[[ListResources], SlotList]) -> SlotList:
        """What `find` tells of a query, cut as the query says. Counts are those of the first time."""
        whole = query.evolve(offset=0, limit=None)
        key = whole.model_dump_json()
        with self._lock:
            found = self._found.get(key)
        if found is None:
            found = find(whole)
            with self._lock:
                self._found[key] = found
                while len(self._found) > _MOST:
                    self._found.popitem(last=False)
        end = None if query.limit is None else query.offset + query.limit
        return found.evolve(resources=found.resources[query.offset : end])
