"""What test_products.py holds every product to, for each kind of slot of AWS: over HTTP, on moto."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emulator import aws as emulated
from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudResource
from shared.errors import (
    CloudBusyError,
    CloudDeniedError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.contract import aws_bench
from tests.contract.aws_bench import REGION, a_distribution, issued_by_amazon
from tests.contract.bench import Bench, certificates

NAMES = ("example.com", "*.example.com")
ESTATE: dict[str, Any] = {
    "certificates": {
        **certificates("old", "new"),
        **certificates("other", "second", "other-too", domain="example.org"),
    },
    "aws": [
        {"name": "side", "listeners": [{"port": 443, "default": "old", "additional": ["other"]}]},
        {"name": "far", "region": "eu-west-1", "listeners": [{"port": 443, "default": "old"}]},
    ],
    "cloudfront": [{"aliases": ["img.example.org", "*.img.example.org"], "certificate": "second"}],
}
#: Kind, place, certificate.
CARRIED = Counter(
    [
        ("acm", "", "old"),
        ("acm", "", "other"),
        ("acm", "", "second"),
        ("acm", "", "second"),
        ("listener", "side:443/default", "old"),
        ("listener", "side:443/additional", "other"),
        ("listener", "front:443/default", "amazon's"),
        ("listener", "front:443/additional", "second"),
        ("listener", "front:8443/default", "second"),
        ("listener", "plain:443/default", "second"),
        ("listener", "plain:443/additional", "amazon's"),
        ("distribution", "img.example.org", "second"),
        ("distribution", "www.example.com", "amazon's"),
        ("distribution", "bare.example.com", ""),
    ]
)
READS = (
    "ListCertificates",
    "GetCertificate",
    "DescribeLoadBalancers",
    "DescribeListeners",
    "DescribeListenerCertificates",
    "ListDistributions",
)


@dataclass(frozen=True)
class Case:
    kind: str
    place: str
    carries: str
    writes: str

    def slot(self, bench: Bench) -> CloudResource:
        row = (self.kind, self.place, self.carries)
        (found,) = [slot for slot in bench.adapter.discover(REGION) if _row(bench, slot) == row]
        return found


CASES = [
    Case("acm", "", "old", "ImportCertificate"),
    Case("listener", "front:443/default", "amazon's", "ModifyListener"),
    Case("listener", "plain:443/additional", "amazon's", "AddListenerCertificates"),
    Case("distribution", "www.example.com", "amazon's", "UpdateDistribution"),
]


@pytest.fixture(params=CASES, ids=lambda case: case.writes)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(server: Server, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """With lists of one page: each call of moto's takes its time."""
    made = aws_bench.account(server, monkeypatch, ESTATE)
    made.adapter = made.adapter_with(seconds=10, page_size=50)
    amazons = issued_by_amazon(*NAMES)
    second = emulated.import_certificate(REGION, made.estate.bundle("second", made.cloud.clock()))
    emulated.add_balancer("front", REGION, False, [(443, [amazons, second]), (8443, [second])])
    emulated.add_balancer("plain", REGION, False, [(443, [second, amazons])])
    a_distribution(amazons, "www.example.com")
    a_distribution("", "bare.example.com")
    return made


def _row(bench: Bench, slot: CloudResource) -> tuple[str, str, str]:
    place = {
        "acm": "",
        "listener": f"{slot.instance_name}:{slot.port}/{slot.role.value}",
        "distribution": next(iter(slot.domains), ""),
    }[slot.kind]
    name = bench.name_of(slot.cert_identifier)
    return slot.kind, place, "amazon's" if name.startswith("sha256:") else name


def carried(bench: Bench) -> Counter[tuple[str, str, str]]:
    return Counter(_row(bench, slot) for slot in bench.adapter.discover(REGION))


def after(case: Case) -> Counter[tuple[str, str, str]]:
    """What is carried once `case` was deployed: users of an ARN follow it; others have one more in ACM."""
    if case.kind == "acm":
        return Counter(
            {(kind, place, "new" if name == "old" else name): n for (kind, place, name), n in CARRIED.items()}
        )
    new = [("acm", "", "new"), (case.kind, case.place, "new")]
    return CARRIED - Counter([(case.kind, case.place, case.carries)]) + Counter(new)


def test_discovery_yields_every_slot_of_every_page(bench: Bench) -> None:
    bench.adapter = bench.adapter_with(seconds=10)

    assert carried(bench) == CARRIED
    for action in ("ListCertificates", "DescribeLoadBalancers", "ListDistributions"):
        assert bench.count(action) > 1, f"{action} has one page only"


def test_reading_a_slot_gives_what_discovery_found_and_none_once_it_has_vanished(bench: Bench) -> None:
    slots = list(bench.adapter.discover(REGION))
    (bare,) = [slot for slot in slots if not slot.cert_identifier]

    assert [bench.adapter.read(slot) for slot in slots] == slots
    assert (bare.https, "set aliases and the first certificate in the console" in bare.obstacle) == (
        False,
        True,
    )
    emulated.clear()
    assert {bench.adapter.read(slot) for slot in slots} == {None}


