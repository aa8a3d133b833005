"""Each part of a row keeps what a newer version writes into it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from shared.domain import certificates, contacts, dead_letters, jobs, policies, resources
from shared.domain.values import Stored, Versioned

#: Whose values are stored.
MODULES = (certificates, contacts, dead_letters, jobs, policies, resources)


def _versioned(kind: type[Versioned] = Versioned) -> set[type[BaseModel]]:
    found = {kind for kind in kind.__subclasses__() if kind.__module__.startswith("shared.")}
    return found.union(*(_versioned(one) for one in found)) if found else found


@pytest.mark.parametrize("model", sorted(_versioned(), key=lambda one: one.__name__))
def test_each_part_of_a_row_keeps_what_a_newer_version_adds(model: type[BaseModel]) -> None:
    parts, kinds = list(model.model_fields.values()), set[type[BaseModel]]()
    while parts:
        for kind in _models_in(parts.pop().annotation) - kinds:
            kinds.add(kind)
            parts += kind.model_fields.values()
    assert all(issubclass(kind, Stored) for kind in kinds), kinds


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {kind for part in get_args(annotation) for kind in _models_in(part)}
