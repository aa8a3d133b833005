"""Refusals whose likely cause is named, and where a product of several kinds is asked for which."""

from __future__ import annotations

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products import adapter_class
from shared.products.kit.changes import Change
from shared.products.kit.means import Means
from tests.contract.bench import new_bench
from tests.contract.cases import CASES, CERTIFICATES

ALB = next(case for case in CASES if case.name == "ALB-default")
HERE, ABROAD, THIRD = "cn-hangzhou", "ap-southeast-1", "eu-central-1"
HINT = "upload it to the CAS store ap-southeast-1, where this region looks it up"


@pytest.mark.parametrize(
    ("region", "store", "code", "told"),
    [
        (ABROAD, HERE, "ResourceNotFound.Certificate", HINT),
        (ABROAD, HERE, "CertificateNotFound", HINT),
        (ABROAD, HERE, "ResourceNotFound.Listener", "as it was"),
        (ABROAD, HERE, "Certificate.Expired", "as it was"),
        (ABROAD, ABROAD, "ResourceNotFound.Certificate", "as it was"),
        (HERE, HERE, "ResourceNotFound.Certificate", "as it was"),
        (THIRD, HERE, "ResourceNotFound.Certificate", HINT),
        (THIRD, THIRD, "ResourceNotFound.Certificate", "as it was"),
    ],
)
def test_a_certificate_of_the_other_store_is_told_as_the_likely_cause(
    server: Server, region: str, store: str, code: str, told: str
) -> None:
    bench = new_bench(server, ALB.product, ALB.estate, HERE)
    slot, adapter = bench.slot(ALB.slot), bench.adapter
    bench.cloud.faults.add(Fault("UpdateListenerAttribute", status=404, code=code, message="as it was"))
    new = bench.certificate("new").evolve(store=store)

    look = adapter.seen(slot, new)
    change = Change(slot.evolve(region=region), new)
    with pytest.raises(CloudRejectedError) as refused:
        adapter.advance([(change, look)])

    assert str(refused.value).startswith(f"UpdateListenerAttribute: {code}: {told} (RequestId ")
    assert not str(refused.value).endswith("(RequestId -)")


def test_a_product_that_is_global_looks_certificates_up_in_any_store(server: Server) -> None:
    case = next(case for case in CASES if case.name == "CDN")
    bench = new_bench(server, case.product, case.estate)
    bench.cloud.faults.add(Fault(case.writes, status=404, code="CertificateNotFound", message="as it was"))

    with pytest.raises(CloudRejectedError, match=r": CertificateNotFound: as it was \("):
        bench.adapter.deploy(bench.slot(case.slot), bench.certificate("new"))


def test_a_region_is_asked_for_the_kinds_that_are_there_and_all_regions_are_named(server: Server) -> None:
    """The cloud-native gateway has regions that no action lists; the traditional one has others."""
    estate = {"regions": [HERE, "cn-wuhan-lr"], "certificates": CERTIFICATES}
    bench = new_bench(server, CloudProduct.API_GATEWAY, estate, "eu-west-1")

    assert bench.slots() == {}

    called = {call.action for call in bench.cloud.calls}
    assert {"ListDomains", "ListGateways"} < called
    assert "DescribeApiGroups" not in called
    regions = bench.adapter.regions()
    assert regions == sorted(regions)
    assert {"cn-wuhan-lr", "eu-west-1"} < set(regions)


@pytest.mark.parametrize(
    ("product", "asked"),
    [
        (CloudProduct.ALB, "ListLoadBalancers"),
        (CloudProduct.NLB, "ListLoadBalancers"),
        (CloudProduct.SLB, "DescribeLoadBalancers"),
        (CloudProduct.WAF, "DescribeInstance"),
    ],
)
def test_where_there_is_nothing_that_holds_slots_nothing_more_is_asked(
    server: Server, product: CloudProduct, asked: str
) -> None:
    bench = new_bench(server, product, {"certificates": CERTIFICATES}, HERE)

    assert bench.slots() == {}
    assert [call.action for call in bench.cloud.calls] == [asked]


def test_without_a_catalogue_a_certificate_is_what_the_product_tells_of_it(server: Server) -> None:
    rows = [{"domain": "www.example.com", "certificate": "old"}]
    sections = {"ddos": rows, "live": rows, "pai": [{"name": "a", "region": HERE, "domains": rows}]}
    bench = new_bench(server, CloudProduct.DDOS, {"certificates": CERTIFICATES, **sections})
    sha256 = bench.estate.bundle("old", bench.cloud.clock()).sha256.lower()

    told = {
        product: [
            slot.cert_identifier for slot in adapter_class(product)(Means(bench.client)).discover(region)
        ]
        for product, region in ((CloudProduct.DDOS, HERE), (CloudProduct.LIVE, ""), (CloudProduct.PAI, HERE))
    }

    assert told == {
        CloudProduct.DDOS: [bench.estate.identifier("old")],
        CloudProduct.LIVE: [f"sha256:{sha256}"],
        CloudProduct.PAI: [bench.estate.identifier("old")],
    }


@pytest.mark.parametrize("name", ["ESA", "WAF"])
def test_kinds_that_are_within_the_same_things_are_found_one_by_one_as_well(
    server: Server, name: str
) -> None:
    case = next(case for case in CASES if case.name == name)
    bench = new_bench(server, case.product, case.estate, case.region)
    kinds = bench.adapter._by_kind  # type: ignore[attr-defined]

    alone = [slot.slot for kind in kinds.values() for slot in kind.discover(case.region)]

    assert sorted(alone) == sorted(slot.slot for slot in bench.adapter.discover(case.region))
