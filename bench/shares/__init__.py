"""So many slots of one product as a part of an estate, and the calls that listing them cannot do without.

One module for each product, with its `share`; the folder is the registry. `LOOK_READS` and `WRITE_CALLS` of
a module: the calls by which the API tells of one slot and its settings, and exchanges its certificate. Where
half of the slots are of another kind, each kind's calls are halves.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from bench.shares.share import REGIONS, STORE, Share, certificates
from shared.domain.resources import CloudProduct
from shared.products import adapter_class

__all__ = [
    "REGIONS",
    "STORE",
    "Share",
    "certificates",
    "look_reads",
    "share",
    "shared_products",
    "write_calls",
]


def shared_products(*, others: bool = False) -> list[CloudProduct]:
    """With `others` those of other clouds too: how few calls list them is not stated."""
    modules = {module.name for module in iter_modules(__path__)}
    found = sorted(product for product in CloudProduct if product.value.lower() in modules)
    return [product for product in found if others or not adapter_class(product).other_cloud]


def share(product: CloudProduct, slots: int) -> Share:
    """Exactly `slots` of them, several to a load balancer, gateway, bucket, where there are such things."""
    made: Share = _module(product).share(slots)
    return made


def look_reads(product: CloudProduct) -> Mapping[str, float]:
    """By action, for one slot; empty where it is not stated."""
    return getattr(_module(product), "LOOK_READS", {})


def write_calls(product: CloudProduct) -> Mapping[str, float]:
    """By action, for one slot; empty where it is not stated."""
    return getattr(_module(product), "WRITE_CALLS", {})


def _module(product: CloudProduct) -> ModuleType:
    return import_module(f"{__name__}.{product.value.lower()}")
