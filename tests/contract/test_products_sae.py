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
from tests.contract.bench import Bench, bench
from tests.contract.cases import ANY, CERT_ID, CERTIFICATES, IDENTIFIER
from tests.contract.cases.sae import CASES
from tests.contract.oracle import Sdk, filled, form, recording

SAE = CASES[0]


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.SAE, SAE.estate, SAE.region)


def lists(it: Bench) -> list[str]:
    """What was sent as CertIds, in turn."""
    names = {text: name for name, text in IDENTIFIER.items()}
    calls = (call for call in it.cloud.calls if call.action == "UpdateIngress")
    return [" ".join(names[text] for text in call.params["CertIds"].split(",")) for call in calls]


def test_the_other_entries_stay_where_they_are(it: Bench) -> None:
    it.deploy(it.slot("shop:443/additional/old"), "new")

    assert lists(it) == ["other new second"]


def test_entries_of_one_list_are_exchanged_one_after_the_other(it: Bench) -> None:
    first, second = it.slot("shop:443/additional/old"), it.slot("shop:443/additional/second")

    it.deploy(first, "new")
    it.deploy(second, "old")

    assert lists(it) == ["other new second", "other new old"]
    assert first.writer == second.writer


def test_a_certificate_that_is_in_the_list_already_is_not_there_twice(it: Bench) -> None:
    it.deploy(it.slot("shop:443/additional/old"), "second")

    assert lists(it) == ["other second"]


def test_an_entry_that_somebody_took_away_is_not_added(it: Bench) -> None:
    slot = it.slot("shop:443/additional/old")
    it.deploy(slot, "new")

    with pytest.raises(CloudRejectedError, match=r"carries .* no more"):
        it.adapter.restore(slot, it.certificate("second"))

    assert it.adapter.read(slot) is None


def test_a_rule_on_clb_takes_a_copy_of_its_region_s_store_once(it: Bench) -> None:
    slot = it.slot("mail:443/default")

    it.deploy(slot, "new")
    it.adapter.restore(slot, it.certificate("old"))
    it.deploy(slot, "new")

    [call] = [call for call in it.cloud.calls if call.action == "UploadServerCertificate"]
    assert call.params["AliCloudCertificateId"] == str(CERT_ID["new"])
    assert {"slb:DescribeServerCertificates"} < Adapter.granted(writes=False)
    assert {"slb:UploadServerCertificate"} < Adapter.granted(writes=True)


def met(it: Bench) -> dict[str, str]:
    """What a client that asks for www.example.com is served at each slot's address."""
    names = {it.estate.bundle(name, it.cloud.clock()).sha256: name for name in it.estate.certificates}
    return {
        label: names[found[0].sha256]
        for label, slot in it.slots().items()
        if (found := offered(it.cloud, slot.endpoint, "www.example.com") if slot.endpoint else None)
    }


def test_each_rule_is_met_at_its_load_balancer(it: Bench) -> None:
    slots = it.slots()
    at = {label: slot.endpoint.rpartition(":") for label, slot in slots.items()}

    assert at["shop:443/default"][0] == at["test:8443/default"][0], "one load balancer, two listeners"
    assert {label for label, address in at.items() if not address[0]} == {"spare:443/default"}, "internal"
    assert all(int(address[2]) == slots[label].port for label, address in at.items() if address[0])
    assert met(it) == {
        "shop:443/default": "old",
        "shop:443/additional/old": "old",
        "shop:443/additional/second": "old",
        "mail:443/default": "old",
        "test:8443/default": "old",
    }


@pytest.mark.parametrize("label", ["test:8443/default", "mail:443/default"])
def test_a_client_is_served_the_new_certificate_once_the_listener_has_settled(
    it: Bench, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    it.cloud.settle_s, now = 60, it.cloud.clock()
    monkeypatch.setattr(it.cloud, "clock", lambda: now)

    it.deploy(it.slot(label), "new")

    assert met(it)[label] == ("old" if label.startswith("test") else "new"), "CLB is changed at once"
    monkeypatch.setattr(it.cloud, "clock", lambda: now + timedelta(minutes=1))
    assert met(it)[label] == "new"


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
    it: Bench, product: CloudProduct, carried: dict[str, str]
) -> None:
    behind = Bench(it.cloud, it.client, it.estate, product, SAE.region)

    assert behind.carried() == carried
    kind = "alb" if product is CloudProduct.ALB else "clb"
    there = {(slot.instance_id, slot.port) for slot in behind.slots().values()}
    assert {(slot.instance_id, slot.port) for slot in it.slots().values() if slot.kind == kind} == there


def test_load_balancers_are_asked_for_once_in_as_few_calls_as_they_take(server: Server) -> None:
    rules = [{"name": f"a{n}", "certificates": ["old"]} for n in range(21)]
    rules += [{"name": f"c{n}", "balancer": "clb"} for n in range(11)]
    estate = {"certificates": CERTIFICATES, "sae": [{**rule, "region": SAE.region} for rule in rules]}
    it = bench(server, CloudProduct.SAE, estate, SAE.region)

    assert len({slot.instance_id for slot in it.slots().values() if slot.endpoint}) == 32
    assert it.count("ListLoadBalancers") == it.count("DescribeLoadBalancers") == 2


def test_where_no_rule_has_a_certificate_no_load_balancer_is_asked_for(server: Server) -> None:
    rules = [{"name": "plain", "protocol": "HTTP"}, {"name": "mse", "balancer": "mse"}]
    estate = {"sae": [{**rule, "region": SAE.region} for rule in rules]}
    it = bench(server, CloudProduct.SAE, estate, SAE.region)

    assert it.slots() == {}
    assert it.count("ListIngresses") == 1
    assert it.count("ListLoadBalancers") == it.count("DescribeLoadBalancers") == 0


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
    it: Bench, server: Server, monkeypatch: pytest.MonkeyPatch, action: str, package: str, row: dict[str, Any]
) -> None:
    sdk = Sdk(package, server)
    with recording(monkeypatch) as recorder:
        it.slots()
        [ours] = recorder.of(action)
        sdk.send(action, filled(row, ours))

    assert form(recorder.of(action)[1]) == form(ours)
    assert ours.header("x-emulator-host") == sdk.host(SAE.region)
    assert {f"{package[:3]}:{action}"} < Adapter.granted(writes=False)


def test_other_regions_of_the_account_are_asked_at_their_own_host(it: Bench) -> None:
    assert it.carried("cn-shanghai") == {"far:443/default": "old"}
    assert it.adapter.regions() == ["cn-hangzhou", "cn-shanghai"]


def test_a_refusal_under_http_200_is_a_refusal(it: Bench) -> None:
    gone = it.slot(SAE.slot).evolve(listener_id="7")

    with pytest.raises(CloudRejectedError, match=r"InvalidParameter\.WithMessage"):
        it.adapter.deploy(gone, it.certificate("new"))

    assert it.count("DescribeIngress", code="") == it.count("DescribeIngress") > 0, "HTTP told nothing"


def test_access_keys_of_namespaces_are_never_asked_for() -> None:
    assert "sae:DescribeNamespaces" not in Adapter.granted(writes=True)
