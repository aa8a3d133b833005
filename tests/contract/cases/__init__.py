"""One module per product: its rows in the contract suite, and what the official SDK sends for it.

A module holds `CASES`, a row per kind of slot; `HINDERED`, accounts with slots that take none; `HOSTS`, the
API's hosts by region, one at least and each that is named otherwise; and, for products with an official
typed SDK, `SDK` (the package `alibabacloud_<SDK>`) and `OFFICIAL`: for each action of the adapter, the
parameters of the first call that `tests.contract.story` makes the adapter send. `NO_SDK`: why there is none.
`IN_FORM`: actions whose secret we send in the form body, where the SDK puts it into the URL. `KIND`: the
kind of slot that the module is about, where the product has several. `ANSWERS`: the SDK's model of an
answer, where it is not named after the action. `NEWER`: by action, what the API documents of its answer and
the SDK lacks. What products that are alike share is in modules with a leading underscore.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

from emulator.estate import FIRST_CERTIFICATE_ID
from shared.domain.resources import CloudProduct, CloudResource
from shared.products import adapter_class
from shared.products.kit.base import ProductAdapter
from shared.products.kit.kinds import ManyKinds
from tests.contract.bench import STORE, Bench, certificates

#: `old` is in service, `new` is to replace it, `other` is for other names.
CERTIFICATES: Final = {
    **certificates("old", "new", "second"),
    **certificates("other", "other-too", domain="example.org"),
}
CERT_ID: Final = {name: FIRST_CERTIFICATE_ID + 1009 * n for n, name in enumerate(CERTIFICATES)}
IDENTIFIER: Final = {name: f"{number}-{STORE}" for name, number in CERT_ID.items()}
#: In `OFFICIAL`: any value, such as a token that is made up; the SDK is given the adapter's.
ANY: Final = object()


Away = Callable[[CloudResource], CloudResource]


def beside(slot: CloudResource, *, own: str = "", **changes: Any) -> CloudResource:
    """The slot under another name in the same place. `own`: the last part of its id."""
    if own:
        changes["resource_id"] = slot.resource_id.rpartition("/")[0] + f"/{own}"
    return slot.evolve(**changes)


def another_domain(slot: CloudResource) -> CloudResource:
    past = "past.example.com"
    return slot.evolve(resource_id=slot.resource_id.replace(slot.domains[0], past), domains=(past,))


def uncarried(slot: CloudResource) -> CloudResource:
    """Named by a certificate that is not there."""
    identifier = IDENTIFIER["other-too"]
    return beside(slot, own=identifier, cert_identifier=identifier)


@dataclass(frozen=True)
class Case:
    """`carried`: every slot of `region` and its certificate, more than a page of them.

    `slot` carries `old` or `second`; `writes` is the one action that changes it; `pages` lists slots
    by pages, and `reads` are all actions that discovery of its kind of slot needs.
    """

    name: str
    product: CloudProduct
    estate: dict[str, Any]
    carried: dict[str, str]
    slot: str
    writes: str
    pages: str
    reads: tuple[str, ...]
    region: str = ""
    code_of_denial: str = "Forbidden.RAM"
    busy: str = "ServiceBusy"  #: how the product says that another change is under way
    reads_within: tuple[str, ...] = ()  #: further ones, whose denial is told in a slot's place
    #: such a slot that is not there; None: it leaves only with what holds it, or stays though it is emptied
    away: Away | None = another_domain
    settles: bool = True  #: the product tells that a change is still under way
    by_leaf: bool = False  #: the leaf itself is shown, as PEM or by fingerprint, whatever CAS calls it
    refuses_greater_pages: bool = True  #: False: how many rows a page has at most is not known
    met: bool = True  #: an address is known where a TLS client meets the slot
    #: the slots of `region` afterwards, where the exchange renames one
    renamed: dict[str, str] = field(default_factory=dict)
    without_https: str = ""  #: a slot where a first deployment is allowed
    #: what else makes the adapter call actions that nothing above needs
    also: Callable[[Bench], None] | None = None


@dataclass(frozen=True)
class Hindered:
    """`sections` of an estate, and the whole sentence of each slot that takes no certificate.

    The slots by what a person would call them: a domain, `shop:443`, the name of an object in a cluster.
    """

    product: CloudProduct
    sections: dict[str, list[dict[str, Any]]]
    sentences: dict[str, str]
    region: str = "cn-hangzhou"
    name: str = ""


def no_certificate(product: str) -> str:
    return f"the listener has no server certificate; set the first one in the {product} console"


MODULES: Final = [
    import_module(f"{__name__}.{found.name}")
    for found in iter_modules(__path__)
    if not found.name.startswith("_")
]
CASES: Final[list[Case]] = [case for module in MODULES for case in module.CASES]
ACCOUNTS: Final[list[Hindered]] = [row for module in MODULES for row in getattr(module, "HINDERED", ())]


def adapter_of(module: ModuleType) -> type[ProductAdapter]:
    """The adapter that a module is about: its product's, or that of its kind of slot."""
    found = adapter_class(module.CASES[0].product)
    kind = getattr(module, "KIND", "")
    return found.kinds[kind] if kind and issubclass(found, ManyKinds) else found
