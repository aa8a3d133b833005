"""Everything an adapter does, once, so that each of its actions is called."""

from __future__ import annotations

from tests.contract.bench import Bench
from tests.contract.cases import Case


def tell(it: Bench, case: Case) -> None:
    """Discover, read, deploy, restore; and a first deployment and its undoing where there is one."""
    it.adapter.regions()
    it.slots()
    slot = it.slot(case.slot)
    it.adapter.read(slot)
    successor = it.deploy(slot, "new")
    it.adapter.restore(successor, it.certificate(it.name_of(slot.cert_identifier)))
    it.settle(successor)
    if case.without_https:
        first = it.deploy(it.slot(case.without_https), "new")
        it.adapter.restore(first, None)
        it.settle(first)
    if case.also:
        case.also(it)
