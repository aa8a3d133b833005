"""How far the discovery of each product's regions is, and how the last one went."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from shared.domain.resources import CloudProduct, Sweep, SyncStatus
from shared.errors import ConflictError
from shared.state import tables
from shared.state.records import Records, tries
from shared.state.resources import area_key


class SyncStatuses(Records[SyncStatus]):
    table, model = tables.SYNC_STATUS, SyncStatus

    def put(self, status: SyncStatus) -> None:
        """Store the status unless a discovery that started later has stored one."""
        key = (status.product.value, area_key(status.area))
        for _ in tries(self.table, key):
            old, version = self._found(key)
            if old is not None and old.started_at > status.started_at:
                return
            with suppress(ConflictError):  # changed since it was read: read again
                status = status.evolve(whole_at=status.whole_at or (old.whole_at if old else None))
                self._save(key, (status.after(old) if old else status).evolve(version=version))
                return

    def find(self, product: CloudProduct, area: str) -> SyncStatus | None:
        return self._find((product.value, area_key(area)))

    def list(self, product: CloudProduct) -> Iterator[SyncStatus]:
        return self._range((product.value,))

    def of(self, products: Sequence[CloudProduct]) -> tuple[SyncStatus, ...]:
        """Of these, in their order."""
        return tuple(status for product in products for status in self.list(product))

    def delete(self, status: SyncStatus) -> None:
        key = (status.product.value, area_key(status.area))
        self._store.delete(self.table, key, version=status.version)


class Sweeps(Records[Sweep]):
    table, model = tables.SWEEPS, Sweep

    def find(self, product: CloudProduct, area: str) -> Sweep | None:
        return self._find((product.value, area_key(area)))

    def save(self, sweep: Sweep) -> Sweep:
        """Raises ConflictError if another invocation has written it since it was read."""
        return self._save((sweep.product.value, area_key(sweep.area)), sweep)

    def delete(self, sweep: Sweep) -> None:
        key = (sweep.product.value, area_key(sweep.area))
        self._store.delete(self.table, key, version=sweep.version)
