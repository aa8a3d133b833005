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


def supported_products() -> tuple[CloudProduct, ...]:
    folder = Path(__file__).parent
    return tuple(p for p in CloudProduct if (folder / f"{p.value.lower()}.py").exists())
