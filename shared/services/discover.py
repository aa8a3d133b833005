"""Read the slots of each product in each region. A region is synced completely, or has failed."""

import json
import logging
from contextlib import suppress
from datetime import datetime
from typing import Final

from shared.domain.requests import DiscoverResources
from shared.domain.resources import CloudProduct, CloudResource, SyncState, SyncStatus
from shared.domain.values import Wire
from shared.errors import CloudError, ConflictError, InvalidRequestError
from shared.products.kit.catalogue import NO_CATALOGUE, Catalogue
from shared.products.kit.found import Unread
from shared.services.catalogue import KnownCertificates
from shared.services.world import World

log = logging.getLogger("certdeploy.discover")
_TOLD: Final = 20  #: parts that could not be read, of one region


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
    return DiscoverResult(statuses=(_discover_region(world, products[0], request.region),))


def _fan_out(world: World, product: CloudProduct, statuses: list[SyncStatus]) -> list[str]:
    now = world.clock()
    listing = SyncStatus(product=product, state=SyncState.SYNCING, started_at=now)
    try:
        adapter = world.adapter(product, NO_CATALOGUE)
        regions = adapter.regions()
    except CloudError as error:
        failed = listing.evolve(state=SyncState.FAILED, reason=str(error), finished_at=world.clock())
        world.syncs.put(failed)
        statuses.append(failed)
        return []
    if regions != [""] and not adapter.other_cloud:
        configured = world.policy.regions
        regions = [region for region in regions if not configured or region in configured]
    for old in world.syncs.list(product):
        if old.region not in regions:
            _forget(world, old, now)
    for region in regions:
        syncing = SyncStatus(product=product, region=region, state=SyncState.SYNCING, started_at=now)
        world.syncs.put(syncing)
        payload = {"Products": [product.value], "Region": region}
        world.functions.invoke("discover_resources", json.dumps(payload).encode())
    return [f"{product.value}/{region or '-'}" for region in regions]


def _forget(world: World, status: SyncStatus, now: datetime) -> None:
    """Remove a region that is gone or no longer configured, with its slots."""
    _remove_unseen(world, status.product, status.region, now)
    with suppress(ConflictError):  # it is being discovered right now
        world.syncs.delete(status)


def _discover_region(world: World, product: CloudProduct, region: str) -> SyncStatus:
    """What could not be read keeps its rows: only a complete reading tells what is gone."""
    started = world.clock()
    status = SyncStatus(product=product, region=region, state=SyncState.SYNCING, started_at=started)
    world.syncs.put(status)
    try:
        catalogue = KnownCertificates(world.certificates, world.policy.stores, world.cas)
        adapter = world.adapter(product, catalogue)
        found = [
            one if isinstance(one, Unread) else _filled_in(one, catalogue) for one in adapter.discover(region)
        ]
    except CloudError as error:
        failed = _failed(world, status, str(error))
        if error.retryable:
            raise
        return failed
    except Exception as error:
        log.exception("discovery failed unexpectedly", extra={"product": product.value, "region": region})
        reason = f"internal error: {type(error).__name__}; see the function's log"
        return _failed(world, status, reason)
    resources = [one for one in found if not isinstance(one, Unread)]
    unread = [f"{one.what}: {one.error}" for one in found if isinstance(one, Unread)]
    for resource in resources:
        world.resources.put(resource, started)
    if not unread:
        _remove_unseen(world, product, region, started)
    return _put(
        world,
        status.evolve(
            state=SyncState.PARTIAL if unread else SyncState.SYNCED,
            count=len(resources),
            reason=f"{len(unread)} could not be read: {unread[0]}" if unread else "",
            unread=tuple(unread[:_TOLD]),
            finished_at=world.clock(),
        ),
    )


def _failed(world: World, status: SyncStatus, reason: str) -> SyncStatus:
    return _put(world, status.evolve(state=SyncState.FAILED, reason=reason, finished_at=world.clock()))


def _put(world: World, status: SyncStatus) -> SyncStatus:
    world.syncs.put(status)
    return status


def _remove_unseen(world: World, product: CloudProduct, region: str, since: datetime) -> None:
    for record in world.resources.list(product, region):
        if record.seen_at < since:
            with suppress(ConflictError):  # seen again meanwhile
                world.resources.remove(record)


def _filled_in(resource: CloudResource, catalogue: Catalogue) -> CloudResource:
    """Add what CAS knows about the certificate in place: its expiry, and its names if the slot has none."""
    certificate = catalogue.by_identifier(resource.cert_identifier) if resource.cert_identifier else None
    if certificate is None:
        return resource
    return resource.evolve(
        cert_not_after=certificate.not_after,
        domains=certificate.names if resource.domains_of_certificate else resource.domains,
    )
