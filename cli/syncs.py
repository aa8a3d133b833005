"""How current each product's slots are, for display."""

import time
from collections.abc import Sequence

from cli import output
from cli.tables import Table
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import CloudUnavailableError
from shared.services.world import World

_POLL_S = 0.3


def statuses(world: World, products: Sequence[CloudProduct]) -> list[SyncStatus]:
    return [status for product in products for status in world.syncs.list(product)]


def settled(world: World, products: Sequence[CloudProduct], within_s: float = 300) -> list[SyncStatus]:
    """Wait until no discovery is running. Raises CloudUnavailableError after `within_s` seconds."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        current = statuses(world, products)
        if not any(status.state is SyncState.SYNCING for status in current):
            return current
        time.sleep(_POLL_S)
    raise CloudUnavailableError("discover", "Syncing", f"discovery is still running after {within_s:.0f} s")


def show(world: World, products: Sequence[CloudProduct]) -> Table:
    """A row per product: syncing, synced (time, count), failed or outside (reason), or never."""
    table = output.table("Product", "State", "Slots", "Since (UTC)", "Remarks", wrap=("Remarks",))
    for product in products:
        by_region = list(world.syncs.list(product))
        state = _state(by_region)
        at = max((s.finished_at or s.started_at for s in by_region), default=None)
        count = sum(status.count for status in by_region)
        remarks = "; ".join(f"{s.region or 'all'}: {s.reason}" for s in by_region if s.reason)
        output.row(
            table,
            product.value,
            output.status(state),
            str(count) if by_region else "",
            output.moment(at),
            remarks or _why_none(by_region, count),
        )
    return table


def _state(by_region: list[SyncStatus]) -> str:
    states = {status.state for status in by_region}
    for state in (SyncState.SYNCING, SyncState.FAILED, SyncState.PARTIAL, SyncState.SYNCED):
        if state in states:
            return str(state.value)
    return SyncState.OUTSIDE.value if states else "never"


def _why_none(by_region: list[SyncStatus], count: int) -> str:
    if not by_region:
        return "never synchronised; run `certdeploy discover`"
    if count == 0 and all(status.state is SyncState.SYNCED for status in by_region):
        return "the account has none, or none that uses HTTPS"
    return ""
