"""What listing an estate costs: calls beside the fewest that the products' APIs allow, and the time."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench.emulated import Ground, discover, ground
from bench.figures import Figure
from bench.shares import Share, share, shared_products
from shared.domain.resources import CloudProduct, SyncState
from shared.services.scan import scan_certificates


@dataclass(frozen=True)
class Discovery:
    product: CloudProduct
    slots: int
    found: int
    seconds: float
    calls: dict[str, int]  #: by action, of every API
    floor: dict[str, int]

    @property
    def above(self) -> dict[str, int]:
        """Calls that nothing forces, by action."""
        return dict(Counter(self.calls) - Counter(self.floor))


def figures(slots: int) -> Iterator[Figure]:
    found = run(slots)
    missed = sum(one.slots - one.found for one in found)
    yield Figure(f"of {slots} slots, not found", missed, "slots", floor=0, goal=1)
    for one in found:
        listed = f"above the floor: {_listed(one.above)}" if one.above else _listed(one.calls)
        calls, floor = sum(one.calls.values()), sum(one.floor.values())
        yield Figure(f"{one.product.value}, {one.slots} slots", calls, "calls", floor, goal=1, note=listed)
    yield Figure("all products", sum(one.seconds for one in found), "s", note="under the documented limits")


def _listed(calls: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in calls.items())


def run(slots: int) -> list[Discovery]:
    """An estate of so many slots, in equal shares of the products; each is discovered in turn.

    SAE's share is an account of its own: ALB and SLB would list the load balancers under its rules.
    """
    products = shared_products()
    each, rest = divmod(slots, len(products))
    shares = {product: share(product, each + (index < rest)) for index, product in enumerate(products)}
    apart = {product: shares.pop(product) for product in (CloudProduct.SAE,) if product in shares}
    found: list[Discovery] = []
    for account in filter(None, (shares, apart)):
        sections = {name: rows for part in account.values() for name, rows in part.estate.items()}
        with ground(sections, latency_ms=0) as here:
            found += [_discover(here, product, part) for product, part in account.items()]
    return sorted(found, key=lambda one: one.product)


def _discover(here: Ground, product: CloudProduct, part: Share) -> Discovery:
    world = here.world(product, part.regions)
    scan_certificates(world)
    here.calls()
    started = time.monotonic()
    discover(world, product)
    seconds = time.monotonic() - started
    synced = [status for status in world.syncs.list(product) if status.state is SyncState.SYNCED]
    return Discovery(
        product=product,
        slots=part.slots,
        found=sum(status.count for status in synced),
        seconds=seconds,
        calls=dict(Counter(call["action"] for call in here.calls())),
        floor=dict(part.floor),
    )
