"""An account that calls have changed, saved and loaded elsewhere: a program sees no difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.api import Answer, Call, Raw
from emulator.authority import Authority
from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.faults import READS
from emulator.saving import saved_estate
from emulator.server import Server
from shared.domain.resources import CloudProduct, CloudResource
from tests.contract.bench import Bench, client, new_bench
from tests.contract.cases import CASES, Case


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bench(case: Case, server: Server) -> Iterator[Bench]:
    first = server.cloud
    yield new_bench(server, case.product, case.estate, case.region)
    server.cloud = first


@pytest.mark.ordinary_answers("it compares answers, field by field")
def test_a_saved_account_answers_as_before(
    case: Case, bench: Bench, server: Server, slot: CloudResource
) -> None:
    bring(bench)
    bench.deploy(slot, "new")
    bench.settle(slot)
    bench.cloud.time.freeze()
    before, asked = bench.slots(), reads(bench.cloud)

    other = loaded(server, json.loads(json.dumps(saved_estate(bench.cloud))))
    there = Bench(other, client(other, server.endpoint), other.estate, case.product, case.region)

    assert {label for label, name in there.carried().items() if name == "new"}
    assert there.slots() == before
    assert asked
    assert answers(other, asked) == answers(bench.cloud, asked)
    if case.product is not CloudProduct.ACK:  # whose controllers have looked again
        assert saved_estate(other) == saved_estate(bench.cloud)


def test_what_aws_has_is_said_to_be_missing(amazon: Bench) -> None:
    amazon.cloud.service("aws").start()

    assert saved_estate(amazon.cloud)["saved"]["without"] == ["aws"]


def bring(bench: Bench) -> None:
    """Have CAS keep a certificate that the estate does not name."""
    new = Authority().issue(["brought.example.com"], key="ecdsa-p256")
    given = {"Name": "brought", "Cert": new.certificate_pem, "Key": new.key_pem}
    bench.cloud.execute(bench.cloud.services["cas"], Call("UploadUserCertificate", given, "", ""))


def loaded(server: Server, estate: Any) -> Cloud:
    """Another cloud with the same key, served in place of the first."""
    first = server.cloud
    key = (first.key.access_key_id, first.key.access_key_secret)
    other = Cloud(strict=True, settle_s=first.settle_s, access_key=key, clock=first.clock)
    other.signing_clock = first.signing_clock
    other.load(parse_estate(estate))
    server.cloud = other
    return other


def reads(cloud: Cloud) -> list[tuple[str, Call]]:
    """What was asked of it, each once; and what CAS has."""
    names = {service.api: name for name, service in cloud.services.items()}
    found = {
        repr((call.api, call.action, call.region, call.params)): (
            names[call.api],
            Call(call.action, call.params, call.region, ""),
        )
        for call in list(cloud.calls)
        if call.action.startswith(READS) and call.api in names and call.code == ""
    }
    every = Call("ListUserCertificateOrder", {"OrderType": "UPLOAD", "ShowSize": 50}, "", "")
    return [*found.values(), ("cas", every)]


def answers(cloud: Cloud, asked: list[tuple[str, Call]]) -> list[Answer | Raw]:
    return [
        cloud.execute(cloud.services[name], call)
        for name, call in asked
        if call.action != "DescribeClusterUserKubeconfig"  # a new key for each
    ]
