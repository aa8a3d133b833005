"""Look an installation over, from outside or from inside a function: what works, what does not, what to do.

It only reads. Each part ends with findings, never with an error: what could not be looked at is told.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from shared.cloud.openapi import OpenApi
from shared.services.doctor import account, engine, products, running, state
from shared.services.doctor.findings import Finding, Health, Mark, unknown
from shared.services.world import World
from shared.state.store import Store

log = logging.getLogger("certdeploy.doctor")
__all__ = ["Finding", "Health", "Installation", "Mark", "examine"]


@dataclass(frozen=True)
class Installation:
    """`where`: the state, as the settings name it. `settings`: what was found of these.

    `own_calls`: ask the products with the key at hand. A function has the rights of its own role only, so
    there the last discovery of each product tells what its role could read. `webhook`: None: not known here.
    """

    world: World
    openapi: OpenApi
    clients: products.Clients
    store: Store | None  #: None: it cannot be opened, which `settings` tells
    where: str
    webhook: bool | None
    own_calls: bool
    settings: tuple[Finding, ...] = ()


def examine(installation: Installation, patience_s: float) -> Health:
    """`patience_s`: what takes longer is told as not looked at."""
    world = installation.world
    return Health.of(world.clock(), _parts(installation, products.deadline_of(patience_s)))


def _parts(it: Installation, left_s: Callable[[], float]) -> Iterator[Finding]:
    yield from it.settings
    world = it.world
    openapi = it.openapi.watched(lambda *told: None, deadline=left_s, read_timeout_s=8.0)
    answers = True
    try:
        yield from account.of_key(openapi, world.clock())
    except account.NoUseError as useless:
        answers = False
        yield useless.finding
    if answers:
        yield from _looked("cas", partial(account.of_cas, world, openapi))
        if it.own_calls:
            yield from _looked("levels", partial(account.of_levels, world, openapi))
            yield from _looked("engine", partial(engine.of_engine, world, openapi))
            yield from _looked("accounts", partial(account.of_accounts, world))
            yield from _looked("products", partial(products.of_products, world, openapi, it.clients, left_s))
    if it.store is not None:
        yield from _of_state(it, it.store)


def _of_state(it: Installation, store: Store) -> Iterator[Finding]:
    world = it.world
    found = list(_looked("state", partial(state.of_state, store, it.where)))
    yield from found
    if any(one.mark is Mark.ERROR for one in found):
        return  # what follows is read from there
    if not it.own_calls:
        yield from _looked("products", partial(running.of_roles, world))
    yield from _looked("timers", partial(running.of_timers, world))
    yield from _looked("clusters", partial(running.of_clusters, world))
    yield from _looked("contacts", lambda: [running.of_contacts(world, webhook=it.webhook)])
    yield from _looked("outbound TLS", partial(running.of_tls, world))


def _looked(about: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a part finds; where it breaks, that, and the other parts go on."""
    try:
        yield from look()
    except Exception as failed:
        log.exception("a check broke off", extra={"part": about})
        yield unknown(about, f"the check broke off: {type(failed).__name__}: {failed}")
