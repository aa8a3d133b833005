"""The vendor's SDKs without their weight: of thousands of models, those that a test names are imported.

An SDK's `models` imports every one of its modules, seconds of work in each test process. Here the package
knows which module has which class, and imports it when it is asked for. The classes are the SDK's own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_MODELS = re.compile(r"alibabacloud_\w+\d{8}\.models")
_IMPORT = re.compile(r"^from \.(\w+) import (\w+)$", re.MULTILINE)


class _Models(ModuleType):
    """`places`: the module of each class."""

    places: dict[str, str]

    def __getattr__(self, name: str) -> Any:
        if name not in self.places:
            raise AttributeError(f"{self.__name__} has no {name}")
        found = getattr(import_module(f"{self.__name__}.{self.places[name]}"), name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return sorted(self.places)


class _Lazily(Loader):
    def __init__(self, places: dict[str, str]) -> None:
        self._places = places

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _Models(spec.name)
        module.places = self._places
        return module

    def exec_module(self, module: ModuleType) -> None:
        pass


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _MODELS.fullmatch(fullname):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not spec.submodule_search_locations or not spec.origin:
            return None  # of the older form: one module
        places = {name: module for module, name in _IMPORT.findall(Path(spec.origin).read_text("utf-8"))}
        lazily = ModuleSpec(fullname, _Lazily(places), origin=spec.origin, is_package=True)
        lazily.submodule_search_locations = list(spec.submodule_search_locations)
        return lazily


def install() -> None:
    """From now on, in this process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
