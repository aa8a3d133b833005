"""SAE alone: a list that is replaced as a whole, envelopes that hide refusals, and what is never called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emulator.edge import offered
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.sae.adapter import Adapter
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import ANY, CERT_ID, CERTIFICATES, IDENTIFIER
from tests.contract.cases.sae import CASES
from tests.contract.oracle import Sdk, filled, form, recording

SAE = CASES[0]


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.SAE, SAE.estate, SAE.region)


def lists(bench: Bench) -> list[str]:
    """What was sent as CertIds, in turn."""
    names = {text: name for name, text in IDENTIFIER.items()}
    calls = (call for call in bench.cloud.calls if call.action == "UpdateIngress")
    return [" ".join(names[text] for text in call.params["CertIds"].split(",")) for call in calls]


def test_the_other_entries_stay_where_they_are(bench: Bench) -> None:
    bench.deploy(bench.slot("shop:443/additional/old"), "new")

    assert lists(bench) == ["other new second"]


def test_entries_of_one_list_are_exchanged_one_after_the_other(bench: Bench) -> None:
    first, second = bench.slot("shop:443/additional/old"), bench.slot("shop:443/additional/second")

    bench.deploy(first, "new")
    bench.deploy(second, "old")

    assert lists(bench) == ["other new second", "other new old"]
    assert first.writer == second.writer


def test_a_certificate_that_is_in_the_list_already_is_not_there_twice(bench: Bench) -> None:
    bench.deploy(bench.slot("shop:443/additional/old"), "second")

    assert lists(bench) == ["other second"]


def test_an_entry_that_somebody_took_away_is_not_added(bench: Bench) -> None:
    slot = bench.slot("shop:443/additional/old")
    bench.deploy(slot, "new")

    with pytest.raises(CloudRejectedError, match="is gone"):
        bench.adapter.restore(slot, bench.certificate("other-too"))

    assert bench.adapter.read(slot) is None
    assert lists(bench) == ["other new second"]


def test_a_rule_on_clb_takes_a_copy_of_its_region_s_store_once(bench: Bench) -> None:
    slot = bench.slot("mail:443/default")

    successor = bench.deploy(slot, "new")
    bench.adapter.restore(successor, bench.certificate("old"))
    bench.deploy(slot, "new")

    [call] = [call for call in bench.cloud.calls if call.action == "UploadServerCertificate"]
    assert call.params["AliCloudCertificateId"] == str(CERT_ID["new"])
    assert {"slb:DescribeServerCertificates"} < Adapter.granted(writes=False)
    assert {"slb:UploadServerCertificate"} < Adapter.granted(writes=True)


def met(bench: Bench) -> dict[str, str]:
    """What a client that asks for www.example.com is served at each slot's address."""
    names = {
        bench.estate.bundle(name, bench.cloud.clock()).sha256: name for name in bench.estate.certificates
    }
    return {
        label: names[found[0].sha256]
        for label, slot in bench.slots().items()
        if (found := offered(bench.cloud, slot.endpoint, "www.example.com") if slot.endpoint else None)
    }


def test_each_rule_is_met_at_its_load_balancer(bench: Bench) -> None:
    slots = bench.slots()
    at = {label: slot.endpoint.rpartition(":") for label, slot in slots.items()}

    assert at["shop:443/default"][0] == at["test:8443/default"][0], "one load balancer, two listeners"
    assert {label for label, address in at.items() if not address[0]} == {"spare:443/default"}, "internal"
    assert all(int(address[2]) == slots[label].port for label, address in at.items() if address[0])
    assert met(bench) == {
        "shop:443/default": "old",
        "shop:443/additional/old": "old",
        "shop:443/additional/second": "old",
        "mail:443/default": "old",
        "test:8443/default": "old",
    }


