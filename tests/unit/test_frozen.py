"""Values do not change once they are made: threads and callers share them."""

from __future__ import annotations

import dataclasses
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

from pydantic import BaseModel

import shared

#: What one function counts or collects in; nobody else sees it meanwhile.
IN_HAND = {
    "shared.cloud.pacing._Bucket",
    "shared.domain.disused.Uses",
    "shared.products.kit.progress.Progress",
    "shared.services.cas_shard._Batch",
    "shared.services.doctor.calls.Calls",
    "shared.services.doctor.products._Looked",
    "shared.services.verify._Met",
    "shared.state.whole.Tally",
    "shared.validation.pem.Reading",
}


def values() -> Iterator[type]:
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        for found in vars(import_module(module.name)).values():
            own = inspect.isclass(found) and found.__module__ == module.name
            if own and (dataclasses.is_dataclass(found) or issubclass(found, BaseModel)):
                yield found


def is_frozen(value: type) -> bool:
    if dataclasses.is_dataclass(value):
        return bool(getattr(value, "__dataclass_params__").frozen)  # noqa: B009
    return bool(getattr(value, "model_config").get("frozen"))  # noqa: B009


def test_values_do_not_change() -> None:
    frozen = {f"{value.__module__}.{value.__name__}": is_frozen(value) for value in values()}
    assert {name for name in frozen if not frozen[name]} == IN_HAND
