"""What the last discoveries could not read: slots may be there that nobody knows of."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.errors import CloudDeniedError
from shared.services.concerns import EXAMPLES, Concern, counted
from shared.services.world import World

SLOW: Final = timedelta(hours=2)  #: a discovery that takes longer has died


def of_discovery(world: World, syncs: Sequence[SyncStatus]) -> Iterator[Concern]:
    """What was not read, or in part, of what these tell of."""
    now = world.clock()
    denied = [s for s in syncs if s.code == CloudDeniedError.code]
    others = [s for s in syncs if s.code != CloudDeniedError.code]
    slow = [s for s in syncs if s.state is SyncState.SYNCING and s.started_at < now - SLOW]
    for code, what, found in (
        ("denied", "without the permission to read all of it", denied),
        ("failed", "that could not be read", [s for s in others if s.state is SyncState.FAILED]),
        ("partial", "read in part", [s for s in others if s.state is SyncState.PARTIAL]),
        ("syncing", "being read for hours; the discovery has died", slow),
    ):
        if found:
            yield of_places(code, f"{counted(len(found), 'region')} {what}", found)


def of_never(
    world: World,
    syncs: Iterable[SyncStatus],
    products: Collection[CloudProduct],
    accounts: Collection[str],
) -> Iterator[Concern]:
    """Which of these products was never discovered in which of the accounts. `syncs`: all of theirs."""
    read, scope = {(status.product, status.account) for status in syncs}, world.policy.scope
    never = tuple(
        f"{product.value} in {account}" if account else product.value
        for account in accounts
        for product in products
        if (product, account) not in read and not scope.why_not_discovered(product, account=account)
    )
    if never:
        yield _concern("never", f"{counted(len(never), 'product')} never discovered", never)


def of_places(code: str, text: str, syncs: Iterable[SyncStatus]) -> Concern:
    return _concern(code, text, tuple(map(_place, syncs)))


def _place(status: SyncStatus) -> str:
    """With the reason why it was not read whole."""
    region = f" {status.area}" if status.area else ""
    return f"{status.product.value}{region}{': ' if status.reason else ''}{status.reason}"


def _concern(code: str, text: str, lines: tuple[str, ...]) -> Concern:
    return Concern(
        code=code, text=text, count=len(lines), examples=lines[:EXAMPLES], look="certdeploy discover"
    )
