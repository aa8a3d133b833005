"""Read one product's region, over as many invocations as it takes.

Slots are stored as they are found. What tells that others are gone is a reading of all that they may be in:
until then, and where a part cannot be read, the rows of before stay, with when they were seen last.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from shared.domain.accounts import parted
from shared.domain.regions import shown
from shared.domain.resources import CloudProduct, CloudResource, Sweep, SyncState, SyncStatus
from shared.errors import (
    AppError,
    CloudDeniedError,
    CloudError,
    ConflictError,
    SettingsError,
    UnreadableAnswerError,
)
from shared.products import adapter_class, why_no_slot
from shared.products.kit.catalogue import Catalogue
from shared.products.kit.found import Unread
from shared.products.kit.parts import Parts, digest_of
from shared.services.catalogue import KnownCertificates
from shared.services.drift import hand_over
from shared.services.known import KnownSlots
from shared.services.world import World
from shared.state.sightings import Failed, Sightings, remove_missed

log = logging.getLogger("certdeploy.discover")
DISCOVERS: Final = "discover_resources"
DISCOVERS_CLUSTERS: Final = "discover_clusters"
_TOLD: Final = 20  #: parts that could not be read, of one region
_APART: Final = 100  #: parts whose slots are told from the others'; of more, nothing is taken for gone
_LATER: Final = timedelta(milliseconds=1)
_SPARE_S: Final = 20.0  #: of the function's time, for the call in hand and for handing on


def discovered_by(product: CloudProduct) -> str:
    """The function that reads a region of it."""
    return DISCOVERS_CLUSTERS if adapter_class(product).discovery_sees_keys else DISCOVERS


def discover_region(
    world: World, product: CloudProduct, area: str, since: datetime | None
) -> SyncStatus | None:
    """How it went; None if another discovery has begun since. `since`: when this one began, if it goes on.

    `area`: a region, within its account.

    Raises:
        CloudError: that may pass. The status is told, and another delivery of the event goes on from
            where this discovery was handed on last.
    """
    stored = world.sweeps.find(product, area)
    account, region = parted(area)
    if world.policy.scope.why_not_discovered(product, region, account):  # since it was begun
        return None
    if since is None:
        sweep = _begun(world, product, area).evolve(version=stored.version if stored else 0)
    elif stored is None or stored.started_at != since:
        return None
    else:
        sweep = stored
    return _Region(world, sweep, goes_on=since is not None).read()


def _begun(world: World, product: CloudProduct, area: str) -> Sweep:
    """Begun after all others of the region, whatever the clocks of their machines say."""
    now, last = world.clock(), world.syncs.find(product, area)
    account, region = parted(area)
    started = max(now, last.started_at + _LATER) if last else now
    return Sweep(
        product=product,
        account=account,
        region=region,
        empty_passes=last.empty_passes if last else 0,
        started_at=started,
        handed_on_at=now,
    )


class _Region:
    """One invocation's part of a sweep."""

    def __init__(self, world: World, sweep: Sweep, *, goes_on: bool) -> None:
        self._world, self._sweep, self._goes_on = world, sweep, goes_on
        spare_s = min(_SPARE_S, world.left_s() / 3)
        self._parts = Parts(sweep.read, lambda: world.left_s() - spare_s)
        place = sweep.product, sweep.area
        self._sightings = Sightings(world.resources, place, sweep.started_at, world.clock)
        self._known = KnownSlots(world.clock(), self._sightings)
        self._count = sweep.count
        self._unread, self._within = list(sweep.unread), sweep.unread_within
        self._unread_parts = list(sweep.unread_parts)
        self._denied = False  #: one of the parts, for lack of a permission

    def read(self) -> SyncStatus | None:
        world, sweep = self._world, self._sweep
        self._tell(SyncState.SYNCING)
        homes = world.policy.homes_of(sweep.account)
        catalogue = KnownCertificates(world.certificates, homes, world.cas)
        try:
            adapter = world.adapter(
                sweep.product, catalogue, parts=self._parts, known=self._known, account=sweep.account
            )
            with self._storing():
                for found in adapter.discover(sweep.region):
                    self._take(found, catalogue)
        except CloudError as error:
            if error.retryable and self._parts.gained and self._parts.time_is_up:
                return self._hand_on()
            if error.retryable:
                self._sightings.confirm()
                self._tell(SyncState.FAILED, error)
                raise
            return self._end(SyncState.FAILED, error)
        except SettingsError as error:  # such as no credentials
            return self._end(SyncState.FAILED, error)
        except Exception as error:
            where = {"product": sweep.product.value, "region": sweep.area}
            log.exception("discovery failed unexpectedly", extra=where)
            return self._end(
                SyncState.FAILED, AppError(f"internal error: {type(error).__name__}; see the function's log")
            )
        # Exact, while what was found includes what was found again in a part that was cut off.
        self._count = self._sightings.count()
        self._remove_missed()
        if self._unread:
            return self._end(SyncState.PARTIAL)
        return self._end(SyncState.SYNCED)

    def _take(self, found: CloudResource | Unread, catalogue: Catalogue) -> None:
        if isinstance(found, Unread):
            self._tell_unread(found)
        elif why := self._why_not_here(found):
            what = f"slot {shown(found.resource_id)}"
            self._tell_unread(Unread(what, UnreadableAnswerError("discover", why), found.resource_id))
        else:
            memo = self._known.memo_of(found.resource_id)
            self._count += 1
            self._not_stored(self._sightings.take(_filled_in(found, catalogue), memo))

    def _tell_unread(self, found: Unread) -> None:
        part = digest_of(f"{found.within}:{found.what}")
        if part in self._sweep.unread_parts:  # told by an invocation before
            return
        self._unread_parts.append(part)
        self._denied = self._denied or isinstance(found.error, CloudDeniedError)
        self._unread = [*self._unread, f"{found.what}: {found.error}"][:_TOLD]
        self._within = _widened(self._within, found.within)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """However far it comes, what was found is stored."""
        try:
            yield
        finally:
            self._not_stored(self._sightings.store())

    def _not_stored(self, failed: Iterable[Failed]) -> None:
        """Others have spoilt their rows."""
        for resource, error in failed:
            self._count -= 1
            why = UnreadableAnswerError("store", str(error))
            self._tell_unread(Unread(f"slot {shown(resource.resource_id)}", why, resource.resource_id))

    def _remove_missed(self) -> None:
        world, hidden = self._world, self._within
        gone = [one for one in self._sightings.missed() if not one.resource.resource_id.startswith(hidden)]
        hand_over(world, gone)
        remove_missed(world.resources, gone, self._is_latest)
        for row in self._sightings.spoilt():
            with suppress(ConflictError):  # it is written right now
                world.resources.remove_stray(row)

    def _is_latest(self) -> bool:
        status = self._world.syncs.find(self._sweep.product, self._sweep.area)
        return status is not None and status.started_at == self._sweep.started_at

    def _why_not_here(self, found: CloudResource) -> str:
        """Why what was found is not stored: names of others come into the state as slots alone."""
        if (found.product, found.area) != (self._sweep.product, self._sweep.area):
            return f"it is of {found.product.value}/{shown(found.area)}"
        return why_no_slot(found, self._world.policy.scope.known_regions(found.product))

    def _hand_on(self) -> SyncStatus | None:
        """The next invocation begins where this one ends.

        What was read is stored first: if the call is lost, another delivery of this event goes on from there.
        """
        world, sweep = self._world, self._sweep
        self._sightings.confirm()
        if not self._stored():
            return None
        status = self._tell(SyncState.SYNCING)
        payload = {
            "Products": [sweep.product.value],
            "Region": sweep.region,
            **({"Account": sweep.account} if sweep.account else {}),
            "Since": sweep.started_at.isoformat(),
        }
        world.functions.invoke(discovered_by(sweep.product), json.dumps(payload).encode())
        return status

    def _stored(self) -> bool:
        """Whether it goes on: not if another one has begun since, or a second delivery of this is ahead.

        Of two deliveries of a first invocation the one that began last goes on, as the status has it.
        """
        sweep = self._sweep.evolve(
            handed_on_at=self._world.clock(),
            read=tuple(sorted(self._parts.read)),
            count=self._count,
            unread=tuple(self._unread),
            unread_within=self._within,
            unread_parts=tuple(self._unread_parts),
        )
        while True:
            status = self._world.syncs.find(sweep.product, sweep.area)
            if status is None or status.started_at != sweep.started_at:
                return False
            try:
                self._sweep = self._world.sweeps.save(sweep)
            except ConflictError:
                if self._goes_on:
                    return False
                ahead = self._world.sweeps.find(sweep.product, sweep.area)
                sweep = sweep.evolve(version=ahead.version if ahead else 0)
            else:
                return True

    def _end(self, state: SyncState, error: AppError | None = None) -> SyncStatus:
        """Told first: cut off between, another delivery finds how far it was, and ends it again."""
        if state is not SyncState.SYNCED:
            self._sightings.confirm()
        status = self._tell(state, error)
        if self._sweep.version:
            with suppress(ConflictError):  # another one was begun
                self._world.sweeps.delete(self._sweep)
        return status

    def _empty_passes(self, state: SyncState) -> int:
        before = self._sweep.empty_passes
        if state is SyncState.SYNCING:
            return before
        return before + 1 if state is SyncState.SYNCED and not self._count else 0

    def _tell(self, state: SyncState, error: AppError | None = None) -> SyncStatus:
        under_way = state is SyncState.SYNCING
        reason, code = (str(error), error.code) if error else ("", "")
        if state is SyncState.PARTIAL:
            reason = f"{len(self._unread_parts)} could not be read: {self._unread[0]}"
            code = CloudDeniedError.code if self._denied else ""
        status = SyncStatus(
            product=self._sweep.product,
            account=self._sweep.account,
            region=self._sweep.region,
            state=state,
            count=self._count,
            reason=reason,
            code=code,
            unread=() if under_way else tuple(self._unread),
            unread_within=() if under_way else self._within,
            empty_passes=self._empty_passes(state),
            started_at=self._sweep.started_at,
            finished_at=None if under_way else self._world.clock(),
            whole_at=self._sweep.started_at if state is SyncState.SYNCED else None,
        )
        self._world.syncs.put(status)
        return status


def _widened(within: tuple[str, ...], one: str) -> tuple[str, ...]:
    """Both, as beginnings of ids."""
    if one.startswith(within):
        return within
    return (*within, one) if one and len(within) < _APART else ("",)


def _filled_in(resource: CloudResource, catalogue: Catalogue) -> CloudResource:
    """Add what CAS knows about the certificate in place: its expiry, and its names if the slot has none."""
    certificate = catalogue.by_identifier(resource.cert_identifier) if resource.cert_identifier else None
    if certificate is None:
        return resource
    return resource.evolve(cert_not_after=certificate.not_after).named_by(certificate)
