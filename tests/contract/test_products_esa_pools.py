"""ESA's pools: under which names and where an entry is asked for, beside others for the same names."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from emulator.services.esa.model import text
from shared.domain.resources import CloudProduct
from shared.products.kit.changes import Carries, Change
from tests.contract.answers import edit, put
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.esa import entry, hostname

WWW = {"www": {"names": ["www.example.com"], "key": "ecdsa-p256"}}
OLD, NARROW = entry("old"), entry("www")


def a_site(server: Server, *records: str, **site: Any) -> Bench:
    pool = [{"certificate": "old"}, {"certificate": "www"}]
    row = {"site": "example.com", "records": list(records), "certificates": pool, **site}
    return new_bench(server, CloudProduct.ESA, {"certificates": {**CERTIFICATES, **WWW}, "esa": [row]})


def test_some_records_are_asked_for_however_many_there_are(server: Server) -> None:
    bench = a_site(server, *(f"r{n}.example.com" for n in range(7)))

    slot = bench.slots()[OLD]

    assert len(set(slot.server_names) & {f"r{n}.example.com" for n in range(7)}) == 5
    assert bench.count("ListRecords") in (4, 5), "a total that is off costs one"


def test_a_record_for_all_names_is_met_at_one_of_them(server: Server) -> None:
    bench = a_site(
        server,
        "*.example.com",
        hostnames=[{"hostname": "a.example.org", "record": "*.example.com", "certificate": "other"}],
    )
    slots = bench.slots()

    for slot in (slots[OLD], slots[hostname("a.example.org")]):
        host, _, port = slot.endpoint.partition(":")
        assert (host.partition(".")[0], port) == ("any", "443")
    assert slots[OLD].server_names == ("*.example.com",)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ("shop.example.com",)),
        ({"Status": "Expiring"}, ("shop.example.com",)),
        ({"Status": "Expired"}, ("www.example.com", "shop.example.com")),
        ({"PubAlg": ""}, ("shop.example.com",)),
        ({"PubAlg": "RSA"}, ("www.example.com", "shop.example.com")),
        ({"SAN": None, "CommonName": "shop.example.com"}, ("www.example.com",)),
        ({"SAN": "", "CommonName": ""}, ("www.example.com", "shop.example.com")),
        ({"SAN": " shop.example.com , WWW.example.com,,"}, ()),
    ],
    ids=str,
)
def test_a_rival_is_a_valid_entry_for_the_same_name_and_kind_of_key(
    server: Server, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], names: tuple[str, ...]
) -> None:
    bench = a_site(server, "www.example.com", "shop.example.com")

    def changed(answer: dict[str, Any]) -> None:
        for row in answer["Result"]:
            if row["Id"] == text("example.com", "www"):
                row.update(changes)

    edit(monkeypatch, bench.cloud, "ListCertificates", changed)
    slots = bench.slots()

    assert set(slots[OLD].server_names) == set(names)
    assert bool(slots[OLD].endpoint) == bool(names)


def test_the_names_of_an_entry_are_told_once_each_and_in_their_order(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = a_site(server)

    def told(answer: dict[str, Any]) -> None:
        for row in answer["Result"][:1]:
            row.update(SAN="b.a, A.a ,b.a")

    edit(monkeypatch, bench.cloud, "ListCertificates", told)

    assert bench.slots()[OLD].domains == ("b.a", "a.a")


def test_a_record_without_an_address_of_its_own_is_met_by_its_name(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = a_site(server, "shop.example.com")
    edit(
        monkeypatch,
        bench.cloud,
        "ListRecords",
        lambda answer: [row.update(RecordCname="") for row in answer["Records"]],
    )

    assert bench.slots()[OLD].endpoint == "shop.example.com:443"


@pytest.mark.parametrize(("status", "deployed"), [("OK", True), ("Expiring", True), ("Applying", False)])
def test_a_certificate_elsewhere_in_the_pool_serves_the_slot_only_if_it_is_valid(
    server: Server, monkeypatch: pytest.MonkeyPatch, status: str, deployed: bool
) -> None:
    bench = a_site(server, certificates=[{"certificate": "old"}, {"certificate": "new"}])
    slot, new = bench.slot(OLD), bench.certificate("new")
    edit(monkeypatch, bench.cloud, "ListCertificates", lambda answer: put(answer, "Result[].Status", status))

    assert (bench.adapter.successor(slot, new) is not None) is deployed


@pytest.mark.parametrize(
    ("wanted", "carries", "settled"), [("old", "wanted", False), ("new", "expected", True)]
)
def test_an_entry_of_the_slot_s_own_is_waited_for_until_it_is_valid_and_may_be_replaced_before(
    server: Server, monkeypatch: pytest.MonkeyPatch, wanted: str, carries: str, settled: bool
) -> None:
    bench = a_site(server)
    slot = bench.slot(OLD)
    edit(
        monkeypatch,
        bench.cloud,
        "ListCertificates",
        lambda answer: put(answer, "Result[].Status", "Applying"),
    )

    (look,) = bench.adapter.look([Change(slot, bench.certificate(wanted))])

    assert (look.carries.value, look.settled) == (carries, settled)


def test_of_two_places_that_hold_the_certificate_the_slot_s_own_counts(server: Server) -> None:
    """CAS's number stands in another entry, and its PEM was uploaded to this one."""
    pool = [{"certificate": "new"}, {"certificate": "old", "type": "upload"}]
    bench = a_site(server, "www.example.com", certificates=pool)
    slot = bench.slot(OLD)

    own = bench.adapter.successor(slot, bench.certificate("old"))
    assert own is not None
    assert (own.resource_id, own.cert_identifier) == (slot.resource_id, slot.cert_identifier)
    beside = bench.adapter.successor(slot, bench.certificate("new"))
    assert beside is not None
    assert (beside.resource_id, beside.server_names) == (entry("new"), ("www.example.com",))


