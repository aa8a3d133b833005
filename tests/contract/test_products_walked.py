"""Load balancers and their kin: whatever a field of an answer says, no slot is lost without a word."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import SlotRole
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES, CERTIFICATES
from tests.contract.otherwise import discovered, looked_at
from tests.contract.walk import INSTEAD

pytestmark = pytest.mark.ordinary_answers("each field is told otherwise by the test itself")

_HERE = {"region": "cn-hangzhou"}
_LISTENER: dict[str, Any] = {"port": 443, "default": "old", "additional": ["second"]}
_CLB = {
    "port": 443,
    "certificate": "old",
    "extensions": [{"domain": f"{name}.example.com", "certificate": "second"} for name in ("a", "b")],
}
_GA = {"port": 443, "default": "old", "additional": {"a.example.com": "second", "b.example.org": "other"}}
#: Two of everything; the first one is told otherwise.
ACCOUNTS: dict[str, dict[str, Any]] = {
    "ALB": {"alb": [{"name": name, **_HERE, "listeners": [_LISTENER]} for name in ("shop", "mail")]},
    "NLB": {"nlb": [{"name": name, **_HERE, "listeners": [_LISTENER]} for name in ("shop", "mail")]},
    "GA": {"ga": [{"name": name, "listeners": [_GA]} for name in ("shop", "mail")]},
    "SAE": {
        "sae": [
            {"name": "shop", **_HERE, "certificates": ["old", "second"]},
            {"name": "mail", **_HERE, "certificates": ["old"]},
            {"name": "inner", **_HERE, "balancer": "clb", "certificates": ["old"]},
        ]
    },
    "SLB": {"slb": [{"name": name, **_HERE, "listeners": [_CLB]} for name in ("shop", "mail")]},
}
#: Fields by which a slot is named: another word there is another slot's.
NAMES = ("LoadBalancerId", "AcceleratorId", "ListenerId", "Domain", "Id", "NamespaceId")
#: Fields that say by themselves that there is nothing (more), or that a slot is another's.
LEFT_OUT = {
    "ALB": {"LoadBalancers[]", "Listeners[]", "Certificates[]", "Certificates[].Status", "NextToken"},
}
LEFT_OUT["GA"] = {
    *("Accelerators[]", "Listeners[]", "Certificates[]", "NextToken", "TotalCount"),
}
LEFT_OUT["SAE"] = {
    *("Data", "Data[]", "Data[].RegionId", "Data.IngressList[]", "Data.TotalSize"),
    *("Data.IngressList[].CertIds", "Data.IngressList[].MseGatewayId"),
}
LEFT_OUT["SLB"] = {
    *("LoadBalancers", "LoadBalancers.LoadBalancer[]", "Listeners[]", "NextToken", "TotalCount"),
    *("DomainExtensions", "DomainExtensions.DomainExtension[]"),
}
LEFT_OUT["NLB"] = LEFT_OUT["ALB"]


@pytest.fixture(params=ACCOUNTS)
def bench(request: pytest.FixtureRequest, server: Server) -> Bench:
    case = next(case for case in CASES if case.product.value == request.param)
    estate = {"certificates": CERTIFICATES, **ACCOUNTS[request.param]}
    return new_bench(server, case.product, estate, case.region)


def test_a_field_that_is_told_otherwise_costs_no_slot_without_a_word(bench: Bench) -> None:
    slots = {slot.slot for slot in bench.slots().values()}
    seen = set()

    for told in discovered(bench):
        seen.add(told.how)
        lost = slots - told.slots
        another = told.path.rpartition(".")[2] in NAMES and told.how == "a new word"
        assert not lost or not told.silent or another or told.path in LEFT_OUT[bench.product.value], told

    assert seen == set(INSTEAD)


@pytest.mark.long
@pytest.mark.parametrize("default", [True, False])
def test_a_look_at_what_is_told_otherwise_ends_with_a_look_or_an_error_of_the_cloud(
    bench: Bench, default: bool
) -> None:
    slots = bench.slots().values()
    slot = next(slot for slot in slots if (slot.role is SlotRole.DEFAULT) is default)

    assert {told.how for told in looked_at(bench, slot, "new")} == set(INSTEAD)
