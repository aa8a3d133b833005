"""Slots of cases from store, as deployments take them: an account is not discovered again for each test."""

from __future__ import annotations

from shared.domain.resources import CloudResource
from tests.contract.bench import Bench
from tests.contract.cases import Case

_SLOTS: dict[str, CloudResource] = {}


def stored(bench: Bench, case: Case) -> CloudResource:
    """The slot of a case, as the first discovery of such an account gave it."""
    if case.name not in _SLOTS:
        _SLOTS[case.name] = bench.slot(case.slot)
        bench.cloud.calls.clear()
    return _SLOTS[case.name]
