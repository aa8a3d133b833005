"""What an installation is measured by: how near the ends are, how old what was read is, what failed.

A scan, which reads all slots anyway, logs it; `serve --metrics` tells it to Prometheus. docs/operations.md
has each measure in one table.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from shared.domain.resources import ResourceRecord, SyncState
from shared.domain.values import Wire
from shared.services.world import World

log = logging.getLogger("certdeploy.measures")
_INCOMPLETE: Final = (SyncState.PARTIAL, SyncState.FAILED)
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


class Measured(Wire):
    """None: nobody knows yet."""

    slots: int  #: in the scope, with a certificate
    slots_expired: int
    worst_days_left: float | None = None  #: of the slot whose certificate ends first; below 0: so long ago
    worst_slot: str = ""
    discovery_age_s: float | None = None  #: since the product and region that was read longest ago was
    regions_incomplete: int  #: that could not be read, or in part
    products_never_read: int


class SlotsSeen:
    """Counts from a reading of all slots that others make use of, too."""

    def __init__(self, world: World) -> None:
        self._barred, self._now = world.policy.why_barred, world.clock()
        self._count = self._expired = 0
        self._first: tuple[datetime, str] | None = None

    def among(self, records: Iterable[ResourceRecord]) -> Iterator[ResourceRecord]:
        for record in records:
            slot = record.resource
            if slot.cert_identifier and slot.https and not self._barred(slot):
                self._count += 1
                if (end := slot.cert_not_after) is not None:
                    self._expired += end <= self._now
                    self._first = min(self._first or (end, slot.slot), (end, slot.slot))
            yield record

    def measured(self, world: World) -> Measured:
        """Once all were read."""
        syncs = world.syncs.of(world.policy.products)
        oldest = min((one.finished_at or one.started_at for one in syncs), default=None)
        end, slot = self._first or (None, "")
        return Measured(
            slots=self._count,
            slots_expired=self._expired,
            worst_days_left=None if end is None else round((end - self._now) / _DAY, 2),
            worst_slot=slot,
            discovery_age_s=None if oldest is None else round((self._now - oldest) / _SECOND),
            regions_incomplete=sum(one.state in _INCOMPLETE for one in syncs),
            products_never_read=len(set(world.policy.products) - {one.product for one in syncs}),
        )


def log_measures(found: Measured) -> None:
    """One line, whose fields are named as here."""
    log.info("installation was measured", extra=found.model_dump(exclude_none=True))
