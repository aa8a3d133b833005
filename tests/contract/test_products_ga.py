"""GA alone: a lock over the whole accelerator, exchange by domain, and settings that might be lost."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError, CloudUnavailableError, NotYetEffectiveError
from tests.contract.answers import edit
from tests.contract.bench import Bench, bench
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
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.GA, ESTATE)


def a_bench(server: Server, **accelerator: Any) -> Bench:
    """An account with one accelerator, `shop`."""
    row = {"name": "shop", "listeners": [{"port": 443, "default": "old"}], **accelerator}
    return bench(server, CloudProduct.GA, {"certificates": CERTIFICATES, "ga": [row]})


def a_listener(server: Server, *resets: str, **more: Any) -> Bench:
    listener = {"port": 443, "default": "old", "settings": SETTINGS, "resets": list(resets), **more}
    return a_bench(server, listeners=[listener])


def settings(it: Bench, slot: CloudResource) -> dict[str, Any]:
    params = {"ListenerId": slot.listener_id, "RegionId": "cn-hangzhou"}
    answer = it.client.call(it.adapter.api, it.adapter.actions["DescribeListener"], params)
    return {name: answer[name] for name in SETTINGS}


@pytest.mark.parametrize("resets", [(), ("ProxyProtocol", "XForwardedForConfig")])
def test_settings_that_an_update_may_reset_are_sent_with_it(server: Server, resets: tuple[str, ...]) -> None:
    it = a_listener(server, *resets)
    slot = it.slot("shop:443/default")
    before = settings(it, slot)

    it.deploy(slot, "new")

    assert settings(it, slot) == before
    assert it.count(UPDATE) == 1


def test_a_default_whose_answer_was_lost_is_read_back_before_anything_else(it: Bench) -> None:
    slot = it.slot("shop:443/default")
    it.cloud.faults.add(Fault(UPDATE, when="after"))

    with pytest.raises(CloudUnavailableError):
        it.adapter.deploy(slot, it.certificate("new"))
    it.deploy(slot, "new")

    assert it.count(UPDATE) == 1


def test_an_accelerator_has_one_writer(it: Bench) -> None:
    writers = {label.partition(":")[0]: slot.writer for label, slot in it.slots().items()}

    assert len(set(writers.values())) == 2
    assert len({slot.writer for slot in it.slots().values()}) == 2


@pytest.mark.parametrize("label", ["shop:444/default", "shop:444/additional/second"])
def test_a_change_of_another_listener_of_the_accelerator_is_waited_for(it: Bench, label: str) -> None:
    other, slot = it.slot("shop:443/additional/second"), it.slot(label)
    it.adapter.deploy(other, it.certificate("new"))

    it.adapter.deploy(slot, it.certificate("new"))

    assert {call.code for call in it.cloud.calls} == {""}, "a call met the locked accelerator"


def test_an_accelerator_that_stays_locked_is_not_yet_effective(it: Bench) -> None:
    it.cloud.settle_s = 30
    it.adapter.deploy(it.slot("shop:443/additional/second"), it.certificate("new"))

    with pytest.raises(NotYetEffectiveError, match="busy"):
        it.adapter_with(seconds=0.05).deploy(it.slot("shop:444/default"), it.certificate("new"))

    assert it.count(UPDATE) == 0


def test_a_lock_that_another_took_meanwhile_is_tried_again(it: Bench) -> None:
    it.cloud.faults.add(Fault(EXCHANGE, status=400, code="StateError.Accelerator", times=2))

    it.deploy(it.slot("shop:443/additional/second"), "new")

    assert it.count(EXCHANGE) == 3


def test_a_domains_certificate_is_for_this_domain_whatever_else_it_covers(it: Bench) -> None:
    slots = it.slots()

    assert slots["shop:443/additional/second"].domains == ("pay.example.com",)
    assert not slots["shop:443/additional/second"].domains_of_certificate
    assert slots["shop:443/default"].domains_of_certificate


def test_both_styles_of_paging_are_read_to_the_end(it: Bench) -> None:
    assert it.carried() == CASES[0].carried

    numbers = [call.params["PageNumber"] for call in it.cloud.calls if call.action == "ListAccelerators"]
    tokens = [call.params.get("NextToken") for call in it.cloud.calls if "MaxResults" in call.params]
    assert numbers == [1, 2]
    assert any(tokens), "no listener had a second page of certificates"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"RegionId": "cn-beijing"}, "IllegalParameter.RegionId"), ({"Protocol": "HTTPS"}, "Protocol")],
)
def test_the_emulator_takes_one_region_and_protocols_in_lower_case(
    it: Bench, changes: dict[str, str], code: str
) -> None:
    slot = it.slots()["shop:443/default"]
    params = {"RegionId": "cn-hangzhou", "AcceleratorId": slot.instance_id, "Protocol": "https", **changes}

    with pytest.raises(CloudRejectedError, match=code):
        it.client.call(it.adapter.api, it.adapter.actions["ListListeners"], params)


@pytest.mark.parametrize("name", ["BackendPorts", "Name", "PortRanges"])
def test_what_else_of_a_listener_was_lost_is_sent_when_the_certificate_goes_back(
    it: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The emulated listener loses none of these, so it only says so."""
    slot, value = it.slot("shop:443/default"), [{"FromPort": 443, "ToPort": 443}]

    def change(answer: dict[str, Any]) -> None:
        answer[name] = "the shop" if name == "Name" else value
        answer["Certificates"] = [*answer["Certificates"], {"Id": "7-cn-hangzhou"}]
        if it.count(UPDATE) == 1:
            del answer[name]

    edit(monkeypatch, it.cloud, "DescribeListener", change)
    with pytest.raises(CloudRejectedError, match="SettingsLost"):
        it.adapter.deploy(slot, it.certificate("new"))

    first, second = (call.params for call in it.cloud.calls if call.action == UPDATE)
    assert name not in first
    assert second[name] == ("the shop" if name == "Name" else value)
    assert second["Certificates"] == [{"Id": it.estate.identifier("old")}]


def test_a_listener_is_met_at_its_first_port(it: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = set(it.slots())
    more = {"FromPort": 9, "ToPort": 9}
    edit(
        monkeypatch,
        it.cloud,
        "ListListeners",
        lambda answer: [row["PortRanges"].append(more) for row in answer["Listeners"]],
    )

    assert set(it.slots()) == labels


def test_another_accelerator_that_is_busy_is_not_waited_for(it: Bench) -> None:
    it.cloud.settle_s = 30
    shop, mail = it.slot("shop:443/additional/second"), it.slot("mail:443/default")

    it.adapter.deploy(shop, it.certificate("new"))

    assert it.adapter.settled(mail)
    assert not it.adapter.settled(shop)
