"""What the state has of a region's slots, for its discovery, with the memo that the adapter kept of each."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from shared.products.kit.known import Kept
from shared.state.sightings import Sightings


class KnownSlots:
    """One invocation's view."""

    def __init__(self, now: datetime, sightings: Sightings) -> None:
        self._sightings = sightings
        self._memos: dict[str, str] = {}
        self.period = f"{now:%G-W%V}"  #: a week: rows that others have written hold no longer

    def within(self, start: str) -> Mapping[str, Kept]:
        return {name: kept for name, kept in self._rows.items() if name.startswith(start)}

    def keep(self, resource_id: str, memo: str) -> None:
        self._memos[resource_id] = memo

    def memo_of(self, resource_id: str) -> str:
        """What is to be stored with the slot, once."""
        return self._memos.pop(resource_id, "")

    @cached_property
    def _rows(self) -> dict[str, Kept]:
        rows = self._sightings.with_memo()
        return {row.resource.resource_id: Kept(row.resource, row.memo) for row in rows}
