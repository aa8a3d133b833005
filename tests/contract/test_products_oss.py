"""OSS alone: the certificate in place is named in the change, and identifiers carry their store."""

from __future__ import annotations

import pytest

from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudDeniedError, CloudRejectedError
from shared.products.kit.changes import Change
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES

OSS = next(case for case in CASES if case.product is CloudProduct.OSS)


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.OSS, OSS.estate)


def test_a_certificate_is_not_replaced_unseen(bench: Bench) -> None:
    """Somebody exchanged it after the last look: PreviousCertId no longer fits."""
    stale = bench.slot(OSS.slot)
    change = Change(stale, bench.certificate("new"))
    (look,) = bench.adapter.look([change])
    bench.deploy(stale, "second")

    with pytest.raises(CloudRejectedError, match="0018-00000209"):
        bench.adapter.advance([(change, look)])

    assert bench.carried()[OSS.slot] == "second"


def test_the_domains_of_a_bucket_are_told_by_one_question_for_all_that_want_to_know(bench: Bench) -> None:
    slots = [slot for slot in bench.slots().values() if slot.instance_id == "bucket-one"]
    before = bench.count("ListCname")

    assert [bench.adapter.read(slot) for slot in slots] == slots
    assert len(slots) > 1
    assert bench.count("ListCname") == before + 1


def test_an_identifier_names_its_store(bench: Bench) -> None:
    slot = bench.slot(OSS.slot)

    assert slot.cert_identifier == f"{bench.estate.id_of('old')}-cn-hangzhou"


def test_buckets_of_every_region_are_reached_through_their_own(bench: Bench) -> None:
    locations = {label: slot.location for label, slot in bench.slots().items()}

    assert set(locations.values()) == {"cn-hangzhou", "ap-southeast-1"}
    assert {call.region for call in bench.cloud.calls if call.action == "ListCname"} == {
        "cn-hangzhou",
        "cn-beijing",
        "ap-southeast-1",
    }


def test_a_role_that_may_not_read_the_certificate_is_denied_with_the_reason(bench: Bench) -> None:
    missing = "yundun-cert:DescribeSSLCertificatePrivateKey"
    assert missing in bench.adapter.also_granted
    bench.cloud.deny(missing)

    with pytest.raises(CloudDeniedError, match=missing):
        bench.adapter.deploy(bench.slot(OSS.slot), bench.certificate("new"))


def test_a_domain_that_was_unbound_reads_as_none(bench: Bench) -> None:
    slot = bench.slot(OSS.slot)
    changes = {"resource_id": "bucket-one/gone.example.com", "domains": ("gone.example.com",)}

    assert bench.adapter.read(slot.evolve(**changes)) is None
