"""ESA alone: nothing is added or deleted, duplicates, a full quota, and a private key told unasked."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from emulator.services.esa.model import text
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.esa.hostnames import EsaHostnames
from shared.products.kit.changes import Change
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.esa import CASES, entry, hostname

CASE = CASES[0]
OLD = entry("old")
FULL = r"^SetCertificate: Certificate\.OverQuota: the certificate quota of example\.com is full; delete one"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.ESA, CASE.estate)


def account(server: Server, **site: Any) -> Bench:
    estate = {"certificates": CERTIFICATES, "esa": [{"site": "example.com", **site}]}
    return new_bench(server, CloudProduct.ESA, estate)


def test_an_entry_is_exchanged_in_place(bench: Bench) -> None:
    slot = bench.slot(OLD)

    successor = bench.deploy(slot, "new")

    assert successor.slot == slot.slot
    assert len(bench.carried()) == len(CASE.carried)
    assert bench.count("DeleteCertificate") == 0


def test_a_certificate_that_the_pool_has_already_is_not_added_again(server: Server) -> None:
    bench = account(server, certificates=[{"certificate": "old"}, {"certificate": "new"}])

    successor = bench.deploy(bench.slot(OLD), "new")

    assert (successor.resource_id, bench.count("SetCertificate")) == (entry("new"), 0)
    assert bench.carried() == {OLD: "old", entry("new"): "new"}, "what is still served is not taken away"


def test_where_the_old_entry_stays_beside_the_new_one_a_handshake_is_asked_for_what_both_are_for(
    server: Server,
) -> None:
    """Neither slot has a name of its own to ask for: which one is served is what has to be proved."""
    pool = [{"certificate": "old"}, {"certificate": "new"}]
    bench = account(server, certificates=pool, records=["www.example.com", "elsewhere.example.org"])
    slot = bench.slot(OLD)

    successor = bench.deploy(slot, "new")

    assert (slot.server_names, slot.endpoint) == ((), "")
    assert successor.server_names == ("www.example.com",)
    assert successor.endpoint.endswith(":443")


def test_a_duplicate_that_comes_up_meanwhile_is_a_success(bench: Bench) -> None:
    slot, name = bench.slot(OLD), "new"
    bench.cloud.faults.add(Fault("SetCertificate", status=400, code="Certificate.Duplicated", when="after"))

    successor = bench.deploy(slot, name)

    assert bench.name_of(successor.cert_identifier) == name
    assert bench.count("SetCertificate", code="Certificate.Duplicated") == 1


def test_a_full_quota_is_the_reason_and_no_lack_of_permission(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("SetCertificate", status=403, code="Certificate.OverQuota", when="before"))

    with pytest.raises(CloudRejectedError, match=FULL) as caught:
        bench.adapter.deploy(bench.slot(OLD), bench.certificate("new"))

    assert caught.value.retryable is False
    assert bench.carried() == CASE.carried


def test_an_upload_that_cas_knows_is_exchanged_like_any_other(bench: Bench) -> None:
    bench.deploy(bench.slot(entry("second")), "new")

    assert bench.carried()[entry("second")] == "new"


def test_a_private_key_is_dropped_as_soon_as_it_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kept: list[dict[str, Any]] = []
    detail = EsaHostnames._detail

    def watched(self: EsaHostnames, hostname_id: int) -> dict[str, Any]:
        kept.append(detail(self, hostname_id))
        return kept[-1]

    monkeypatch.setattr(EsaHostnames, "_detail", watched)
    found = [slot.model_dump_json() for slot in bench.slots().values()]

    assert kept
    assert not any("PRIVATE" in text for text in [*map(str, kept), *found, caplog.text])
    assert "PrivateKey" in str(bench.cloud.service("esa")._sites[0].hostnames[0].detail(bench.cloud.clock()))


def test_a_hostname_keeps_its_record(bench: Bench) -> None:
    before = bench.cloud.service("esa")._sites[0].hostnames[0].record_id

    bench.deploy(bench.slot(hostname("a.example.com")), "new")

    assert bench.cloud.service("esa")._sites[0].hostnames[0].record_id == before


def test_a_handshake_asks_only_for_records_that_no_other_entry_is_for(server: Server) -> None:
    bench = new_bench(
        server,
        CloudProduct.ESA,
        {
            "certificates": {
                **CERTIFICATES,
                "www": {"names": ["www.example.com"], "key": "ecdsa-p256"},
            },
            "esa": [
                {
                    "site": "example.com",
                    "records": ["www.example.com", "shop.example.com", "elsewhere.example.org"],
                    "certificates": [{"certificate": "old"}, {"certificate": "www"}],
                }
            ],
        },
    )
    slots = bench.slots()

    assert slots[OLD].server_names == ("shop.example.com",)
    assert slots[entry("www")].server_names == ()
    assert slots[entry("www")].endpoint == ""


def test_the_edge_serves_what_a_slot_says(bench: Bench) -> None:
    service, slots = bench.cloud.service("esa"), bench.slots()
    bundle = bench.estate.bundle("old", bench.cloud.clock())
    slot = slots[hostname("a.example.com")]

    assert service.served(slot.endpoint, "a.example.com") == (bundle,)
    assert slots[entry("other", "example.org")].endpoint == "", "the site has no record to ask for"
    assert text("example.com", "old") in slots[OLD].resource_id


@pytest.mark.parametrize("code", ["SiteNotFound", "SiteNotFound.NotFound", "Certificate.NotFound"])
def test_each_word_for_gone_is_a_slot_that_is_gone(server: Server, code: str) -> None:
    case = next(case for case in CASES if case.name == "ESA")
    bench = new_bench(server, case.product, case.estate, case.region)
    change = Change(bench.slot(case.slot), bench.certificate("new"))
    bench.cloud.faults.add(Fault("ListCertificates", status=404, code=code))

    assert bench.adapter.look([change]) == [None]


def test_a_hostname_whose_certificate_is_there_already_is_done(server: Server) -> None:
    case = next(case for case in CASES if case.name == "ESA-hostname")
    bench = new_bench(server, case.product, case.estate, case.region)
    slot = bench.slot(case.slot)
    change = Change(slot, bench.certificate("new"))
    (look,) = bench.adapter.look([change])
    bench.cloud.faults.add(Fault("UpdateCustomHostname", status=400, code="Certificate.Duplicated"))

    bench.adapter.advance([(change, look)])  # a look tells whether it is so

    bench.deploy(slot, "new")
    assert bench.carried()[case.slot] == "new"
