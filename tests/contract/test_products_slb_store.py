"""The store of a region of SLB alone: copies, and certificates that tell little of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.cloud.cas import Cas
from shared.domain.resources import CloudProduct
from shared.products.kit.means import Means
from shared.products.slb.store import SlbStore
from tests.contract.answers import edit, take_out
from tests.contract.bench import AllOfCas, Bench, new_bench
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
    store = SlbStore(Means(bench.client, catalogue=AllOfCas(Cas(bench.client, "cn-hangzhou"))))
    own = store.put(SLB.region, certificate)

    def twice(answer: dict[str, Any]) -> None:
        rows = answer["ServerCertificates"]["ServerCertificate"]
        rows += [{**row, "ServerCertificateId": other} for row in rows if row["ServerCertificateId"] == own]

    edit(monkeypatch, bench.cloud, "DescribeServerCertificates", twice)

    assert store.put(SLB.region, certificate) == (other if chosen else own)
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