@pytest.mark.parametrize("label", ["test:8443/default", "mail:443/default"])
def test_a_client_is_served_the_new_certificate_once_the_listener_has_settled(
    bench: Bench, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.cloud.settle_s, now = 60, bench.cloud.clock()
    monkeypatch.setattr(bench.cloud, "clock", lambda: now)

    bench.deploy(bench.slot(label), "new")

    assert met(bench)[label] == ("old" if label.startswith("test") else "new"), "CLB is changed at once"
    monkeypatch.setattr(bench.cloud, "clock", lambda: now + timedelta(minutes=1))
    assert met(bench)[label] == "new"


@pytest.mark.parametrize(
    ("product", "carried"),
    [
        (
            CloudProduct.ALB,
            {
                "shared:443/default": "other",
                "shared:443/additional/old": "old",
                "shared:443/additional/second": "second",
                "shared:8443/default": "old",
            },
        ),
        (
            CloudProduct.SLB,
            {"inner:443/default": "other", "sae-mail:443/default": "old", "sae-bare:443/default": ""},
        ),
    ],
)
def test_the_rules_are_on_listeners_that_the_balancer_s_own_product_shows(
    bench: Bench, product: CloudProduct, carried: dict[str, str]
) -> None:
    behind = Bench(bench.cloud, bench.client, bench.estate, product, SAE.region)

    assert behind.carried() == carried
    kind = "alb" if product is CloudProduct.ALB else "clb"
    there = {(slot.instance_id, slot.port) for slot in behind.slots().values()}
    assert {(slot.instance_id, slot.port) for slot in bench.slots().values() if slot.kind == kind} == there


def test_load_balancers_are_asked_for_once_in_as_few_calls_as_they_take(server: Server) -> None:
    rules = [{"name": f"a{n}", "certificates": ["old"]} for n in range(21)]
    rules += [{"name": f"c{n}", "balancer": "clb"} for n in range(11)]
    estate = {"certificates": CERTIFICATES, "sae": [{**rule, "region": SAE.region} for rule in rules]}
    bench = new_bench(server, CloudProduct.SAE, estate, SAE.region)

    assert len({slot.instance_id for slot in bench.slots().values() if slot.endpoint}) == 32
    assert bench.count("ListLoadBalancers") == bench.count("DescribeLoadBalancers") == 2


@pytest.mark.ordinary_answers("calls are counted, and a total that is off costs a further one")
def test_where_no_rule_has_a_certificate_no_load_balancer_is_asked_for(server: Server) -> None:
    rules = [{"name": "plain", "protocol": "HTTP"}, {"name": "mse", "balancer": "mse"}]
    estate = {"sae": [{**rule, "region": SAE.region} for rule in rules]}
    bench = new_bench(server, CloudProduct.SAE, estate, SAE.region)

    assert bench.slots() == {}
    assert bench.count("ListIngresses") == 2, "a full page, and the end"
    assert bench.count("ListLoadBalancers") == bench.count("DescribeLoadBalancers") == 0


@pytest.mark.parametrize(
    ("action", "package", "row"),
    [
        ("ListLoadBalancers", "alb20200616", {"LoadBalancerIds": ANY, "MaxResults": 20}),
        (
            "DescribeLoadBalancers",
            "slb20140515",
            {"RegionId": SAE.region, "LoadBalancerId": ANY, "PageNumber": 1, "PageSize": 10},
        ),
    ],
)
def test_load_balancers_are_asked_for_as_the_sdk_asks(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    package: str,
    row: dict[str, Any],
) -> None:
    sdk = Sdk(package, server)
    bench = new_bench(server, CloudProduct.SAE, SAE.estate, SAE.region, roles=False)
    with recording(monkeypatch) as recorder:
        bench.slots()
        [ours] = recorder.of(action)
        sdk.send(action, filled(row, ours))

    assert form(recorder.of(action)[1]) == form(ours)
    assert ours.header("x-emulator-host") == sdk.host(SAE.region)
    assert {f"{package[:3]}:{action}"} < Adapter.granted(writes=False)


def test_other_regions_of_the_account_are_asked_at_their_own_host(bench: Bench) -> None:
    assert bench.carried("cn-shanghai") == {"far:443/default": "old"}
    assert sorted(bench.adapter.regions()) == ["cn-hangzhou", "cn-shanghai"]


def test_a_refusal_under_http_200_is_a_refusal(bench: Bench) -> None:
    gone = bench.slot(SAE.slot).evolve(listener_id="7")

    with pytest.raises(CloudRejectedError, match="is gone"):
        bench.adapter.deploy(gone, bench.certificate("new"))

    assert bench.count("DescribeIngress", code="") == bench.count("DescribeIngress") > 0, "HTTP told nothing"
    assert bench.count("UpdateIngress") == 0


def test_access_keys_of_namespaces_are_never_asked_for() -> None:
    assert "sae:DescribeNamespaces" not in Adapter.granted(writes=True)
