"""So many slots of one product as a part of an estate, and the calls that listing them cannot do without.

One module for each product, with its `share`; the folder is the registry.
"""

from importlib import import_module
from pkgutil import iter_modules

from bench.shares.share import REGIONS, STORE, Share, certificates
from shared.domain.resources import CloudProduct

__all__ = ["REGIONS", "STORE", "Share", "certificates", "share", "shared_products"]


def shared_products() -> list[CloudProduct]:
    modules = {module.name for module in iter_modules(__path__)}
    return sorted(product for product in CloudProduct if product.value.lower() in modules)


def share(product: CloudProduct, slots: int) -> Share:
    """Exactly `slots` of them, several to a load balancer, gateway, bucket, where there are such things."""
    made: Share = import_module(f"{__name__}.{product.value.lower()}").share(slots)
    return made
