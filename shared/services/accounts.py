"""The accounts that are looked after: what is known of each, and whether it lets us in now."""

from collections import Counter
from collections.abc import Iterator

from pydantic import AwareDatetime

from shared.domain.resources import CloudProduct
from shared.domain.values import Wire
from shared.errors import AppError
from shared.services.discover import why_shut
from shared.services.world import World


class LookedAfter(Wire):
    """`account`: "" for the installation's own. `unread`: why something of it could not be read last."""

    account: str
    slots: int
    certificates: int
    scanned_at: AwareDatetime | None = None  #: the longest ago of its stores
    unread: str = ""


class Entered(Wire):
    """`why_not`: why the account cannot be entered, or its CAS not be read; "": both can be."""

    account: str
    why_not: str = ""
    code: str = ""  #: of the error


def accounts(world: World) -> tuple[LookedAfter, ...]:
    """By the state; nothing is called."""
    slots = Counter(
        record.resource.account for product in CloudProduct for record in world.resources.list(product)
    )
    return tuple(_looked_after(world, one, slots[one]) for one in world.policy.every_account)


def _looked_after(world: World, account: str, slots: int) -> LookedAfter:
    homes = world.policy.homes_of(account)
    at = [world.scans.last(home) for home in homes]
    known = [one for one in at if one is not None]
    return LookedAfter(
        account=account,
        slots=slots,
        certificates=sum(1 for home in homes for _ in world.certificates.list(home)),
        scanned_at=min(known) if len(known) == len(at) else None,
        unread=next(_unread(world, account), ""),
    )


def _unread(world: World, account: str) -> Iterator[str]:
    for home in world.policy.homes_of(account):
        if why := world.scans.why_unread(home):
            yield why.reason
    for status in world.syncs.of(world.policy.products):
        if status.account == account and status.reason and not status.state.complete:
            yield f"{status.product.value}: {status.reason}"


def enter_accounts(world: World) -> tuple[Entered, ...]:
    """Assume the role in each of the other accounts, and read one list there."""
    shut = why_shut(world)
    return tuple(_entered(world, account, shut.get(account)) for account in world.policy.accounts)


def _entered(world: World, account: str, error: AppError | None) -> Entered:
    try:
        if error is not None:
            raise error
        for home in world.policy.homes_of(account):
            world.cas(home).list_certificates()
    except AppError as refused:
        return Entered(account=account, why_not=str(refused), code=refused.code)
    return Entered(account=account)
