"""One module per emulated product, each with a class `Service`; the folder is the registry."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from emulator.api import EmulatedService


@cache
def service_classes() -> dict[str, type[EmulatedService]]:
    """Every product's class by its module's name; modules with a leading underscore are helpers."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").Service for name in names if not name.startswith("_")}
