"""Read the slots of each product in each region: start one invocation for each, and read one."""

import json
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Final

from shared.domain.accounts import OWN, parted, within
from shared.domain.moments import ahead
from shared.domain.regions import shown
from shared.domain.requests import DiscoverResources
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.domain.values import Wire
from shared.errors import AppError, CloudError, ConflictError, InvalidRequestError, SettingsError
from shared.products import is_regional
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.services.sweep import DISCOVERS, DISCOVERS_CLUSTERS, discover_region, discovered_by
from shared.services.world import World

log = logging.getLogger("certdeploy.discover")
_FEW: Final = 500  #: slots of a product, all of whose rows are read at each discovery: a page
_ALIVE: Final = timedelta(minutes=16)  #: since a discovery was handed on; a function runs for 15 at most


class DiscoverResult(Wire):
    started: tuple[str, ...] = ()  #: product/region whose discovery was started elsewhere
    statuses: tuple[SyncStatus, ...] = ()


def discover_resources(world: World, request: DiscoverResources) -> DiscoverResult:
    """One product's region; or, without a region, start one invocation for each.

    Raises:
        InvalidRequestError: a product or region that is unknown, or outside the scope. Nothing was called.
    """
    products = request.products or world.policy.products
    _check(world, request)
    if request.region is None:
        statuses: list[SyncStatus] = []
        started: list[str] = []
        shut = why_shut(world)
        for product in products:
            for account in asked_accounts(world, product, request.account):
                started += _fan_out(world, product, account, statuses, request.rest_hours, shut.get(account))
            if request.account is None:
                _forget_accounts(world, product)
        return DiscoverResult(started=tuple(started), statuses=tuple(statuses))
    if discovered_by(products[0]) != DISCOVERS:  # this role enters no cluster
        area = within(request.account or OWN, request.region)
        _start(world, products[0], area, world.syncs.find(products[0], area))
        return DiscoverResult(started=(f"{products[0].value}/{area}",))
    return _discovered(world, products[0], request)


def discover_clusters(world: World, request: DiscoverResources) -> DiscoverResult:
    """One region of a product whose discovery is sent private keys.

    Raises:
        InvalidRequestError: as `discover_resources`, or it is another product's. Nothing was called.
    """
    products = request.products
    if len(products) != 1 or request.region is None or discovered_by(products[0]) != DISCOVERS_CLUSTERS:
        raise InvalidRequestError("Products: name the one whose slots are in clusters, and a Region")
    _check(world, request)
    return _discovered(world, products[0], request)


def _discovered(world: World, product: CloudProduct, request: DiscoverResources) -> DiscoverResult:
    area = within(request.account or OWN, request.region or "")
    status = discover_region(world, product, area, request.since)
    return DiscoverResult(statuses=(status,) if status else ())


def asked_accounts(world: World, product: CloudProduct, account: str | None = None) -> tuple[str, ...]:
    """Those that a product is discovered in: all of them, or the one that is named."""
    named = world.policy.every_account if account is None else (account,)
    return tuple(one for one in named if not world.policy.scope.why_not_discovered(product, account=one))


def _start(world: World, product: CloudProduct, area: str, before: SyncStatus | None) -> None:
    """Elsewhere. Whoever waits for it sees from now on that it is under way."""
    account, region = parted(area)
    syncing = SyncStatus(
        product=product,
        account=account,
        region=region,
        state=SyncState.SYNCING,
        empty_passes=before.empty_passes if before else 0,
        started_at=world.clock(),
    )
    world.syncs.put(syncing)
    payload = {"Products": [product.value], "Region": region, **({"Account": account} if account else {})}
    world.functions.invoke(discovered_by(product), json.dumps(payload).encode())


def _check(world: World, request: DiscoverResources) -> None:
    """Hosts are made of products and regions: only of known ones, within the scope."""
    scope = world.policy.scope
    if missing := [one for one in request.products if one not in scope.products]:
        raise InvalidRequestError(f"Products: {scope.why_not_discovered(missing[0])}")
    account = request.account or OWN
    whys = (scope.why_not_discovered(one, account=account) for one in request.products)
    if account and (why := scope.why_not_account(account) or next(filter(None, whys), "")):
        raise InvalidRequestError(f"Account: {why}")
    if (region := request.region) is None:
        return
    if len(request.products or scope.products) != 1:
        raise InvalidRequestError("Products: name the one product that Region belongs to")
    (product,) = request.products or scope.products
    if not is_regional(product):
        why = f"{product.value} has no regions, leave it out" if region else ""
    else:
        why = scope.known_regions(product).why_not(region)
        if request.since is None:  # one that is handed on ends by itself
            why = why or scope.why_not_discovered(product, region, account)
    if why:
        raise InvalidRequestError(f"Region: {why}")