def test_a_handshake_asks_for_what_both_the_slot_and_the_certificate_are_for(server: Server) -> None:
    pool = [{"certificate": "www"}, {"certificate": "new"}]
    bench = a_site(server, "shop.example.com", "www.example.com", certificates=pool)

    successor = bench.adapter.successor(bench.slot(NARROW), bench.certificate("new"))

    assert successor is not None
    assert successor.server_names == ("www.example.com",)


def test_of_several_other_places_with_the_certificate_the_first_is_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = [{"certificate": name} for name in ("old", "second", "www")]
    bench = a_site(server, certificates=pool)
    slot, new = bench.slot(OLD), bench.certificate("new")

    def both(answer: dict[str, Any]) -> None:
        for row in answer["Result"]:
            row["CasId"] = row["CasId"] if row["Id"] == text("example.com", "old") else new.cert_id

    edit(monkeypatch, bench.cloud, "ListCertificates", both)

    successor = bench.adapter.successor(slot, new)

    assert successor is not None
    assert successor.resource_id == entry("second")


@pytest.mark.ordinary_answers("calls are counted, and a total that is off costs a further one")
def test_a_pool_and_its_records_are_read_once_for_all_that_want_to_know(server: Server) -> None:
    pool = [{"certificate": name} for name in ("old", "second", "www")]
    pool[1]["type"] = "upload"
    bench = a_site(server, "www.example.com", certificates=pool)
    bench.adapter.adapter._by_kind["site"].page_size = 50
    slots = list(bench.slots().values())
    bench.cloud.calls.clear()

    looks = [bench.adapter.look([Change(slot, bench.certificate("old"))])[0] for slot in slots]

    assert [look.carries for look in looks] == [Carries.WANTED] * 3
    counts = {name: bench.count(name) for name in ("ListCertificates", "GetCertificate", "ListRecords")}
    assert counts == {"ListCertificates": 1, "GetCertificate": 0, "ListRecords": 1}
