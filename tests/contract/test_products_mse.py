"""MSE alone: refusals under HTTP 200, gateways that are not running, domains of an Ingress."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import (
    AppError,
    CloudRejectedError,
    CloudUnavailableError,
    NotYetEffectiveError,
    UnreadableAnswerError,
)
from shared.products.kit.changes import Carries
from shared.products.kit.found import Unread
from tests.contract.answers import edit, put
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CERTIFICATES
from tests.contract.cases.mse import CASES, ESTATE, gateway

CASE = CASES[0]


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.MSE, ESTATE, "cn-hangzhou")


def a_slot(server: Server, gateway: dict[str, Any] | None = None, **domain: Any) -> tuple[Bench, Any]:
    """An account with one gateway of one domain, and its slot."""
    rows = [{"domain": "www.example.com", "certificate": "old", **domain}]
    row = {"name": "shop", "region": "cn-hangzhou", "domains": rows, **(gateway or {})}
    bench = new_bench(server, CloudProduct.MSE, {"certificates": CERTIFICATES, "mse": [row]}, "cn-hangzhou")
    (label,) = bench.slots()
    return bench, bench.slot(label)


@pytest.mark.parametrize(("code", "kind"), [(400, CloudRejectedError), (500, CloudUnavailableError)])
@pytest.mark.parametrize("action", ["ListGateway", "ListGatewayDomain"])
def test_a_list_that_failed_under_http_200_is_an_error_never_an_empty_list(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, action: str, code: int, kind: type[AppError]
) -> None:
    refusal = {"Success": False, "Code": code, "Message": "try another day"}
    monkeypatch.setattr(bench.cloud.service("mse"), action, lambda call: refusal)

    with pytest.raises(kind, match="try another day"):
        bench.slots()


@pytest.mark.parametrize(("code", "kind"), [(400, CloudRejectedError), (500, CloudUnavailableError)])
def test_a_change_that_failed_under_http_200_is_an_error(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[AppError]
) -> None:
    slot = bench.slot(CASE.slot)
    refusal = {"Success": False, "Code": code, "Message": "no"}
    monkeypatch.setattr(bench.cloud.service("mse"), "UpdateSSLCert", lambda call: refusal)

    with pytest.raises(kind):
        bench.adapter.deploy(slot, bench.certificate("new"))


def test_a_change_that_says_false_was_not_made(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = bench.slot(CASE.slot)
    answer = {"Success": True, "Code": 200, "Data": False}
    monkeypatch.setattr(bench.cloud.service("mse"), "UpdateSSLCert", lambda call: answer)

    with pytest.raises(CloudRejectedError, match=r"^UpdateSSLCert: Failed: MSE/.* was not changed "):
        bench.adapter.deploy(slot, bench.certificate("new"))


def test_a_gateway_that_is_not_running_is_waited_for_and_not_written_to(server: Server) -> None:
    bench, slot = a_slot(server, {"status": "changing"})

    assert "changing" in slot.obstacle
    with pytest.raises(NotYetEffectiveError, match=r"is busy: the gateway is not running \(changing\)"):
        bench.adapter_with(seconds=0.05).deploy(slot, bench.certificate("new"))
    assert bench.count("UpdateSSLCert") == 0


def test_a_domain_of_an_ingress_is_left_to_the_cluster(server: Server) -> None:
    bench, slot = a_slot(server, ingress=True)

    assert "Kubernetes Ingress" in slot.obstacle
    with pytest.raises(CloudRejectedError, match=r"^UpdateSSLCert: NotDeployable: a Kubernetes Ingress "):
        bench.adapter.deploy(slot, bench.certificate("new"))
    assert bench.count("UpdateSSLCert") == 0


def test_a_domain_without_a_name_has_those_of_its_certificate(bench: Bench) -> None:
    slot = bench.slots()[f"{gateway('mail')}/*"]

    assert (slot.domains, slot.domains_of_certificate, slot.endpoint) == ((), True, "")


def test_a_domain_whose_name_is_part_of_anothers_is_told_apart(bench: Bench) -> None:
    slot = bench.slot(f"{gateway('shop')}/w.example.com")

    bench.deploy(slot, "new")

    assert bench.carried() == {**CASE.carried, f"{gateway('shop')}/w.example.com": "new"}


def test_a_domain_is_settled_when_it_is_published(bench: Bench) -> None:
    slot = bench.slot(CASE.slot)
    bench.cloud.settle_s = 30

    with pytest.raises(NotYetEffectiveError):
        bench.adapter_with(seconds=0.05).deploy(slot, bench.certificate("new"))

    assert not bench.adapter.settled(slot)


def test_every_region_of_the_product_is_named(bench: Bench) -> None:
    assert sorted(bench.adapter.regions()) == ["cn-beijing", "cn-hangzhou"]


def test_the_domains_of_a_gateway_are_listed_once_for_all_who_look(bench: Bench) -> None:
    slots = [slot for slot in bench.slots().values() if slot.instance_id == gateway("shop")]
    new = bench.certificate("new")
    bench.cloud.calls.clear()

    looks = [bench.adapter.seen(slot, new) for slot in slots]

    assert len(slots) > 1
    assert [look.carries for look in looks if look] == [Carries.EXPECTED] * len(slots)
    assert bench.calls() == {"ListGatewayDomain": 1, "ListGateway": 1}


def test_a_domain_whose_gateway_left_meanwhile_gets_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(CASE.slot)
    edit(monkeypatch, bench.cloud, "ListGateway", lambda answer: answer["Data"].update(Result=[]))

    with pytest.raises(CloudRejectedError, match=rf"NotFound: .*{gateway('shop')}/.* is gone \("):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.adapter.read(slot) is None
    assert bench.count("UpdateSSLCert") == 0


def test_when_a_certificate_ends_is_not_asked_of_mse(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is deprecated, and begins with a space: CAS knows it."""
    edit(monkeypatch, bench.cloud, "ListGatewayDomain", lambda a: put(a, "Data[].CertBeforeDate", " 1 Jan"))

    assert {slot.cert_not_after for slot in bench.slots().values()} == {None}


@pytest.mark.parametrize("success", [None, False])
def test_code_404_in_an_answer_of_http_200_is_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, success: bool | None
) -> None:
    slot = bench.slot(CASE.slot)
    told = {"Code": 404, "Message": "no such gateway", **({} if success is None else {"Success": success})}
    monkeypatch.setattr(bench.cloud.service("mse"), "ListGatewayDomain", lambda call: told)

    with pytest.raises(CloudRejectedError, match=r"look: NotFound: .* is gone"):
        bench.adapter.deploy(slot, bench.certificate("new"))


def test_a_gateway_that_is_not_found_hides_no_other(bench: Bench) -> None:
    bench.cloud.faults.add(Fault("ListGatewayDomain", status=404, code="NotFound"))

    found = list(bench.adapter.found(bench.region))

    assert len([one for one in found if isinstance(one, Unread)]) == 1
    assert [one for one in found if not isinstance(one, Unread)]


def test_regions_that_are_left_out_are_not_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, bench.cloud, "QueryGatewayRegion", lambda answer: answer.pop("Data"))

    with pytest.raises(UnreadableAnswerError):
        bench.adapter.regions()
