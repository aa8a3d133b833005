"""What the last discovery could not read: slots may be there that no automatic plan has seen.

A part is how names of slots begin, such as `ACK/cn-hangzhou/c0123/`, or `CDN/-/` for a whole region. A
certificate is planned for once; then for each part that was unseen, when that can be read. So a part that
nobody opens delays nothing else, and nothing is planned for a second time because of it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Final

from shared.domain.accounts import account_prefix
from shared.domain.resources import CloudResource, SyncState, SyncStatus
from shared.products import is_regional
from shared.services.world import World

EVERYTHING: Final = ("",)  #: what is to be planned for at first


class Unseen:
    """As the statuses of the discoveries have it, read once."""

    def __init__(self, world: World) -> None:
        self._world = world

    def left_of(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """What of `parts` cannot be seen now."""
        outer = {part for part in parts if part.startswith(self._now)}
        return tuple(sorted(outer.union(now for now in self._now if now.startswith(parts))))

    def opened(self, parts: tuple[str, ...]) -> bool:
        """Whether something of `parts` can be seen now."""
        return bool(parts) and self.left_of(parts) != parts

    def seen_within(self, parts: tuple[str, ...], slots: Iterable[CloudResource]) -> list[CloudResource]:
        """The slots in `parts` but for those of which only old rows are left."""
        return [one for one in slots if one.slot.startswith(parts) and not self._hidden(one)]

    def _hidden(self, resource: CloudResource) -> bool:
        """Of a region that failed as a whole, its rows are taken as they are."""
        asked = [since for part, since in self._closed.items() if resource.slot.startswith(part)]
        record = self._world.resources.find(resource.slot) if asked else None
        return record is not None and record.seen_at < max(asked)

    @cached_property
    def _now(self) -> tuple[str, ...]:
        return tuple(
            _part(status, within)
            for status in self._statuses
            for within in _within(status)
            if not status.state.complete  # one in discovery has died, or will end
        )

    @cached_property
    def _closed(self) -> dict[str, datetime]:
        """Parts of regions that could be read otherwise, and when that was tried."""
        return {
            _part(status, within): status.started_at
            for status in self._statuses
            for within in status.unread_within
            if within
        }

    @cached_property
    def _statuses(self) -> tuple[SyncStatus, ...]:
        return self._world.syncs.of(self._world.policy.products)


def _within(status: SyncStatus) -> tuple[str, ...]:
    """One that failed has not seen the rest either, beside what it was refused until then."""
    return (status.state is SyncState.PARTIAL and status.unread_within) or EVERYTHING


def _part(status: SyncStatus, within: str) -> str:
    """All of a product where its regions could not be listed, or where it has none; in the one account."""
    product, area = status.product.value, status.area
    if status.region or within or not is_regional(status.product):
        return f"{product}/{area or '-'}/{within}"
    return f"{product}/{account_prefix(status.account)}"
