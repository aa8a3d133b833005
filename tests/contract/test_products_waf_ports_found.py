"""Which ports of cloud resources WAF tells: what cannot be read of them hides no others."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import UnreadableAnswerError
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases._waf_ports import CARRIED, ESTATE, SHOP

HERE = "cn-hangzhou"
PORTS = "DescribeCloudResourceAccessPortDetails"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.WAF, ESTATE, HERE)


@pytest.mark.parametrize(
    ("field", "value"), [("AppliedType", "odd"), ("AppliedType", "default"), ("CertificateId", "")]
)
def test_a_port_whose_list_cannot_be_sent_again_is_not_read_and_the_others_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, field: str, value: str
) -> None:
    def odd(answer: dict[str, Any]) -> None:
        for row in answer["AccessPortDetails"]:
            if row["CloudResourceId"] == f"{SHOP}-443-clb4":
                row["Certificates"][-1][field] = value

    change = Change(bench.slots()[f"{SHOP}:443/default"], bench.certificate("new"))
    edit(monkeypatch, bench.cloud, PORTS, odd)
    found = list(bench.adapter.found(HERE))

    with pytest.raises(UnreadableAnswerError, match=r"Certificates"):
        bench.adapter.look([change])
    (unread,) = [one for one in found if isinstance(one, Unread)]
    assert unread.what == f"{SHOP}-443-clb4"
    assert len(found) == len(CARRIED) - 3 + 1


def test_a_product_that_cannot_be_listed_does_not_hide_the_others(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("DescribeCloudResources", status=400, code="InvalidParameter", times=1))

    found = list(bench.adapter.found(HERE))

    assert [one.what for one in found if isinstance(one, Unread)] == ["ecs instances"]
    assert len(found) == len(CARRIED), "one slot of ECS is missing, and said to be"


@pytest.mark.ordinary_answers("an instance whose number of ports is not told is asked for them")
def test_an_instance_without_https_ports_is_not_asked_for_them(bench: Bench) -> None:
    bench.slots()

    asked = {call.params["ResourceInstanceId"] for call in bench.cloud.calls if call.action == PORTS}
    assert asked == {SHOP, "i-bp1bare", "nlb-mail"}


@pytest.mark.ordinary_answers("an instance whose number of ports is not told is asked for them")
def test_a_port_of_nlb_is_asked_for_without_its_product_which_the_list_does_not_take(bench: Bench) -> None:
    bench.slots()

    products = {
        call.params["ResourceInstanceId"]: call.params.get("ResourceProduct")
        for call in bench.cloud.calls
        if call.action == PORTS
    }
    assert products == {SHOP: "clb4", "i-bp1bare": "ecs", "nlb-mail": None}
