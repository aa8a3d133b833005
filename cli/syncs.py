"""How up to date each product's slots are, as a person needs to know it."""

import time
from collections.abc import Sequence

from rich.table import Table

from cli import output
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import CloudUnavailableError
from shared.services.world import World

_POLL_S = 0.3


def statuses(world: World, products: Sequence[CloudProduct]) -> list[SyncStatus]:
    return [status for product in products for status in world.syncs.list(product)]


def settled(world: World, products: Sequence[CloudProduct], within_s: float = 300) -> list[SyncStatus]:
    """The statuses once nothing is being discovered any more. Raises CloudUnavailableError in the end."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        found = statuses(world, products)
        if not any(status.state is SyncState.SYNCING for status in found):
            return found
        time.sleep(_POLL_S)
    raise CloudUnavailableError("discover", "Syncing", f"it still runs after {within_s:.0f} s")


def show(world: World, products: Sequence[CloudProduct]) -> Table:
    """A row per product: syncing, synced with time and count, failed with the reason, or never."""
    made = output.table("Product", "State", "Slots", "Since (UTC)", "Remarks", wrap=("Remarks",))
    for product in products:
        found = list(world.syncs.list(product))
        state = _state(found)
        at = max((s.finished_at or s.started_at for s in found), default=None)
        count = sum(status.count for status in found)
        remarks = "; ".join(f"{s.region or 'all'}: {s.reason}" for s in found if s.reason)
        output.row(
            made,
            product.value,
            output.status(state),
            str(count) if found else "",
            output.moment(at),
            remarks or _why_none(found, count),
        )
    return made


def _state(found: list[SyncStatus]) -> str:
    states = {status.state for status in found}
    for state in (SyncState.SYNCING, SyncState.FAILED, SyncState.SYNCED):
        if state in states:
            return str(state.value)
    return "never"


def _why_none(found: list[SyncStatus], count: int) -> str:
    if not found:
        return "never synchronised; `certdeploy discover` does it"
    if count == 0 and all(status.state is SyncState.SYNCED for status in found):
        return "the account has none, or none with HTTPS set up"
    return ""
