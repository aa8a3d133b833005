"""The places that serve certificates: products with their sync status, slots with filters, one slot."""

import time
from dataclasses import replace
from typing import Any

from console.asking import Asked, Done, Page
from console.commands import options
from console.kept import BeingReadError, Reading
from console.paging import ROWS, Pages, address
from shared.domain.accounts import OWN
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.values import Wire
from shared.products import supported_products
from shared.services.discover import asked_accounts
from shared.services.history import History, history_of
from shared.services.lists import list_resources
from shared.services.met import meet
from shared.services.selection import SlotList
from shared.services.slots import SlotFacts, find_slot, show_slot
from shared.services.synced import Synced, synced
from shared.services.world import World
from shared.validation.requests import parse
from shared.validation.spans import days_of

_FLAGS = {
    "uncovered": "Uncovered",
    "unknown": "UnknownToCas",
    "drifted": "Drifted",
    "bare": "WithoutCertificate",
}
_OPTIONS = {
    "uncovered": "--uncovered",
    "unknown": "--unknown",
    "drifted": "--drifted",
    "bare": "--all",
}


class Resources(Wire):
    products: tuple[Synced, ...]
    slots: SlotList


def resources(asked: Asked) -> Page:
    world = asked.world
    query = parse(ListResources, _query(asked))
    reading = asked.slots()
    slots = reading.value

    def listed(query: ListResources) -> SlotList:
        return slots.page(query, lambda whole: list_resources(world, whole, slots))

    found = listed(query)
    pages = Pages.of(asked, "/resources", found.counts.slots)
    if pages.start != query.offset:  # there are no rows so far on
        found = listed(query.evolve(offset=pages.start))
    answer = Resources(
        products=_products(asked),
        slots=found,
    )
    more = {
        "pages": pages,
        "now": world.clock(),
        "sorts": [order.value for order in SlotOrder],
        "several": bool(world.policy.accounts),
        "supported": [product.value for product in supported_products()],
    }
    return Page("resources.html", answer, more, _command(asked), reading)


def _products(asked: Asked) -> tuple[Synced, ...]:
    """Each takes a request: waited for at first, and from then on read anew beside."""

    def read(world: World) -> tuple[Synced, ...]:
        return tuple(
            synced(world, product, account)
            for product in world.policy.products
            for account in asked_accounts(world, product) or (OWN,)
        )

    try:
        return asked.looked("synced", read).value
    except BeingReadError:
        return asked.patient().looked("synced", read).value


def _query(asked: Asked) -> dict[str, Any]:
    ends = asked.one("ends")
    return {
        "Products": asked.words("product"),
        "Accounts": asked.words("account"),
        "Regions": asked.words("region"),
        "Domains": asked.words("domain"),
        "Instances": asked.words("instance"),
        "Certificate": asked.one("certificate"),
        **({"EndsWithinDays": days_of(ends, "ends")} if ends else {}),
        **{field: True for name, field in _FLAGS.items() if asked.one(name)},
        "Sort": asked.one("sort", SlotOrder.EXPIRES.value),
        "Offset": asked.number("offset", 0),
        "Limit": ROWS,
    }


def _command(asked: Asked) -> list[str]:
    ends = asked.one("ends")
    return [
        *("resource", "list"),
        *(word for name in _NAMED for word in _given(asked, name)),
        *options("--certificate", asked.all("certificate")),
        *options("--ends-within", [ends] if ends else []),
        *(option for name, option in _OPTIONS.items() if asked.one(name)),
        *("--sort", asked.one("sort", SlotOrder.EXPIRES.value)),
    ]


def _given(asked: Asked, name: str) -> list[str]:
    return options(f"--{name}", asked.words(name))


_NAMED = ("product", "account", "region", "domain", "instance")


def accept(asked: Asked) -> Done:
    """What a slot carries instead of what the last job put there is meant to be. Raises AppError."""
    named = asked.one("id")
    asked.managed({"AcceptDrift": {"Slots": [named] if named else []}})
    return Done(address("/slot", {"id": [named]}))


def slot(asked: Asked) -> Page:
    named = asked.one("id")
    began = time.monotonic()
    reading = asked.reading(
        ("slot", named), lambda world: show_slot(world, named, history=False), lambda _: 1
    )
    history = _history(asked, named, time.monotonic() - began)
    found = reading.value.with_history(history.value) if history else reading.value
    more = {"now": asked.world.clock(), "history": history}
    return Page(
        "slot.html", found, more, ["resource", "show", found.slot], reading, whole=history is not None
    )


def met_slot(asked: Asked) -> Page:
    """The slot, with what clients are served: each time it is asked for, handshakes are made."""
    page = slot(asked.patient())
    facts = page.answer
    assert isinstance(facts, SlotFacts), "the page of a slot"
    met = meet(asked.world, facts.resource)
    return replace(page, answer=facts.evolve(met=met), command=[*page.command, "--look"])


def _history(asked: Asked, named: str, waited_s: float) -> Reading[History] | None:
    """None: large jobs are still being looked through; the page goes without it at first."""
    if asked.patience_s is None:
        asked = replace(asked, patience_s=max(0.0, asked.kept.patience_s - waited_s))
    try:
        return asked.looked(("history", named), lambda world: history_of(world, find_slot(world, named)))
    except BeingReadError:
        return None
