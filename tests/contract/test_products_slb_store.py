"""The store of a region of SLB alone: copies, and certificates that tell little of themselves."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct
from shared.errors import CloudBusyError, CloudRejectedError
from shared.products.kit.means import Means
from shared.products.slb.store import SlbStore
from tests.contract.answers import edit, take_out
from tests.contract.bench import AllOfCas, Bench, certificates, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.slb import CASES

SLB = CASES[0]
UPLOAD = "UploadServerCertificate"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.SLB, SLB.estate, SLB.region)


@pytest.mark.parametrize(("other", "chosen"), [("0", True), ("z", False)])
def test_of_two_copies_every_function_takes_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, other: str, chosen: bool
) -> None:
    """The first by id, in whatever order they are listed."""
    certificate = bench.certificate("old")
    means = Means(bench.client, catalogue=AllOfCas(Cas(bench.client, "cn-hangzhou")))
    own = SlbStore(means).put(SLB.region, certificate)

    def twice(answer: dict[str, Any]) -> None:
        rows = answer["ServerCertificates"]["ServerCertificate"]
        rows += [{**row, "ServerCertificateId": other} for row in rows if row["ServerCertificateId"] == own]

    edit(monkeypatch, bench.cloud, "DescribeServerCertificates", twice)

    assert SlbStore(means).put(SLB.region, certificate) == (other if chosen else own)
    assert bench.count(UPLOAD) == 0


def test_two_certificates_without_fingerprint_are_not_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = bench.certificate("new").evolve(fingerprint="")
    store = SlbStore(Means(bench.client, catalogue=AllOfCas(Cas(bench.client, "cn-hangzhou"))))
    path = "ServerCertificates.ServerCertificate[].Fingerprint"
    edit(monkeypatch, bench.cloud, "DescribeServerCertificates", lambda answer: take_out(answer, path))

    assert store.put(SLB.region, nameless)

    assert bench.count(UPLOAD) == 1


def test_a_certificate_that_the_store_does_not_tell_is_named_by_its_id_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(
        monkeypatch,
        bench.cloud,
        "DescribeServerCertificates",
        lambda answer: answer["ServerCertificates"]["ServerCertificate"].clear(),
    )

    carried = {slot.cert_identifier for slot in bench.adapter.discover(SLB.region) if slot.https}

    assert carried
    assert all(name.startswith("upload:") and len(name) > len("upload:") for name in carried)


def test_the_store_is_asked_once_for_each_certificate_however_many_slots_have_it(server: Server) -> None:
    listeners = [{"port": port, "certificate": "old"} for port in (443, 444, 445)]
    rows = [{"name": name, "region": SLB.region, "listeners": listeners} for name in ("shop", "mail")]
    bench = new_bench(server, CloudProduct.SLB, {"certificates": CERTIFICATES, "slb": rows}, SLB.region)
    slots, new = list(bench.slots().values()), bench.certificate("new")
    bench.adapter = bench.adapter_with(seconds=10)
    bench.cloud.calls.clear()

    for slot in slots:
        bench.adapter.deploy(slot, new)

    assert Counter(call.action for call in bench.cloud.calls if call.api == "slb") == {
        "DescribeLoadBalancerHTTPSListenerAttribute": 2 * len(slots),
        "SetLoadBalancerHTTPSListenerAttribute": len(slots),
        "DescribeServerCertificates": 1
        + 2,  # the old one; whether the new one is there, alone and with others
        UPLOAD: 1,
    }


def _mine(server: Server) -> Bench:
    """A listener with a certificate that CAS does not have; a change of it costs a setting."""
    names = certificates("new") | {"mine": {"names": ["example.com"], "in_cas": False}}
    row = {"name": "shop", "region": SLB.region, "listeners": [{"port": 443, "certificate": "mine"}]}
    bench = new_bench(server, CloudProduct.SLB, {"certificates": names, "slb": [row]}, SLB.region)
    bench.cloud.service("slb").forgets = ("HealthCheckDomain",)
    return bench


def test_a_certificate_that_cas_does_not_have_goes_back_by_what_the_store_calls_it(server: Server) -> None:
    bench = _mine(server)

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* was put back, and so were they"):
        bench.adapter.deploy(bench.slots()["shop:443/default"], bench.certificate("new"))

    assert bench.carried() == {"shop:443/default": "upload:mine"}


def test_of_two_certificates_that_the_store_calls_alike_none_is_put_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _mine(server)
    slot = bench.slots()["shop:443/default"]

    def twice(answer: dict[str, Any]) -> None:
        rows = answer["ServerCertificates"]["ServerCertificate"]
        mine = [row for row in rows if row["ServerCertificateName"] == "mine"]
        rows += [{**row, "ServerCertificateId": "another", "Fingerprint": "aa"} for row in mine]

    edit(monkeypatch, bench.cloud, "DescribeServerCertificates", twice)
    told = (
        r"not everything could be put back: .* has 2 certificates that are called upload:mine, so the new one"
    )

    with pytest.raises(CloudRejectedError, match=rf"SettingsLost: .*{told}"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.carried() == {"shop:443/default": "new"}


def test_a_copy_that_somebody_deletes_before_it_is_bound_is_put_there_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a clean-up may, or a person: of the copy that was found, its id was kept."""
    slot, new = bench.slots()["shop:443/default"], bench.certificate("new")
    store, held = bench.adapter.adapter._store, bench.cloud.service("slb")._certificates
    assert isinstance(store, SlbStore)
    del held[store.put(SLB.region, new)]

    with pytest.raises(CloudBusyError, match="another try puts it there again"):
        bench.adapter.deploy(slot, new)
    bench.adapter.deploy(slot, new)

    assert bench.carried()["shop:443/default"] == "new"
    assert bench.count(UPLOAD, code="") == 2
