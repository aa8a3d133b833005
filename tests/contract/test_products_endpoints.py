"""Where a slot is met, by what discovery says: there the emulated edge serves the certificate it carries."""

from __future__ import annotations

import pytest

from emulator.edge import offered
from emulator.server import Server
from tests.contract.bench import new_bench
from tests.contract.cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_slot_is_met_where_its_certificate_is_served(case: Case, server: Server) -> None:
    bench = new_bench(server, case.product, case.estate, case.region)
    slot, carried = bench.slot(case.slot), case.carried[case.slot]
    leaf = bench.estate.bundle(carried, bench.cloud.clock()).sha256

    name = next(iter(slot.server_names or slot.domains), "").replace("*", "any")
    served = offered(bench.cloud, slot.endpoint, name.lstrip(".")) or ()

    assert bool(slot.endpoint) == case.met
    assert (leaf in [bundle.sha256 for bundle in served]) == case.met
