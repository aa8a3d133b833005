"""The places that serve certificates: products with their sync status, slots with filters, one slot."""

from typing import Any

from console.asking import Asked, Done, Page
from console.commands import options
from console.paging import ROWS, Pages, address
from shared.domain.accounts import OWN
from shared.domain.queries import ListResources, SlotOrder
from shared.domain.values import Wire
from shared.products import supported_products
from shared.services.discover import asked_accounts
from shared.services.lists import list_resources
from shared.services.selection import SlotList
from shared.services.slots import show_slot
from shared.services.synced import Synced, synced
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
    found = list_resources(world, query, reading.value)
    pages = Pages.of(asked, "/resources", found.counts.slots)
    if pages.start != query.offset:  # there are no rows so far on
        found = list_resources(world, query.evolve(offset=pages.start), reading.value)
    answer = Resources(
        products=tuple(
            synced(world, product, account)
            for product in world.policy.products
            for account in asked_accounts(world, product) or (OWN,)
        ),
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
    reading = asked.reading(("slot", named), lambda world: show_slot(world, named), lambda _: 1)
    command = ["resource", "show", reading.value.slot]
    return Page("slot.html", reading.value, {"now": asked.world.clock()}, command, reading)
