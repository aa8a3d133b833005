"""WAF alone: ids of two forms, sides without an instance."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from emulator.services.waf.model import CIPHERS, Instance
from shared.domain.resources import CloudProduct, CloudResource
from tests.contract.bench import Bench, bench
from tests.contract.cases import CERT_ID, CERTIFICATES
from tests.contract.cases.waf import CASES

CASE = CASES[0]
MAINLAND, ABROAD = "cn-hangzhou", "ap-southeast-1"
WWW, DEFAULT = "www.example.com", "WAF:443/default"
each_slot = pytest.mark.parametrize("label", [WWW, DEFAULT])


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.WAF, CASE.estate, CASE.region)


def account(server: Server, *rows: dict[str, Any]) -> Bench:
    return bench(server, CloudProduct.WAF, {"certificates": CERTIFICATES, "waf": list(rows)}, MAINLAND)


def instance(it: Bench) -> Instance:
    found: Instance = it.cloud.service("waf_openapi")._instances[MAINLAND]
    return found


@each_slot
def test_a_bare_number_is_the_certificate_that_bears_it(
    it: Bench, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = it.cloud.service("waf_openapi")
    detail, default = service.DescribeDomainDetail, service.DescribeDefaultHttps

    def bare(held: dict[str, Any]) -> dict[str, Any]:
        return held | ({"CertId": held["CertId"].partition("-")[0]} if "CertId" in held else {})

    monkeypatch.setattr(
        service, "DescribeDomainDetail", lambda call: (a := detail(call)) | {"Listen": bare(a["Listen"])}
    )
    monkeypatch.setattr(
        service, "DescribeDefaultHttps", lambda call: {"DefaultHttps": bare(default(call)["DefaultHttps"])}
    )
    assert it.carried() == CASE.carried

    it.deploy(it.slot(label), "new")

    assert it.carried() == {**CASE.carried, label: "new"}


def test_a_side_without_an_instance_has_no_slots(server: Server) -> None:
    it = account(server, {"status": "released", "domains": [{"domain": WWW, "certificate": "old"}]})

    assert it.carried(MAINLAND) == it.carried(ABROAD) == {}
    assert it.count("DescribeInstance", code="") == it.count("DescribeInstance")
    assert it.count("DescribeDomains") == 0


def test_each_side_has_an_instance_of_its_own(it: Bench) -> None:
    it.deploy(it.slot(WWW), "new")

    assert it.carried(ABROAD) == {WWW: "old", DEFAULT: ""}


def test_a_domain_settles_only_when_both_its_certificates_agree(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, slot = it.cloud.service("waf_openapi"), it.slot(WWW)
    detail = service.DescribeDomainDetail
    assert it.adapter.settled(slot)

    other = {"CertDetail": {"Id": f"{CERT_ID['new']}-{MAINLAND}"}}
    monkeypatch.setattr(service, "DescribeDomainDetail", lambda call: detail(call) | other)

    assert not it.adapter.settled(slot)


@pytest.mark.parametrize("text", [",".join(CIPHERS), ", ".join(CIPHERS), f'["{CIPHERS[0]}","{CIPHERS[1]}"]'])
def test_ciphers_told_as_one_text_are_sent_as_a_list(
    it: Bench, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = it.cloud.service("waf_openapi")
    answer = service.DescribeDefaultHttps
    monkeypatch.setattr(
        service,
        "DescribeDefaultHttps",
        lambda call: {"DefaultHttps": answer(call)["DefaultHttps"] | {"CustomCiphers": text}},
    )

    it.deploy(it.slot(DEFAULT), "new")

    assert instance(it).default_tls["CustomCiphers"] == list(CIPHERS)


def test_a_domain_is_met_at_its_own_port_and_a_nameless_client_gets_the_default(it: Bench) -> None:
    slots: dict[str, CloudResource] = it.slots()
    endpoint = slots["*.example.com"].endpoint
    service = it.cloud.service("waf_openapi")

    assert endpoint.endswith(":8443")
    assert service.served(endpoint, "any.example.com") != service.served(endpoint, "")
    assert slots[DEFAULT].endpoint == ""