@pytest.mark.long
def test_a_deployment_exchanges_this_slot_and_no_other_and_can_be_undone(case: Case, bench: Bench) -> None:
    slot = case.slot(bench)

    bench.deploy(slot, "new")
    successor = bench.deploy(slot, "new")
    assert carried(bench) == after(case)
    assert bench.count(case.writes) == 1

    bench.adapter.restore(successor, bench.certificate("old"))
    assert bench.adapter.successor(successor, bench.certificate("old")) is not None
    if case.kind == "acm":
        assert carried(bench) == CARRIED


@pytest.mark.long
def test_a_write_that_was_throttled_failed_or_lost_its_answer_is_made_once(case: Case, bench: Bench) -> None:
    slot = case.slot(bench)
    lost = [] if case.kind == "acm" else [Fault("ImportCertificate", when="after", drop=True)]
    throttled = Fault(case.writes, status=400, code="ThrottlingException")
    for fault in (*lost, throttled, Fault(case.writes)):
        bench.cloud.faults.add(fault)
        with pytest.raises((CloudThrottledError, CloudUnavailableError)) as told:
            bench.adapter.deploy(slot, bench.certificate("new"))
        assert told.value.retryable
        assert fault.times == 0
    bench.cloud.faults.add(Fault(case.writes, when="after", drop=True))

    bench.deploy(slot, "new")
    bench.deploy(slot, "new")

    assert bench.count("ImportCertificate") == (3 if case.kind == "acm" else 1)
    assert carried(bench) == after(case)
    assert bench.count(case.writes) == 3, "and none after the one whose answer was lost"


def test_what_is_refused_changes_no_slot_and_is_not_repeated(bench: Bench) -> None:
    slots = {case.writes: case.slot(bench) for case in CASES}
    for writes, slot in slots.items():
        with pytest.raises(CloudRejectedError, match="CertificateMismatch"):
            bench.adapter.deploy(slot, bench.certificate("other-too"))
        bench.cloud.deny(f"aws:{writes}")
        with pytest.raises(CloudDeniedError):
            bench.adapter.deploy(slot, bench.certificate("new"))
        assert bench.count(writes) == 1
        bench.cloud.denials.clear()
        bench.cloud.calls.clear()

    assert carried(bench) == CARRIED + Counter([("acm", "", "new")]), "which waits there for the next try"


def test_a_discovery_that_is_denied_or_throttled_is_an_error_never_an_empty_list(bench: Bench) -> None:
    for action in READS:
        bench.cloud.deny(f"aws:{action}")
        with pytest.raises(CloudDeniedError):
            carried(bench)
        bench.cloud.denials.clear()
        bench.cloud.faults.add(Fault(action, status=400, code="ThrottlingException", times=5))
        with pytest.raises(CloudThrottledError):
            carried(bench)


def test_pages_that_are_throttled_twice_are_read_in_the_end(bench: Bench) -> None:
    for action in READS:
        bench.cloud.faults.add(Fault(action, status=400, code="ThrottlingException", times=2))

    assert carried(bench) == CARRIED


@pytest.mark.long
def test_a_page_that_fails_is_an_error_never_the_end_of_the_list(bench: Bench) -> None:
    slots = bench.adapter.discover(REGION)
    assert list(islice(slots, 1))
    bench.cloud.faults.add(Fault("GetCertificate", times=5))

    with pytest.raises(CloudUnavailableError):
        list(slots)


def test_a_region_that_is_forbidden_fails_alone(bench: Bench) -> None:
    bench = replace(bench, aws=replace(bench.aws, regions=(REGION, "eu-west-1")))
    bench.cloud.deny("aws:*", region="eu-west-1")

    with pytest.raises(CloudDeniedError):
        list(bench.adapter.discover("eu-west-1"))
    assert carried(bench) == CARRIED


def test_a_distribution_that_somebody_else_changed_meanwhile_is_left_for_another_try(bench: Bench) -> None:
    slot = CASES[3].slot(bench)
    there = boto3.client("cloudfront", region_name=REGION, endpoint_url=emulated.endpoint())
    read = there.get_distribution_config(Id=slot.resource_id)
    change = {"Id": slot.resource_id, "DistributionConfig": read["DistributionConfig"]}
    there.update_distribution(IfMatch=read["ETag"], **change)

    with pytest.raises(ClientError, match="PreconditionFailed"):
        there.update_distribution(IfMatch=read["ETag"], **change)
    bench.cloud.faults.add(Fault("UpdateDistribution", status=412, code="PreconditionFailed"))
    with pytest.raises(CloudBusyError) as told:
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert told.value.retryable
    bench.deploy(slot, "new")
