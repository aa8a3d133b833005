"""Read the slots of each product in each region: start one invocation for each, and read one."""

import json
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from shared.domain.requests import DiscoverResources
from shared.domain.resources import CloudProduct, SyncState, SyncStatus
from shared.domain.values import Wire
from shared.errors import CloudError, ConflictError, InvalidRequestError
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.services.sweep import discover_region, remove_unseen
from shared.services.world import World

log = logging.getLogger("certdeploy.discover")
_ALIVE: Final = timedelta(minutes=16)  #: since a discovery was handed on; a function runs for 15 at most


class DiscoverResult(Wire):
    started: tuple[str, ...] = ()  #: product/region whose discovery was started elsewhere
    statuses: tuple[SyncStatus, ...] = ()


def discover_resources(world: World, request: DiscoverResources) -> DiscoverResult:
    """One product's region; or, without a region, start one invocation for each."""
    products = request.products or world.policy.products
    if request.region is None:
        statuses: list[SyncStatus] = []
        started: list[str] = []
        for product in products:
            started += _fan_out(world, product, statuses)
        return DiscoverResult(started=tuple(started), statuses=tuple(statuses))
    if len(products) != 1:
        raise InvalidRequestError("Products: name the one product that Region belongs to")
    status = discover_region(world, products[0], request.region, request.since)
    return DiscoverResult(statuses=(status,) if status else ())


def _fan_out(world: World, product: CloudProduct, statuses: list[SyncStatus]) -> list[str]:
    now = world.clock()
    listing = SyncStatus(product=product, state=SyncState.SYNCING, started_at=now)
    try:
        adapter = world.adapter(product, NO_CATALOGUE)
        regions = adapter.regions()
    except Exception as error:  # whatever it is, the other products go on
        reason = str(error)
        if not isinstance(error, CloudError):
            log.exception("regions could not be listed", extra={"product": product.value})
            reason = f"internal error: {type(error).__name__}; see the function's log"
        failed = listing.evolve(state=SyncState.FAILED, reason=reason, finished_at=world.clock())
        world.syncs.put(failed)
        statuses.append(failed)
        return []
    if regions != [""] and not adapter.other_cloud:
        configured = world.policy.regions
        regions = [region for region in regions if not configured or region in configured]
    before = {status.region: status for status in world.syncs.list(product)}
    for region, old in before.items():
        if region not in (regions or [""]):
            _forget(world, old, now)
    if not regions:
        reason = f"none of its regions is in CERTDEPLOY_REGIONS ({', '.join(world.policy.regions)})"
        world.syncs.put(listing.evolve(state=SyncState.SYNCED, reason=reason, finished_at=now))
    for region in regions:
        if region in before and _goes_on(world, before[region], now):
            continue
        syncing = SyncStatus(product=product, region=region, state=SyncState.SYNCING, started_at=now)
        world.syncs.put(syncing)
        payload = {"Products": [product.value], "Region": region}
        world.functions.invoke("discover_resources", json.dumps(payload).encode())
    return [f"{product.value}/{region or '-'}" for region in regions]


def _goes_on(world: World, status: SyncStatus, now: datetime) -> bool:
    """Whether it is being read, over several invocations: begun anew each time, it would never end."""
    sweep = world.sweeps.find(status.product, status.region)
    return (
        status.state is SyncState.SYNCING
        and sweep is not None
        and sweep.started_at == status.started_at
        and sweep.handed_on_at > now - _ALIVE
    )


def _forget(world: World, status: SyncStatus, now: datetime) -> None:
    """Remove a region that is gone or no longer configured, with its slots."""
    remove_unseen(world, status.product, status.region, now)
    with suppress(ConflictError):  # it is being discovered right now
        if sweep := world.sweeps.find(status.product, status.region):
            world.sweeps.delete(sweep)
        world.syncs.delete(status)
