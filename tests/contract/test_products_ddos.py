"""Anti-DDoS alone: the certificate is known by name and store, and there are ten rules a page."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import AppError
from shared.products import adapter_class
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.ddos import CASES

CASE = CASES[0]
ABROAD = "ap-southeast-1"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.DDOS, CASE.estate, CASE.region)


def account(server: Server, *rows: dict[str, Any]) -> Bench:
    return new_bench(
        server, CloudProduct.DDOS, {"certificates": CERTIFICATES, "ddos": list(rows)}, CASE.region
    )


def test_a_page_has_ten_rules_and_no_more(server: Server) -> None:
    rows = [{"domain": f"s{n}.example.com", "certificate": "old"} for n in range(23)]
    bench = account(server, *rows)
    bench.adapter.adapter.page_size = adapter_class(CloudProduct.DDOS).page_size  # type: ignore[misc]

    assert len(bench.slots()) == 23
    pages = bench.count("DescribeWebRules")
    assert bench.count("DescribeWebRules", code="") == pages
    assert pages in ((3,) if bench.cloud.answers.mode == "full" else (3, 4)), "a total that is off costs one"


def test_a_rule_is_changed_at_its_own_site_only(bench: Bench) -> None:
    bench.deploy(bench.slot("www.example.com"), "new")

    assert bench.carried()["www.example.com"] == "new"
    assert bench.carried(ABROAD) == {"www.example.com": "old"}


def test_a_rule_of_a_similar_name_is_not_taken_for_it(server: Server) -> None:
    """The product's search is fuzzy where it is not told to be exact."""
    bench = account(
        server,
        *({"domain": f"{n}shop.example.com", "certificate": "second"} for n in ("a", "b", "c")),
        {"domain": "shop.example.com", "certificate": "old"},
    )
    slot = bench.slot("shop.example.com")

    read = bench.adapter.read(slot)

    assert read is not None
    assert bench.name_of(read.cert_identifier) == "old"


@pytest.mark.parametrize(
    ("told", "carried"),
    [
        ({"UserCertName": "its-own-name"}, "old"),
        ({"CertName": "its-own-name"}, "old"),
        ({"UserCertName": "new"}, "upload:old"),  # two names, two certificates: which one is not known
        ({"CertRegion": ABROAD}, "upload:old"),
        ({"CertName": "gone", "UserCertName": "gone"}, "upload:gone"),
    ],
)
def test_a_name_means_a_certificate_of_its_store_or_none(
    server: Server, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], carried: str
) -> None:
    bench = account(server, {"domain": "www.example.com", "certificate": "old"})
    service = bench.cloud.service("ddoscoo")
    service.choose(cert_names="name")
    answer = service.DescribeWebRules

    def otherwise(call: Any) -> Any:
        page = answer(call)
        return {**page, "WebRules": [row | told for row in page["WebRules"]]}

    monkeypatch.setattr(service, "DescribeWebRules", otherwise)

    assert bench.carried() == {"www.example.com": carried}


@pytest.mark.ordinary_answers("calls are counted, and a total that is off costs a further one")
def test_a_list_of_rules_is_read_where_that_takes_fewer_calls_than_to_ask_one_by_one(server: Server) -> None:
    rows = [{"domain": f"s{n}.example.com", "certificate": "old"} for n in range(23)]
    bench = account(server, *rows)
    bench.adapter.adapter.page_size = adapter_class(CloudProduct.DDOS).page_size  # type: ignore[misc]
    slots = list(bench.slots().values())
    before = bench.count("DescribeWebRules")

    read = [bench.adapter.read(slot) for slot in slots]

    assert read == slots
    asked = [call.params.get("Domain") for call in bench.cloud.calls if call.action == "DescribeWebRules"]
    one_by_one, page = ["s0.example.com", "s1.example.com", "s2.example.com"], None
    assert [name or page for name in asked[before:]] == [
        one_by_one[0],
        page,
        *one_by_one[1:],
        page,
        page,
        page,
    ]


def test_a_rule_is_met_at_its_own_port(bench: Bench) -> None:
    endpoint = bench.slots()["*.example.com"].endpoint

    assert endpoint.endswith((":8443", ":443"))
    assert bench.cloud.service("ddoscoo").served(endpoint, "any.example.com")


def test_a_rule_is_told_from_others_that_a_question_for_it_brings_along(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot("www.example.com")

    def more(answer: dict[str, Any]) -> None:
        first = answer["WebRules"][0]
        answer["WebRules"].insert(
            0, {**first, "Domain": "w.example.com", "CertName": "new", "UserCertName": ""}
        )

    edit(monkeypatch, bench.cloud, "DescribeWebRules", more)

    assert bench.adapter.read(slot) == slot
    assert bench.adapter.successor(slot, bench.certificate("new")) is None


def told(monkeypatch: pytest.MonkeyPatch, bench: Bench, **fields: Any) -> None:
    """From now on each rule tells these fields."""

    def otherwise(answer: dict[str, Any]) -> None:
        for row in answer["WebRules"]:
            row.update(fields)

    edit(monkeypatch, bench.cloud, "DescribeWebRules", otherwise)


def test_a_rule_s_certificate_is_known_by_the_id_in_its_file_name_before_any_name(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`CertName` is the id with ".pem"; the name that a person gave may be another certificate's as well."""
    bench = account(server, {"domain": "www.example.com", "certificate": "old"})
    told(monkeypatch, bench, CertName=f"{bench.estate.id_of('second')}.pem", UserCertName="new")
    assert bench.carried() == {"www.example.com": "second"}

    told(monkeypatch, bench, CertName="24203010.pem", CertRegion=ABROAD)
    assert bench.carried() == {"www.example.com": f"24203010-{ABROAD}"}

    told(monkeypatch, bench, CertName=f"{bench.estate.id_of('second')}.pem", CertRegion=None)
    assert bench.carried() == {"www.example.com": "second"}


def test_a_name_that_two_certificates_bear_means_neither_of_them(server: Server) -> None:
    bench = account(server, {"domain": "www.example.com", "certificate": "old"})
    bench.cloud.service("ddoscoo").choose(cert_names="name")
    for row in bench.cloud.service("cas")._certificates.values():
        if row.id == bench.estate.id_of("second"):
            row.name = "old"  # a renewal keeps the name of its order

    slot = bench.slot("www.example.com")

    assert slot.cert_identifier == "upload:old"
    with pytest.raises(AppError):  # it cannot be told whether the new one is in place
        bench.adapter_with(seconds=0.2).deploy(slot, bench.certificate("second"))
    assert bench.count("AssociateWebCert", code="") == 1, "it is not taken for served already"


def test_ports_are_read_as_texts_and_kinds_in_any_case(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = account(server, {"domain": "www.example.com", "certificate": "old"})
    told(monkeypatch, bench, ProxyTypes=[{"ProxyType": "HTTPS", "ProxyPorts": ["8443"]}])

    assert bench.slots()["www.example.com"].port == 8443
