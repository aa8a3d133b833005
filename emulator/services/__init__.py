"""One package per emulated product; the folders are the registry.

A package names its `SERVICES`: modules, each with a class `Service` for one API. Their names are those of
`emulator/declarations`. `kit` is what several of them share.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from emulator.service import EmulatedService


@cache
def service_classes(only: tuple[str, ...] = ()) -> dict[str, type[EmulatedService]]:
    """Every service's class by its module's name, or of those named: no other is imported."""
    names = only or tuple(sorted(_packages()))
    return {name: import_module(f"{__name__}.{_packages()[name]}.{name}").Service for name in names}


@cache
def _packages() -> dict[str, str]:
    """The package that each service is in."""
    packages = [module.name for module in iter_modules(__path__)]
    return {
        service: package
        for package in packages
        for service in getattr(import_module(f"{__name__}.{package}"), "SERVICES", ())
    }
