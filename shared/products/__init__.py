"""The products: one package each, under its name in lower case. What has a package here is supported.

A package's `adapter.Adapter` says all that is particular to the product: its API with hosts and regions,
the actions with their rates, the kinds of slots; `forms.FORMS` how these are named. `kit` is what all of
them are made of.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain.regions import Regions
from shared.domain.resources import CloudProduct, CloudResource
from shared.products.kit.forms import Forms, Names, what_tells_names, why_not_of_form

if TYPE_CHECKING:
    from shared.products.kit.base import ProductAdapter


def adapter_class(product: CloudProduct) -> "type[ProductAdapter]":
    """Imported when asked for: a function pays only for the product it serves."""
    found: type[ProductAdapter] = import_module(f"{__name__}.{product.value.lower()}.adapter").Adapter
    return found


def why_no_slot(resource: CloudResource, regions: Regions) -> str:
    """Why a row is no slot of its product, such as one with an id of another form; "" if it is one.

    `regions`: those of the product's cloud. Only the form counts: whether the slot exists, a look tells.
    """
    return why_not_of_form(resource, _forms(resource.product), regions)


def names_told_by(resource: CloudResource) -> Names:
    """What tells the names of a slot that is one by `why_no_slot`."""
    return what_tells_names(resource, _forms(resource.product))


def is_regional(product: CloudProduct) -> bool:
    """Whether its slots are discovered region by region; else all at once."""
    return any(form.regional for form in _forms(product).values())


@cache
def _forms(product: CloudProduct) -> Forms:
    found: Forms = import_module(f"{__name__}.{product.value.lower()}.forms").FORMS
    return found


def default_products(*, aws: bool = False) -> tuple[CloudProduct, ...]:
    """What is looked after where no products are named: another cloud only if it is configured."""
    return tuple(p for p in supported_products() if aws or p is not CloudProduct.AWS)


def supported_products() -> tuple[CloudProduct, ...]:
    folder = Path(__file__).parent
    return tuple(p for p in CloudProduct if (folder / p.value.lower() / "adapter.py").exists())
