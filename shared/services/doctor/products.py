"""Each product in each region, by the first calls that a discovery makes. They only read."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from shared.cloud.openapi import OpenApi
from shared.domain.resources import CloudProduct
from shared.errors import AppError, CloudDeniedError, CloudError, CloudUnavailableError
from shared.products import adapter_class, is_regional
from shared.products.kit.base import ProductAdapter
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.products.kit.found import Unread
from shared.services.doctor.calls import Calls, is_not_activated, statement
from shared.services.doctor.findings import Finding, error, ok, unknown, warning
from shared.services.world import AdapterMaker, World

_SIDE_BY_SIDE: Final = 24
_SHOWN: Final = 3  #: regions, in a line
_READ_S: Final = 8.0  #: for one answer
Clients = Callable[[OpenApi], AdapterMaker]  #: adapters that call by this client


@dataclass
class _Looked:
    """What became of one product."""

    product: CloudProduct
    calls: Calls = field(default_factory=Calls)
    regions: list[str] = field(default_factory=list)
    failed: dict[str, AppError] = field(default_factory=dict)  #: by region; "" where none could be listed
    left: int = 0  #: regions that there was no time for


def of_products(
    world: World, openapi: OpenApi, clients: Clients, left_s: Callable[[], float]
) -> Iterator[Finding]:
    """Of the products in the scope, in their regions of it. What takes longer than `left_s` is told so."""
    pool = ThreadPoolExecutor(_SIDE_BY_SIDE, "doctor")
    try:
        looked = _all(world, openapi, clients, left_s, pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for one in looked:
        yield from _findings(one)
    yield _of_writes(looked)


def _all(
    world: World, openapi: OpenApi, clients: Clients, left_s: Callable[[], float], pool: ThreadPoolExecutor
) -> list[_Looked]:
    all_of = [_Looked(product) for product in world.policy.products]
    adapters: dict[CloudProduct, Future[ProductAdapter]] = {}

    def listed(one: _Looked) -> ProductAdapter:
        client = openapi.watched(one.calls.seen, deadline=left_s, read_timeout_s=_READ_S)
        adapter = clients(client)(one.product, NO_CATALOGUE)
        scope = world.policy.scope
        found = adapter.regions()
        if is_regional(one.product):
            found = [region for region in found if not scope.why_not_discovered(one.product, region)]
        one.regions = found
        return adapter

    for one in all_of:
        adapters[one.product] = pool.submit(listed, one)
    wait(adapters.values(), timeout=max(0.0, left_s()))
    first: dict[Future[AppError | None], tuple[_Looked, str]] = {}
    for one in all_of:
        future = adapters[one.product]
        if not future.done():
            one.left = 1
        elif (refused := future.exception()) is not None:
            one.failed[""] = _as_ours(refused)
        else:
            for region in one.regions:
                first[pool.submit(_first, future.result(), region)] = (one, region)
    wait(first, timeout=max(0.0, left_s()))
    for asked, (one, region) in first.items():
        if not asked.done():
            one.left += 1
        elif (why := asked.exception() or asked.result()) is not None:
            one.failed[region] = _as_ours(why)
    return all_of


def _first(adapter: ProductAdapter, region: str) -> AppError | None:
    """Why the first slot of a region cannot be read; None if it can be, or there is none."""
    for found in islice(adapter.discover(region), 1):
        return found.error if isinstance(found, Unread) else None
    return None


def _as_ours(failed: BaseException) -> AppError:
    return failed if isinstance(failed, AppError) else AppError(f"internal error: {type(failed).__name__}")


def _findings(one: _Looked) -> Iterator[Finding]:
    about = f"product {one.product.value}"
    if one.calls.denied:
        yield _denied(about, one)
    if one.calls.elsewhere:
        yield _not_by_ram(about, one)
    idle, others = _sorted_out(one)
    if not (one.regions or one.failed or one.left):
        text = "none of its regions is in CERTDEPLOY_REGIONS, so nothing of it is looked after"
        yield warning(about, text, f"name one, or leave {one.product.value} out of CERTDEPLOY_PRODUCTS")
        return
    if others:
        yield _failed(about, one, others)
    if one.left:
        yield unknown(
            about, f"{one.left} of its regions were not asked in time", "ask again, with more patience"
        )
    if idle and len(idle) == max(1, len(one.regions)):
        yield warning(
            about,
            f"the account does not use it: {next(iter(idle.values()))}",
            f"activate it, or leave {one.product.value} out of CERTDEPLOY_PRODUCTS",
        )
    elif not (one.calls.denied or one.calls.elsewhere or others or one.left):
        yield ok(about, _at_work(one, idle)).evolve(actions=_actions(one))


def _sorted_out(one: _Looked) -> tuple[dict[str, AppError], dict[str, AppError]]:
    """Regions where the product is not activated, and those that failed otherwise than by a denial."""
    idle: dict[str, AppError] = {}
    others: dict[str, AppError] = {}
    for region, why in one.failed.items():
        if isinstance(why, CloudError) and is_not_activated(why):
            idle[region] = why
        elif not isinstance(why, CloudDeniedError) or not (one.calls.denied or one.calls.elsewhere):
            others[region] = why
    return idle, others


def _denied(about: str, one: _Looked) -> Finding:
    names = ", ".join(sorted(one.calls.denied))
    answer = next(iter(one.calls.denied.values()))
    return error(
        about,
        f"denied: {names} ({answer})",
        "grant it to the key or role",
        statement(one.calls.denied, one.calls.scopes),
    ).evolve(actions=_actions(one))


def _not_by_ram(about: str, one: _Looked) -> Finding:
    """Rights within a cluster, which discovery tells for each."""
    parts = [why for why in one.failed.values() if isinstance(why, CloudDeniedError)]
    told = (parts or one.calls.elsewhere)[0]
    return warning(
        about, f"denied in a cluster: {told}", "authorise the key or role there: docs/ack.md"
    ).evolve(actions=_actions(one))


def _actions(one: _Looked) -> dict[str, str]:
    """Of all that deployments need, too."""
    adapter = adapter_class(one.product)
    return one.calls.tried(adapter.granted(writes=False) | adapter.granted(writes=True))


def _failed(about: str, one: _Looked, failed: dict[str, AppError]) -> Finding:
    by_text: dict[str, list[str]] = defaultdict(list)
    for region, why in failed.items():
        by_text[str(why)].append(region)
    text, where = max(by_text.items(), key=lambda pair: len(pair[1]))
    silent = all(isinstance(why, CloudUnavailableError) for why in failed.values())
    all_of_it = len(failed) >= max(1, len(one.regions))
    todo = (
        "is the way to its hosts open? Ask again later" if silent else "certdeploy discover tells each region"
    )
    told = f"{_places(where, len(failed))}{text}"
    return error(about, told, todo) if all_of_it else warning(about, told, todo)


def _places(regions: Sequence[str], count: int) -> str:
    named = [region for region in sorted(regions) if region][:_SHOWN]
    if not named:
        return ""
    more = f" and {count - len(named)} more" if count > len(named) else ""
    return f"{', '.join(named)}{more}: "


def _at_work(one: _Looked, idle: dict[str, AppError]) -> str:
    tried = one.calls.tried(adapter_class(one.product).granted(writes=False))
    rest = [name for name, became in tried.items() if became == "not tried"]
    regions = [region for region in one.regions if region and region not in idle]
    where = f"{len(regions)} region{'s' if len(regions) != 1 else ''}" if regions else "answers"
    unused = f", not activated in {len(idle)} more" if idle else ""
    seen = f"; {len(tried) - len(rest)} of {len(tried)} permissions to read tried" if tried else ""
    return f"{where}{unused}{seen}{', not tried: ' if rest else ''}{_some(rest)}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _of_writes(looked: list[_Looked]) -> Finding:
    writes: set[str] = set()
    for one in looked:
        adapter = adapter_class(one.product)
        writes |= adapter.granted(writes=True) - adapter.granted(writes=False)
    return unknown(
        "permission to write",
        f"{len(writes)} actions of deployments were not tried: most would change something",
        "compare the key's policies with what certdeploy ram print tells",
    )


def deadline_of(seconds: float) -> Callable[[], float]:
    """Seconds left, from now on."""
    until = time.monotonic() + seconds
    return lambda: until - time.monotonic()
