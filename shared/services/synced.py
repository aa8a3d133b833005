"""How current a product's slots are: the states of its regions as one, and why it may have none."""

from collections.abc import Sequence

from pydantic import AwareDatetime

from shared.domain.accounts import OWN
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.domain.values import Wire
from shared.services.world import World

NEVER = "never"
_FIRST = (SyncState.SYNCING, SyncState.FAILED, SyncState.PARTIAL, SyncState.SYNCED)


class Synced(Wire):
    """`state`: the one of its regions that matters most, or "never". `remarks`: what is wrong, why none."""

    product: CloudProduct
    account: str = OWN
    state: str
    slots: int
    since: AwareDatetime | None = None
    remarks: str = ""


def synced(world: World, product: CloudProduct, account: str = OWN) -> Synced:
    by_region = [status for status in world.syncs.list(product) if status.account == account]
    count = sum(status.count for status in by_region)
    wrong = "; ".join(f"{one.region or 'all'}: {one.reason}" for one in by_region if one.reason)
    return Synced(
        product=product,
        account=account,
        state=_state(by_region),
        slots=count,
        since=max((one.finished_at or one.started_at for one in by_region), default=None),
        remarks=wrong or _why_none(by_region, count),
    )


def _state(by_region: Sequence[SyncStatus]) -> str:
    states = {status.state for status in by_region}
    for state in _FIRST:
        if state in states:
            return str(state.value)
    return SyncState.OUTSIDE.value if states else NEVER


def _why_none(by_region: Sequence[SyncStatus], count: int) -> str:
    if not by_region:
        return "never synchronised; run `certdeploy discover`"
    if count == 0 and all(status.state is SyncState.SYNCED for status in by_region):
        return "the account has none, or none that uses HTTPS"
    return ""
