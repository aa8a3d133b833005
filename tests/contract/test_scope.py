"""Every slot of every product says where it is, so that the owner's regions bound it."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.domain.scope import Scope
from shared.products import default_products, supported_products
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, Case

P = CloudProduct
#: Served everywhere: the products alone bound them.
NOWHERE = {P.CDN, P.DCDN, P.ESA, P.GA, P.LIVE, P.VOD}
ELSEWHERE = Scope(supported_products(), regions=("cn-nowhere",), aws_regions=("us-nowhere",))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_in_no_region_of_the_owner_s_no_slot_is_written_but_those_that_are_nowhere(
    case: Case, server: Server
) -> None:
    slots = new_bench(server, case.product, case.estate, case.region).slots().values()

    assert slots
    within = {slot.slot for slot in slots if not ELSEWHERE.why_outside(slot)}
    assert within == ({slot.slot for slot in slots} if case.product in NOWHERE else set())


def test_the_regions_of_another_cloud_bound_its_slots(amazon: Bench) -> None:
    slots = list(amazon.slots().values())

    assert {slot.kind for slot in slots} >= {"acm", "listener"}
    assert all(ELSEWHERE.why_outside(slot) for slot in slots)
    here = Scope(supported_products(), regions=("cn-nowhere",), aws_regions=(amazon.region,))
    assert not any(here.why_outside(slot) for slot in slots)


def test_each_product_is_walked() -> None:
    assert {case.product for case in CASES} == set(default_products())
