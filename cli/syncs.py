"""How current each product's slots are, for display."""

import time
from collections.abc import Sequence

from cli import output
from cli.tables import Table
from shared.domain.accounts import OWN
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import CloudUnavailableError
from shared.services.discover import asked_accounts
from shared.services.synced import NEVER, synced
from shared.services.world import World

_POLL_S = 0.3


def settled(world: World, products: Sequence[CloudProduct], within_s: float = 300) -> Sequence[SyncStatus]:
    """Wait until no discovery is running. Raises CloudUnavailableError after `within_s` seconds."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        current = world.syncs.of(products)
        if not any(status.state is SyncState.SYNCING for status in current):
            return current
        time.sleep(_POLL_S)
    raise CloudUnavailableError("discover", "Syncing", f"discovery is still running after {within_s:.0f} s")


def show(world: World, products: Sequence[CloudProduct]) -> Table:
    """A row per product: syncing, synced (time, count), failed or outside (reason), or never.

    Where other accounts are looked after, a row for each of them.
    """
    several = bool(world.policy.accounts)
    head = ("Product", *(("Account",) if several else ()), "State", "Slots", "Since (UTC)", "Remarks")
    table = output.table(*head, wrap=("Remarks",))
    for product in products:
        for account in asked_accounts(world, product) or (OWN,):
            one = synced(world, product, account)
            output.row(
                table,
                product.value,
                *((account or "own",) if several else ()),
                output.status(one.state),
                "" if one.state == NEVER else str(one.slots),
                output.moment(one.since),
                one.remarks,
            )
    return table
