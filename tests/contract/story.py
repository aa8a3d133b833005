"""Everything an adapter does, once, so that each of its actions is called."""

from __future__ import annotations

from tests.contract.bench import Bench
from tests.contract.cases import Case


def tell(bench: Bench, case: Case) -> None:
    """Discover, read, deploy, restore; and a first deployment and its undoing where there is one."""
    bench.adapter.regions()
    bench.slots()
    slot = bench.slot(case.slot)
    bench.adapter.read(slot)
    successor = bench.deploy(slot, "new")
    bench.adapter.restore(successor, bench.certificate(bench.name_of(slot.cert_identifier)))
    bench.settle(successor)
    if case.without_https:
        first = bench.deploy(bench.slot(case.without_https), "new")
        bench.adapter.restore(first, None)
        bench.settle(first)
    if case.also:
        case.also(bench)
