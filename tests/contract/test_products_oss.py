"""OSS alone: the certificate in place is named in the change, and identifiers carry their store."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudDeniedError, CloudRejectedError
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
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


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDenied"), (404, "NoSuchBucket"), (400, "InvalidBucketName")]
)
def test_a_bucket_that_refuses_is_told_and_does_not_hide_the_others(
    bench: Bench, status: int, code: str
) -> None:
    bench.cloud.faults.add(Fault("ListCname", status=status, code=code, times=1))

    found = list(bench.adapter.found(""))

    (unread,) = [one for one in found if isinstance(one, Unread)]
    assert unread.what == "bucket bucket-empty"
    assert code in str(unread.error)
    assert len(found) - 1 == len(OSS.carried)


@pytest.mark.parametrize(
    ("location", "store", "told"),
    [
        ("cn-hangzhou", "ap-southeast-1", "upload it to the CAS store cn-hangzhou, where"),
        ("ap-southeast-1", "cn-hangzhou", "upload it to the CAS store ap-southeast-1, where"),
        ("cn-hangzhou", "cn-hangzhou", "as it was"),
    ],
)
def test_a_certificate_that_the_region_s_store_does_not_have_is_hinted_at_the_other(
    bench: Bench, location: str, store: str, told: str
) -> None:
    slot, new = bench.slot(OSS.slot), bench.certificate("new").evolve(store=store)
    look = bench.adapter.seen(slot, new)
    fault = Fault("PutCname", status=400, code="CertificateInvalidCasId", message="as it was")
    bench.cloud.faults.add(fault)
    there = slot.evolve(location=location)

    with pytest.raises(CloudRejectedError, match=told):
        bench.adapter.advance([(Change(there, new), look)])


WITHOUT: list[tuple[str, str, dict[str, Any]]] = [
    ("ListBuckets", "ExtranetEndpoint", {"endpoint": ""}),
    ("ListBuckets", "Location", {}),
    ("ListBuckets", "Region", {}),
    ("ListCname", "Status", {}),
    ("ListCname", "ValidEndDate", {"cert_not_after": None}),
    ("ListCname", "LastModified", {}),
]


def cut(monkeypatch: pytest.MonkeyPatch, bench: Bench, action: str, *tags: str, first: bool = False) -> None:
    """From now on answers lack these elements; or only the first one."""
    execute = bench.cloud.execute

    def executed(service: Any, call: Any) -> Any:
        answer = execute(service, call)
        if call.action != action:
            return answer
        body = answer.body.decode()
        for tag in tags:
            body = re.sub(f"<{tag}>.*?</{tag}>", "", body, count=int(first), flags=re.DOTALL)
        return replace(answer, body=body.encode())

    monkeypatch.setattr(bench.cloud, "execute", executed)


@pytest.mark.parametrize(("action", "tag", "without"), WITHOUT)
def test_what_oss_does_not_tell_is_left_empty(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str, tag: str, without: dict[str, Any]
) -> None:
    before = bench.slots()
    cut(monkeypatch, bench, action, tag)

    slots = bench.slots()

    assert slots.keys() == before.keys()
    for name, slot in slots.items():
        kept = {key: value for key, value in without.items() if slot.https or key != "cert_not_after"}
        assert slot == before[name].evolve(**kept)


@pytest.mark.parametrize(
    ("action", "tags", "what"),
    [
        ("ListBuckets", ("Name",), ["bucket None"]),
        ("ListBuckets", ("Region", "Location"), ["bucket bucket-empty"]),
        ("ListCname", ("Domain",), ["bucket-one/None", "bucket-two/None"]),
    ],
)
def test_a_row_that_oss_tells_in_part_only_is_told_and_does_not_hide_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str, tags: tuple[str, ...], what: list[str]
) -> None:
    bench.adapter.adapter.page_size = 50
    cut(monkeypatch, bench, action, *tags, first=True)

    found = list(bench.adapter.found(""))

    unread = [one.what for one in found if isinstance(one, Unread)]
    assert unread == what
    assert len(found) == len(OSS.carried) + (action == "ListBuckets")


def test_a_certificate_without_id_is_known_by_its_fingerprint_if_cas_has_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.carried()
    cut(monkeypatch, bench, "ListCname", "CertId")
    assert bench.carried() == before

    cut(monkeypatch, bench, "ListCname", "Fingerprint")
    assert set(bench.carried().values()) == {"upload:?", ""}


def test_lists_that_are_left_out_are_empty(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, bench, "ListBuckets", "Buckets")

    assert bench.slots() == {}
