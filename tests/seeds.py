"""Which seed a test has, where the emulated cloud words its answers by lot (`--answers random`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

_SEED = pytest.StashKey[int]()
PROPERTY = "answers-seed"  #: of a test, in a report


def spread(items: Iterable[pytest.Item], first: int, count: int, turn: int) -> None:
    """`count` seeds from `first` on, to one test after another; each turn begins one later."""
    for place, item in enumerate(items):
        item.stash[_SEED] = first + (place + turn) % count
        item.user_properties.append((PROPERTY, item.stash[_SEED]))


def seed_of(node: Any) -> int:
    """0 for what is no test."""
    return node.stash.get(_SEED, 0) if isinstance(node, pytest.Item) else 0
