"""The products: one module each, found by its name."""

from importlib import import_module
from typing import TYPE_CHECKING

from shared.domain.resources import CloudProduct

if TYPE_CHECKING:
    from shared.products.base import ProductAdapter


def adapter_class(product: CloudProduct) -> "type[ProductAdapter]":
    """Imported when asked for: a function pays only for the product it serves."""
    found: type[ProductAdapter] = import_module(f"shared.products.{product.value.lower()}").Adapter
    return found


def supported_products() -> tuple[CloudProduct, ...]:
    return tuple(CloudProduct)
