"""WAF alone: ids of two forms, sides without an instance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.waf.model import CIPHERS, Instance
from shared.domain.resources import CloudProduct, CloudResource
from shared.errors import CloudRejectedError
from shared.products.kit.changes import Carries, Change
from shared.products.kit.found import Unread
from shared.products.kit.settings import changed
from tests.contract.answers import edit, put, take_out
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERT_ID, CERTIFICATES
from tests.contract.cases.waf import CASES

CASE = CASES[0]
MAINLAND, ABROAD = "cn-hangzhou", "ap-southeast-1"
WWW, DEFAULT = "www.example.com", "WAF:443/default"
each_slot = pytest.mark.parametrize("label", [WWW, DEFAULT])


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.WAF, CASE.estate, CASE.region)


def account(server: Server, *rows: dict[str, Any]) -> Bench:
    return new_bench(server, CloudProduct.WAF, {"certificates": CERTIFICATES, "waf": list(rows)}, MAINLAND)


def instance(bench: Bench) -> Instance:
    found: Instance = bench.cloud.service("waf_openapi").instances[MAINLAND]
    return found


@each_slot
def test_a_bare_number_is_the_certificate_that_bears_it(
    bench: Bench, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = bench.cloud.service("waf_openapi")
    detail, default = service.DescribeDomainDetail, service.DescribeDefaultHttps

    def bare(held: dict[str, Any]) -> dict[str, Any]:
        return held | ({"CertId": held["CertId"].partition("-")[0]} if "CertId" in held else {})

    monkeypatch.setattr(
        service, "DescribeDomainDetail", lambda call: (a := detail(call)) | {"Listen": bare(a["Listen"])}
    )
    monkeypatch.setattr(
        service, "DescribeDefaultHttps", lambda call: {"DefaultHttps": bare(default(call)["DefaultHttps"])}
    )
    assert bench.carried() == CASE.carried

    bench.deploy(bench.slot(label), "new")

    assert bench.carried() == {**CASE.carried, label: "new"}


def test_a_side_without_an_instance_has_no_slots(server: Server) -> None:
    bench = account(server, {"status": "released", "domains": [{"domain": WWW, "certificate": "old"}]})

    assert bench.carried(MAINLAND) == bench.carried(ABROAD) == {}
    assert bench.count("DescribeInstance", code="") == bench.count("DescribeInstance")
    assert bench.count("DescribeDomains") == 0


def test_each_side_has_an_instance_of_its_own(bench: Bench) -> None:
    bench.deploy(bench.slot(WWW), "new")

    assert bench.carried(ABROAD) == {WWW: "old", DEFAULT: ""}


def test_a_domain_settles_only_when_both_its_certificates_agree(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, slot = bench.cloud.service("waf_openapi"), bench.slot(WWW)
    detail = service.DescribeDomainDetail
    assert bench.adapter.settled(slot)

    other = {"CertDetail": {"Id": f"{CERT_ID['new']}-{MAINLAND}"}}
    monkeypatch.setattr(service, "DescribeDomainDetail", lambda call: detail(call) | other)

    assert not bench.adapter.settled(slot)


@pytest.mark.parametrize(
    "text",
    [
        ":".join(CIPHERS),
        ",".join(CIPHERS),
        ", ".join(CIPHERS),
        f'["{CIPHERS[0]}","{CIPHERS[1]}"]',
    ],
)
def test_ciphers_told_as_one_text_are_sent_as_a_list(
    bench: Bench, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = bench.cloud.service("waf_openapi")
    answer = service.DescribeDefaultHttps
    monkeypatch.setattr(
        service,
        "DescribeDefaultHttps",
        lambda call: {"DefaultHttps": answer(call)["DefaultHttps"] | {"CustomCiphers": text}},
    )

    bench.deploy(bench.slot(DEFAULT), "new")

    assert instance(bench).default_tls["CustomCiphers"] == list(CIPHERS)


def test_a_cipher_suite_that_is_no_number_is_not_sent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    service = bench.cloud.service("waf_openapi")
    answer = service.DescribeDefaultHttps
    monkeypatch.setattr(
        service,
        "DescribeDefaultHttps",
        lambda call: {"DefaultHttps": answer(call)["DefaultHttps"] | {"CipherSuite": "²"}},
    )

    with pytest.raises(CloudRejectedError, match="CipherSuiteUnknown"):
        bench.deploy(bench.slot(DEFAULT), "new")


def test_a_domain_is_met_at_its_own_port_and_a_nameless_client_gets_the_default(bench: Bench) -> None:
    slots: dict[str, CloudResource] = bench.slots()
    endpoint = slots["*.example.com"].endpoint
    service = bench.cloud.service("waf_openapi")

    assert endpoint.endswith((":8443", ":443")), "the order of the ports says nothing"
    assert service.served(endpoint, "any.example.com") != service.served(endpoint, "")
    assert slots[DEFAULT].endpoint == ""


def test_until_a_change_is_through_the_list_tells_so_of_many_domains(bench: Bench) -> None:
    bench.adapter.adapter._by_kind["domain"].page_size = 50
    slots = bench.slots()
    bench.deploy(slots[WWW], "new")
    bench.cloud.settle_s = 0.2
    bench.cloud.calls.clear()

    bench.deploy(slots["shop.example.com"], "new")

    assert bench.count("DescribeDomains") > 1
    assert bench.count("DescribeDomainDetail") == 2
    assert bench.count("DescribeInstance") == 0


def test_the_first_look_after_a_write_asks_nothing_since_a_change_takes_seconds(bench: Bench) -> None:
    change = Change(bench.slot(WWW), bench.certificate("new"))
    (before,) = bench.adapter.look([change])
    bench.adapter.advance([(change, before)])
    (asked,) = bench.adapter.look([change])  # as before a rollback
    bench.cloud.calls.clear()

    (early,) = bench.adapter.look([replace(change, begun=True)])

    assert (asked.carries, asked.settled) == (Carries.WANTED, False)
    assert (early.carries, early.settled) == (Carries.BETWEEN, False)
    assert list(bench.cloud.calls) == []
    bench.settle(change.resource)
    assert bench.carried()[WWW] == "new"


def test_headers_that_the_origin_may_know_waf_by_are_not_told_with_the_settings(bench: Bench) -> None:
    change = Change(bench.slot(WWW), bench.certificate("new"))

    (look,) = bench.adapter.look([change])

    assert "X-From-Waf" not in str(look.settings)
    instance(bench).domains[0].redirect["RequestHeaders"] = [{"Key": "X-From-Waf", "Value": "2"}]
    (after,) = bench.adapter.look([change])
    assert list(changed(look.settings, after.settings)) == ["Redirect.RequestHeaders"]


EMPTY: list[dict[str, Any]] = [{}, {"RequestId": "R-1"}, {"Domain": "", "Listen": {}, "Redirect": None}]


@pytest.mark.parametrize("empty", EMPTY)
def test_a_detail_without_fields_is_a_domain_that_is_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, empty: dict[str, Any]
) -> None:
    slot = bench.slot(WWW)
    service = bench.cloud.service("waf_openapi")
    detail = service.DescribeDomainDetail
    monkeypatch.setattr(
        service, "DescribeDomainDetail", lambda call: empty if call.params["Domain"] == WWW else detail(call)
    )

    assert bench.adapter.look([Change(slot, bench.certificate("new"))]) == [None]
    found = list(bench.adapter.found(MAINLAND))

    (unread,) = [one for one in found if isinstance(one, Unread)]
    assert unread.what == WWW, "the list has it, so its row is kept"
    assert len(found) == len(CASE.carried)


def test_an_instance_that_is_not_valid_has_no_domains_any_more(bench: Bench) -> None:
    slot = bench.slot(WWW)
    bench.cloud.faults.add(Fault("DescribeDomainDetail", status=400, code="Waf.Instance.ValidFaild"))

    assert bench.adapter.look([Change(slot, bench.certificate("new"))]) == [None]


def test_a_list_that_does_not_tell_ports_leaves_it_to_the_detail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        monkeypatch, bench.cloud, "DescribeDomains", lambda answer: take_out(answer, "Domains[].ListenPorts")
    )

    assert bench.carried() == CASE.carried


@pytest.mark.parametrize(("status", "settled"), [(1, True), (2, False), (3, False), (5, True), (None, False)])
def test_a_domain_settles_in_a_state_that_is_known_only(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int | None, settled: bool
) -> None:
    slot = bench.slot(WWW)
    edit(monkeypatch, bench.cloud, "DescribeDomainDetail", lambda answer: put(answer, "Status", status))

    (look,) = bench.adapter.look([Change(slot, bench.certificate("new"))])

    assert look.settled is settled


def test_settings_that_nobody_can_set_and_the_order_of_lists_are_not_compared(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(monkeypatch, bench.cloud, "DescribeDomainDetail", lambda answer: None)
    change = Change(bench.slot("*.example.com"), bench.certificate("new"))
    (before,) = bench.adapter.look([change])

    def moved(answer: dict[str, Any]) -> None:
        listen, redirect = answer["Listen"], answer["Redirect"]
        listen["GmtModified"] = redirect["UpdateTime"] = 5
        for name in ("HttpPorts", "HttpsPorts", "XffHeaders", "CustomCiphers"):
            listen[name] = list(reversed(listen.get(name) or []))
        redirect["Backends"] = list(reversed(redirect["Backends"]))

    edit(monkeypatch, bench.cloud, "DescribeDomainDetail", moved)
    (after,) = bench.adapter.look([change])
    assert changed(before.settings, after.settings) == {}

    edit(monkeypatch, bench.cloud, "DescribeDomainDetail", lambda a: put(a, "Listen.Http2Enabled", "odd"))
    (after,) = bench.adapter.look([change])
    assert list(changed(before.settings, after.settings)) == ["Listen.Http2Enabled"]