def why_shut(world: World) -> dict[str, AppError]:
    """Of the other accounts, those that cannot be entered, and why: told instead of by each of many calls."""
    if not world.policy.accounts:
        return {}
    shut: dict[str, AppError] = {}
    own = ""
    with suppress(AppError):
        own = world.own_account()
    for account in world.policy.accounts:
        try:
            if account == own:
                raise SettingsError(f"CERTDEPLOY_ACCOUNTS: {account} is this installation's own account")
            world.enter(account)
        except AppError as error:
            shut[account] = error
    return shut


def _fan_out(
    world: World,
    product: CloudProduct,
    account: str,
    statuses: list[SyncStatus],
    rest_hours: float,
    shut: AppError | None,
) -> list[str]:
    """`shut`: why the account cannot be entered."""
    now = world.clock()
    listing = SyncStatus(product=product, account=account, state=SyncState.SYNCING, started_at=now)
    try:
        if shut is not None:
            raise shut
        adapter = world.adapter(product, NO_CATALOGUE, account=account)
        regions = adapter.regions()
    except Exception as error:  # whatever it is, the other products go on
        if not isinstance(error, (CloudError, SettingsError)):
            where = {"product": product.value, "account": account}
            log.exception("regions could not be listed", extra=where)
            error = AppError(f"internal error: {type(error).__name__}; see the function's log")
        failed = listing.evolve(
            state=SyncState.FAILED, reason=str(error), code=error.code, finished_at=world.clock()
        )
        world.syncs.put(failed)
        statuses.append(failed)
        return []
    known, unknown = _sorted_out(world, product, regions)
    names = [*known, *unknown] or [""]
    before = {one.region: one for one in world.syncs.list(product) if one.account == account}
    for region, old in before.items():
        if region not in names:
            _forget(world, old)
    areas = [within(account, region) for region in known]
    if before.keys() - {*names} or _rows_are_due(before.values(), now):
        _remove_strays(world, product, areas, {account})
    if not known and not unknown:
        reason = f"none of its regions is in CERTDEPLOY_REGIONS ({', '.join(world.policy.regions)})"
        world.syncs.put(listing.evolve(state=SyncState.OUTSIDE, reason=reason, finished_at=now))
    for region, why in unknown.items():
        failed = listing.evolve(region=region, state=SyncState.FAILED, reason=why, finished_at=now)
        world.syncs.put(failed)
        statuses.append(failed)
    asked = [region for region in known if region not in before or not before[region].rests(now, rest_hours)]
    for region in asked:
        if region in before and _goes_on(world, before[region], now):
            continue
        _start(world, product, within(account, region), before.get(region))
    return [f"{product.value}/{within(account, region) or '-'}" for region in asked]


def _sorted_out(
    world: World, product: CloudProduct, regions: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    """Those of the scope to look into; and those that no host is made from, with why."""
    if not is_regional(product):
        return list(regions), {}
    scope, table = world.policy.scope, world.policy.scope.known_regions(product)
    within = [region for region in regions if not scope.why_not_discovered(product, region)]
    unknown = {shown(region): why for region in within if (why := table.why_not(region))}
    return [region for region in within if region in table], unknown


def _forget_accounts(world: World, product: CloudProduct) -> None:
    """Those that are not looked after any more, or never were."""
    asked = asked_accounts(world, product)
    statuses = list(world.syncs.list(product))
    gone = [status for status in statuses if status.account not in asked]
    for status in gone:
        _forget(world, status)
    if not gone and not _rows_are_due(statuses, world.clock()):
        return
    if others := world.resources.accounts(product) - {*asked}:
        _remove_strays(world, product, (), others)


def _remove_strays(
    world: World, product: CloudProduct, areas: Sequence[str], accounts: Collection[str]
) -> None:
    """Rows of regions that are gone or no longer configured, or that there never were.

    No discovery of a region finds them missing, and others may have written them.
    """
    for row in world.resources.strays(product, areas, accounts):
        with suppress(ConflictError):  # seen again meanwhile
            world.resources.remove_stray(row)


def _rows_are_due(statuses: Collection[SyncStatus], now: datetime) -> bool:
    """Whether every row of the product is read for what belongs nowhere: of many slots, once a day (UTC)."""
    few = sum(status.count for status in statuses) <= _FEW
    return few or not any(_is_of_today(one, now) for one in statuses)


def _is_of_today(status: SyncStatus, now: datetime) -> bool:
    return status.started_at.astimezone(timezone.utc).date() == now.astimezone(timezone.utc).date()


def _goes_on(world: World, status: SyncStatus, now: datetime) -> bool:
    """Whether it is being read, over several invocations: begun anew each time, it would never end."""
    sweep = world.sweeps.find(status.product, status.area)
    return (
        status.state is SyncState.SYNCING
        and sweep is not None
        and sweep.started_at == status.started_at
        and ahead(sweep.handed_on_at + _ALIVE, now)
    )


def _forget(world: World, status: SyncStatus) -> None:
    """Remove a region that is gone or no longer configured. Its slots are strays then."""
    with suppress(ConflictError):  # it is being discovered right now
        if sweep := world.sweeps.find(status.product, status.area):
            world.sweeps.delete(sweep)
        world.syncs.delete(status)
