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
from tests.contract.bench import Bench, bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.esa import CASES, entry, hostname

CASE = CASES[0]
OLD = entry("old")
FULL = r"^SetCertificate: Certificate\.OverQuota: the certificate quota of example\.com is full; delete one"


@pytest.fixture
def it(server: Server) -> Bench:
    return bench(server, CloudProduct.ESA, CASE.estate)


def account(server: Server, **site: Any) -> Bench:
    estate = {"certificates": CERTIFICATES, "esa": [{"site": "example.com", **site}]}
    return bench(server, CloudProduct.ESA, estate)


def test_an_entry_is_exchanged_in_place(it: Bench) -> None:
    slot = it.slot(OLD)

    successor = it.deploy(slot, "new")

    assert successor.slot == slot.slot
    assert len(it.carried()) == len(CASE.carried)
    assert it.count("DeleteCertificate") == 0


def test_a_certificate_that_the_pool_has_already_is_not_added_again(server: Server) -> None:
    it = account(server, certificates=[{"certificate": "old"}, {"certificate": "new"}])

    successor = it.deploy(it.slot(OLD), "new")

    assert (successor.resource_id, it.count("SetCertificate")) == (entry("new"), 0)
    assert it.carried() == {OLD: "old", entry("new"): "new"}, "what is still served is not taken away"


def test_where_the_old_entry_stays_beside_the_new_one_a_handshake_is_asked_for_what_both_are_for(
    server: Server,
) -> None:
    """Neither slot has a name of its own to ask for: which one is served is what has to be proved."""
    pool = [{"certificate": "old"}, {"certificate": "new"}]
    it = account(server, certificates=pool, records=["www.example.com", "elsewhere.example.org"])
    slot = it.slot(OLD)

    successor = it.deploy(slot, "new")

    assert (slot.server_names, slot.endpoint) == ((), "")
    assert successor.server_names == ("www.example.com",)
    assert successor.endpoint.endswith(":443")


def test_a_duplicate_that_comes_up_meanwhile_is_a_success(it: Bench) -> None:
    slot, name = it.slot(OLD), "new"
    it.cloud.faults.add(Fault("SetCertificate", status=400, code="Certificate.Duplicated", when="after"))

    successor = it.deploy(slot, name)

    assert it.name_of(successor.cert_identifier) == name
    assert it.count("SetCertificate", code="Certificate.Duplicated") == 1


def test_a_full_quota_is_the_reason_and_no_lack_of_permission(it: Bench) -> None:
    it.cloud.faults.add(Fault("SetCertificate", status=403, code="Certificate.OverQuota", when="before"))

    with pytest.raises(CloudRejectedError, match=FULL) as caught:
        it.adapter.deploy(it.slot(OLD), it.certificate("new"))

    assert caught.value.retryable is False
    assert it.carried() == CASE.carried


def test_an_upload_that_cas_knows_is_exchanged_like_any_other(it: Bench) -> None:
    it.deploy(it.slot(entry("second")), "new")

    assert it.carried()[entry("second")] == "new"


def test_a_private_key_is_dropped_as_soon_as_it_is_told(
    it: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kept: list[dict[str, Any]] = []
    detail = EsaHostnames._detail

    def watched(self: EsaHostnames, hostname_id: int) -> dict[str, Any]:
        kept.append(detail(self, hostname_id))
        return kept[-1]

    monkeypatch.setattr(EsaHostnames, "_detail", watched)
    found = [slot.model_dump_json() for slot in it.slots().values()]

    assert kept
    assert not any("PRIVATE" in text for text in [*map(str, kept), *found, caplog.text])
    assert "PrivateKey" in str(it.cloud.service("esa")._sites[0].hostnames[0].detail(it.cloud.clock()))


def test_a_hostname_keeps_its_record(it: Bench) -> None:
    before = it.cloud.service("esa")._sites[0].hostnames[0].record_id

    it.deploy(it.slot(hostname("a.example.com")), "new")

    assert it.cloud.service("esa")._sites[0].hostnames[0].record_id == before


def test_a_handshake_asks_only_for_records_that_no_other_entry_is_for(server: Server) -> None:
    it = bench(
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
    slots = it.slots()

    assert slots[OLD].server_names == ("shop.example.com",)
    assert slots[entry("www")].server_names == ()
    assert slots[entry("www")].endpoint == ""


def test_the_edge_serves_what_a_slot_says(it: Bench) -> None:
    service, slots = it.cloud.service("esa"), it.slots()
    bundle = it.estate.bundle("old", it.cloud.clock())
    slot = slots[hostname("a.example.com")]

    assert service.served(slot.endpoint, "a.example.com") == (bundle,)
    assert slots[entry("other", "example.org")].endpoint == "", "the site has no record to ask for"
    assert text("example.com", "old") in slots[OLD].resource_id
