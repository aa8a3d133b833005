"""SLB alone: the store of a region, and listeners that are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, CloudUnavailableError
from shared.products.kit.means import Means
from shared.products.slb.adapter import Adapter
from shared.products.slb.store import SlbStore
from tests.contract.answers import edit
from tests.contract.bench import AllOfCas, Bench, certificates, new_bench
from tests.contract.cases.slb import CASES, SHOP
from tests.contract.driven import Driven
from tests.contract.oracle import recording
from tests.keys import traditional

SLB = CASES[0]
UPLOAD = "UploadServerCertificate"
ABROAD = "ap-southeast-1"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.SLB, SLB.estate, SLB.region)


def a_bench(server: Server, listener: dict[str, Any], region: str = "cn-hangzhou", **balancer: Any) -> Bench:
    """An account with one load balancer, `shop`, and one listener, 443."""
    names = {
        name: {**row, "store": ABROAD if region == ABROAD else "cn-hangzhou"}
        for name, row in certificates("old", "new").items()
    }
    row = {"name": "shop", "region": region, "listeners": [{"port": 443, **listener}], **balancer}
    return new_bench(
        server, CloudProduct.SLB, {"regions": [region], "certificates": names, "slb": [row]}, region
    )


def stored(bench: Bench, region: str = "cn-hangzhou") -> list[dict[str, Any]]:
    action = bench.adapter.actions["DescribeServerCertificates"]
    answer = bench.client.call(Adapter.api, action, {"RegionId": region}, region=region)
    rows: list[dict[str, Any]] = answer["ServerCertificates"]["ServerCertificate"]
    return rows


def test_a_certificate_is_uploaded_once_for_many_load_balancers_at_once(server: Server) -> None:
    rows = [
        {"name": f"shop{n}", "region": "cn-hangzhou", "listeners": [{"port": 443, "certificate": "old"}]}
        for n in range(4)
    ]
    bench = new_bench(
        server, CloudProduct.SLB, {"certificates": certificates("old", "new"), "slb": rows}, "cn-hangzhou"
    )
    slots, certificate = list(bench.slots().values()), bench.certificate("new")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda slot: bench.adapter.deploy(slot, certificate), slots))

    assert bench.count(UPLOAD) == 1
    assert set(bench.carried().values()) == {"new"}


def test_an_upload_that_another_function_makes_meanwhile_is_taken(bench: Bench) -> None:
    """Functions of two products may want the same copy at the same moment."""
    known, certificate, names = AllOfCas(Cas(bench.client, "cn-hangzhou")), bench.certificate("new"), []

    @contextmanager
    def after_the_other(name: str) -> Iterator[None]:
        names.append(name)
        others.append(SlbStore(Means(bench.client, catalogue=known)).put(SLB.region, certificate))
        yield

    others: list[str] = []
    mine = SlbStore(Means(bench.client, catalogue=known, exclusive=after_the_other)).put(
        SLB.region, certificate
    )

    assert ([mine], bench.count(UPLOAD)) == (others, 1)
    assert names == [f"slb-store/{SLB.region}/{certificate.identifier}"]


def test_an_upload_whose_answer_is_lost_is_found_again(bench: Bench) -> None:
    bench.cloud.faults.add(Fault(UPLOAD, when="after"))

    with pytest.raises(CloudUnavailableError):
        bench.adapter.deploy(bench.slot(SLB.slot), bench.certificate("new"))
    bench.deploy(bench.slot(SLB.slot), "new")

    assert bench.count(UPLOAD) == 1


def test_a_copy_that_somebody_uploaded_by_hand_is_taken(bench: Bench) -> None:
    """It tells no CAS id, but its fingerprint does."""
    pair = Cas(bench.client).key_pair(bench.estate.id_of("new"))
    params = {
        "RegionId": bench.region,
        "ServerCertificateName": "by-hand",
        "ServerCertificate": pair.certificate_pem,
        "PrivateKey": traditional(pair.key.reveal()),
    }
    bench.client.call(Adapter.api, bench.adapter.actions[UPLOAD], params, region=bench.region)

    bench.deploy(bench.slot(SLB.slot), "new")

    assert bench.count(UPLOAD) == 1
    assert bench.carried()[SLB.slot] == "new"


def test_a_region_has_a_store_of_its_own(bench: Bench) -> None:
    bench.deploy(bench.slot(SLB.slot), "new")
    [far] = bench.slots("cn-chengdu").values()

    bench.adapter.deploy(far.evolve(domains=("example.com",)), bench.certificate("new"))

    assert {row["AliCloudCertificateId"] for row in stored(bench, "cn-chengdu")} == {
        str(bench.estate.id_of(name)) for name in ("old", "new")
    }


@pytest.mark.parametrize("fingerprint", ["certificate", "key"])
@pytest.mark.ordinary_answers("without serials a certificate is not known by its key")
def test_a_certificate_of_the_international_store_is_uploaded_as_pem_outside_the_url(
    server: Server, monkeypatch: pytest.MonkeyPatch, fingerprint: str
) -> None:
    bench = a_bench(server, {"certificate": "old"}, ABROAD)
    bench.cloud.service("cas").choose(fingerprint=fingerprint)
    cas = Cas(bench.client, ABROAD)
    adapter = Driven(Adapter(Means(bench.client, catalogue=AllOfCas(cas))), seconds=10)
    [slot] = adapter.discover(ABROAD)
    certificate = cas.get_detail(bench.estate.id_of("new"))
    found = bench.name_of(slot.cert_identifier)
    assert found == ("old" if fingerprint == "certificate" else "upload:old"), "by its fingerprint"

    with recording(monkeypatch) as recorder:
        adapter.deploy(slot, certificate)
        adapter.deploy(slot, certificate)

    [after] = adapter.discover(ABROAD)
    assert bench.name_of(after.cert_identifier) == "new"
    [request] = recorder.of(UPLOAD)
    assert request.form["PrivateKey"].startswith("-----BEGIN")
    assert not {"PrivateKey", "ServerCertificate"} & set(request.queries)
    [call] = [call for call in bench.cloud.calls if call.action == UPLOAD]
    assert (call.params["PrivateKey"], call.params["ServerCertificate"]) == ("***", "***")
    assert "AliCloudCertificateId" not in call.params
    assert "yundun-cert:GetUserCertificateDetail" in Adapter.granted(writes=True)


def test_a_certificate_that_cas_does_not_know_is_not_named_as_one_of_cas(server: Server) -> None:
    names = certificates("old") | {"mine": {"names": ["example.com"], "in_cas": False}}
    row = {"name": "shop", "region": "cn-hangzhou", "listeners": [{"port": 443, "certificate": "mine"}]}
    bench = new_bench(server, CloudProduct.SLB, {"certificates": names, "slb": [row]}, "cn-hangzhou")

    assert bench.carried() == {"shop:443/default": "upload:mine"}


def test_only_listeners_with_several_certificates_are_left_out_of_batch_jobs(bench: Bench) -> None:
    several = {label for label, slot in bench.slots().items() if slot.batch_obstacle}

    assert several == {label for label in SLB.carried if label == SLB.slot or SHOP in label}


def test_slots_of_one_load_balancer_have_one_writer(bench: Bench) -> None:
    assert {slot.writer for label, slot in bench.slots().items() if "mail" not in label} == {
        f"SLB/cn-hangzhou/{SHOP}"
    }


def test_an_extension_without_a_rule_has_no_address_to_prove_it_at(server: Server) -> None:
    extensions = [
        {"domain": "a.example.com", "certificate": "old"},
        {"domain": "b.example.com", "certificate": "old", "rule": False},
    ]
    bench = a_bench(server, {"certificate": "old", "extensions": extensions})
    endpoints = {label.rpartition("/")[2]: bool(slot.endpoint) for label, slot in bench.slots().items()}

    assert endpoints == {"default": True, "a.example.com": True, "b.example.com": False}


def test_what_can_only_be_read_is_not_sent_when_the_certificate_goes_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    action, slot = "SetLoadBalancerHTTPSListenerAttribute", bench.slot(SLB.slot)

    def lost(answer: dict[str, Any]) -> None:
        answer["Rules"] = None if bench.count(action) else {"Rule": [{"RuleId": "r-1", "Url": "/a"}]}

    edit(monkeypatch, bench.cloud, "DescribeLoadBalancerHTTPSListenerAttribute", lost)
    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .*set again by hand: Rules \("):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert ["Rules" in call.params for call in bench.cloud.calls if call.action == action] == [False, False]


def test_a_store_that_is_full_is_told_and_changes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.services.slb.store.QUOTA", 3)

    with pytest.raises(CloudRejectedError, match="QuotaExceeded"):
        bench.adapter.deploy(bench.slot(SLB.slot), bench.certificate("new"))

    assert bench.carried() == SLB.carried


def test_sae_may_use_the_store_too() -> None:
    assert SlbStore.granted(writes=False) == {"slb:DescribeServerCertificates"}
    assert f"slb:{UPLOAD}" in SlbStore.granted(writes=True)


def test_a_listener_of_a_load_balancer_made_since_is_left_for_the_next_discovery(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_shop(answer: dict[str, Any]) -> None:
        rows = answer["LoadBalancers"]["LoadBalancer"]
        rows[:] = [row for row in rows if row["LoadBalancerName"] != "shop"]

    edit(monkeypatch, bench.cloud, "DescribeLoadBalancers", without_shop)

    assert {slot.instance_name for slot in bench.adapter.discover(SLB.region)} == {"mail"}
