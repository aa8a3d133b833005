"""How much and how often a product is asked: pages as great as it gives, and no more calls than it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator.server import Server
from shared.errors import CloudRejectedError
from shared.products.kit.base import ProductAdapter
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import ANY, CASES, Case
from tests.contract.store import stored

ACCOUNTS = list({id(case.estate): case for case in reversed(CASES)}.values())


@pytest.fixture(params=ACCOUNTS, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(case: Case, server: Server) -> Bench:
    return new_bench(server, case.product, case.estate, case.region)


def parts(adapter: ProductAdapter) -> list[ProductAdapter]:
    return list(getattr(adapter, "_by_kind", {}).values()) or [adapter]


DECLARED = Path(__file__).parents[2] / "emulator" / "declarations"
#: Calls a second where none are published, by product or action.
GUESSED = {
    **{"ESA": 10, "WAF": 10, "AssociateWebCert": 10},
    **{"SetDcdnDomainSSLCertificate": 30, "SetVodDomainSSLCertificate": 30},
}


def test_a_page_is_as_great_as_the_product_gives(case: Case, bench: Bench) -> None:
    """And what else holds for all slots is not changed by one adapter for another: one class serves many."""
    for part in parts(bench.adapter.adapter):
        part.page_size = type(part).page_size
        for name in ("gone", "also_granted", "settable"):
            assert isinstance(getattr(part, name, frozenset()), frozenset), name
    assert bench.carried() == case.carried

    for part in parts(bench.adapter.adapter):
        part.page_size += 1
    if case.refuses_greater_pages:
        with pytest.raises(CloudRejectedError):
            bench.carried()


def test_no_action_is_called_more_often_than_the_product_takes(case: Case, bench: Bench) -> None:
    """What is documented, or careful. Others are paced alike, whatever the product."""
    for part in parts(bench.adapter.adapter):
        for action in part.actions.values():
            api = (action.api or part.api).code
            limit = bench.cloud.service(api.replace("-", "_")).limits.get(action.name)
            assert (limit or GUESSED.get(action.name) or GUESSED.get(case.name)) in (
                None,
                action.per_second,
            ), action.name


def test_every_action_is_declared_as_the_vendor_declares_it(case: Case, bench: Bench) -> None:
    """Another style would be sent all the same, and be told apart by nobody here."""
    for part in parts(bench.adapter.adapter):
        if part.api.code == "oss":  # which has a client of its own
            continue
        vendor = json.loads((DECLARED / f"{part.api.code}.json").read_text())
        assert (part.api.style, part.api.version) == (vendor["style"], vendor["version"])
        for action in part.actions.values():
            if (action.api or part.api) is part.api:
                declared = vendor["actions"][action.name]
                assert action.path == declared["path"]
                assert action.method in declared["method"].split("|")


#: What tells of one slot only if it is asked for it: by the action, what that is.
NARROW = {
    "APIGateway-cloud-native": ("ListDomains", {"nameLike": "www.example.com"}),
    "DDOS": ("DescribeWebRules", {"Domain": "www.example.com", "QueryDomainPattern": "exact"}),
    "ESA-hostname": ("ListCustomHostnames", {"Hostname": "a.example.com"}),
    "GA-default": ("ListAccelerators", {"AcceleratorId": "{instance}"}),
    "SLB-listener": ("DescribeServerCertificates", {"ServerCertificateId": ANY}),
}


@pytest.mark.parametrize("name", NARROW)
def test_a_question_about_one_slot_is_not_answered_by_all_of_them(server: Server, name: str) -> None:
    narrow = next(case for case in CASES if case.name == name)
    bench = new_bench(server, narrow.product, narrow.estate, narrow.region)
    slot, (action, wanted) = stored(bench, narrow), NARROW[name]
    bench.adapter = bench.adapter_with(seconds=10)  # which has been told nothing yet

    bench.adapter.read(slot)
    bench.adapter.settled(slot)

    asked = [call.params for call in bench.cloud.calls if call.action == action]
    assert asked
    for params in asked:
        for key, value in wanted.items():
            assert key in params
            assert value is ANY or params[key] == value.replace("{instance}", slot.instance_id)
