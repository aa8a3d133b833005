"""GA alone: a lock over the whole accelerator, exchange by domain, and settings that might be lost."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError, NotYetEffectiveError
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.products.kit.settings import changed
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.ga import CASES, ESTATE

UPDATE = "UpdateListener"
EXCHANGE = "UpdateAdditionalCertificateWithListener"
SETTINGS = {
    "Description": "the shop",
    "ProxyProtocol": True,
    "SecurityPolicyId": "tls_cipher_policy_1_2",
    "XForwardedForConfig": {"XRealIpEnabled": True, "XForwardedForProtoEnabled": True},
}


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.GA, ESTATE)


def a_bench(server: Server, **accelerator: Any) -> Bench:
    """An account with one accelerator, `shop`."""
    row = {"name": "shop", "listeners": [{"port": 443, "default": "old"}], **accelerator}
    return new_bench(server, CloudProduct.GA, {"certificates": CERTIFICATES, "ga": [row]})


def a_listener(server: Server, *resets: str, **more: Any) -> Bench:
    listener = {"port": 443, "default": "old", "settings": SETTINGS, "resets": list(resets), **more}
    return a_bench(server, listeners=[listener])


def settings(bench: Bench, slot: CloudResource) -> dict[str, Any]:
    params = {"ListenerId": slot.listener_id, "RegionId": "cn-hangzhou"}
    answer = bench.client.call(bench.adapter.api, bench.adapter.actions["DescribeListener"], params)
    return {name: answer[name] for name in SETTINGS}


@pytest.mark.parametrize("resets", [(), ("ProxyProtocol", "XForwardedForConfig")])
def test_settings_that_an_update_may_reset_are_sent_with_it(server: Server, resets: tuple[str, ...]) -> None:
    bench = a_listener(server, *resets)
    slot = bench.slot("shop:443/default")
    before = settings(bench, slot)

    bench.deploy(slot, "new")

    assert changed(before, settings(bench, slot)) == {}
    assert bench.count(UPDATE) == 1


def test_a_default_whose_answer_was_lost_is_read_back_before_anything_else(bench: Bench) -> None:
    slot = bench.slot("shop:443/default")
    bench.cloud.faults.add(Fault(UPDATE, when="after"))

    bench.deploy(slot, "new")

    assert bench.count(UPDATE) == 1


def test_an_accelerator_has_one_writer(bench: Bench) -> None:
    writers = {label.partition(":")[0]: slot.writer for label, slot in bench.slots().items()}

    assert len(set(writers.values())) == 2
    assert len({slot.writer for slot in bench.slots().values()}) == 2


@pytest.mark.parametrize("label", ["shop:444/default", "shop:444/additional/second"])
def test_a_change_of_another_listener_of_the_accelerator_is_waited_for(bench: Bench, label: str) -> None:
    other, slot = bench.slot("shop:443/additional/second"), bench.slot(label)
    bench.adapter.deploy(other, bench.certificate("new"))

    bench.adapter.deploy(slot, bench.certificate("new"))

    assert {call.code for call in bench.cloud.calls} == {""}, "a call met the locked accelerator"


def test_an_accelerator_that_stays_locked_is_not_yet_effective(bench: Bench) -> None:
    bench.cloud.settle_s = 30
    bench.adapter.started(bench.slot("shop:443/additional/second"), bench.certificate("new"))

    with pytest.raises(NotYetEffectiveError, match="busy"):
        bench.adapter_with(seconds=0.05).deploy(bench.slot("shop:444/default"), bench.certificate("new"))

    assert bench.count(UPDATE) == 0


def test_a_lock_that_another_took_meanwhile_is_tried_again(bench: Bench) -> None:
    bench.cloud.faults.add(Fault(EXCHANGE, status=400, code="StateError.Accelerator", times=2))

    bench.deploy(bench.slot("shop:443/additional/second"), "new")

    assert bench.count(EXCHANGE) == 3


def test_a_domains_certificate_is_for_this_domain_whatever_else_it_covers(bench: Bench) -> None:
    slots = bench.slots()

    assert slots["shop:443/additional/second"].domains == ("pay.example.com",)
    assert not slots["shop:443/additional/second"].domains_of_certificate
    assert slots["shop:443/default"].domains_of_certificate


def test_both_styles_of_paging_are_read_to_the_end(bench: Bench) -> None:
    assert bench.carried() == CASES[0].carried

    numbers = [call.params["PageNumber"] for call in bench.cloud.calls if call.action == "ListAccelerators"]
    tokens = [call.params.get("NextToken") for call in bench.cloud.calls if "MaxResults" in call.params]
    assert numbers in ([1, 2], [1, 2, 3]), "a total that is off costs one"
    assert any(tokens), "no listener had a second page of certificates"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"RegionId": "cn-beijing"}, "IllegalParameter.RegionId"), ({"Protocol": "HTTPS"}, "Protocol")],
)
def test_the_emulator_takes_one_region_and_protocols_in_lower_case(
    bench: Bench, changes: dict[str, str], code: str
) -> None:
    slot = bench.slots()["shop:443/default"]
    params = {"RegionId": "cn-hangzhou", "AcceleratorId": slot.instance_id, "Protocol": "https", **changes}

    with pytest.raises(CloudRejectedError, match=code):
        bench.client.call(bench.adapter.api, bench.adapter.actions["ListListeners"], params)


@pytest.mark.parametrize("name", ["BackendPorts", "Name", "PortRanges"])
def test_what_else_of_a_listener_was_lost_is_sent_when_the_certificate_goes_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The emulated listener loses none of these, so it only says so."""
    slot, value = bench.slot("shop:443/default"), [{"FromPort": 443, "ToPort": 443}]

    def change(answer: dict[str, Any]) -> None:
        answer[name] = "the shop" if name == "Name" else value
        answer["Certificates"] = [*answer["Certificates"], {"Id": "7-cn-hangzhou"}]
        if bench.count(UPDATE) == 1:
            del answer[name]

    edit(monkeypatch, bench.cloud, "DescribeListener", change)
    with pytest.raises(CloudRejectedError, match="SettingsLost"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    first, second = (call.params for call in bench.cloud.calls if call.action == UPDATE)
    assert name not in first
    assert second[name] == ("the shop" if name == "Name" else value)
    assert second["Certificates"] == [{"Id": bench.estate.identifier("old")}]


def test_a_listener_is_met_at_its_first_port(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = set(bench.slots())
    more = {"FromPort": 9, "ToPort": 9}
    edit(
        monkeypatch,
        bench.cloud,
        "ListListeners",
        lambda answer: [row["PortRanges"].append(more) for row in answer["Listeners"]],
    )

    assert set(bench.slots()) == labels


def test_another_accelerator_that_is_busy_is_not_waited_for(bench: Bench) -> None:
    bench.cloud.settle_s = 30
    shop, mail = bench.slot("shop:443/additional/second"), bench.slot("mail:443/default")

    bench.adapter.started(shop, bench.certificate("new"))

    assert bench.adapter.settled(mail)
    assert not bench.adapter.settled(shop)


def test_settings_that_an_update_may_reset_are_sent_when_the_certificate_goes_back_too(
    server: Server,
) -> None:
    bench = a_listener(server, "ProxyProtocol", "XForwardedForConfig")
    slot = bench.slot("shop:443/default")
    before = settings(bench, slot)
    bench.cloud.service("ga").forgets = ("IdleTimeout",)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .*IdleTimeout: .* and so were they"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert changed(before, settings(bench, slot)) == {}


def test_a_certificate_that_cas_does_not_have_any_more_goes_back_by_its_id(bench: Bench) -> None:
    slot = bench.slot("shop:443/default")
    bench.cloud.service("ga").forgets = ("IdleTimeout",)
    bench.adapter.adapter._catalogue = NO_CATALOGUE

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* was put back, and so were they"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried()["shop:443/default"] == "old"
