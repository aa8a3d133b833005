"""One module per emulated product, each with a class `Service`; the folder is the registry."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from emulator.service import EmulatedService


@cache
def service_classes(only: tuple[str, ...] = ()) -> dict[str, type[EmulatedService]]:
    """Every product's class by its module's name, or those named; a leading underscore marks helpers."""
    names = only or sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").Service for name in names if not name.startswith("_")}
