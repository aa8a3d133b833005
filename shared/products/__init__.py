"""The products: one module each, found by its name. What has a module here is supported."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain.resources import CloudProduct

if TYPE_CHECKING:
    from shared.products.base import ProductAdapter


def adapter_class(product: CloudProduct) -> "type[ProductAdapter]":
    """Imported when asked for: a function pays only for the product it serves."""
    found: type[ProductAdapter] = import_module(f"shared.products.{product.value.lower()}").Adapter
    return found


def default_products(*, aws: bool = False) -> tuple[CloudProduct, ...]:
    """What is looked after where no products are named: another cloud only if it is configured."""
    return tuple(p for p in supported_products() if aws or p is not CloudProduct.AWS)


def supported_products() -> tuple[CloudProduct, ...]:
    folder = Path(__file__).parent
    return tuple(p for p in CloudProduct if (folder / f"{p.value.lower()}.py").exists())
