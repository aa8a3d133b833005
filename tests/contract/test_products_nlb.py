"""NLB alone: what differs from ALB, whose own tests hold for the listeners of both."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError, CloudUnavailableError, NotYetEffectiveError
from tests.contract.answers import edit, put, stuck
from tests.contract.bench import SETTLE_S, Bench, certificates, new_bench
from tests.contract.cases.nlb import CASES, ESTATE
from tests.contract.oracle import recording

ADD = "AssociateAdditionalCertificatesWithListener"
TAKE_OFF = "DisassociateAdditionalCertificatesWithListener"
UPDATE = "UpdateListenerAttribute"


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.NLB, ESTATE, "cn-hangzhou")


def a_bench(server: Server, **balancer: Any) -> Bench:
    """An account with one load balancer, `shop`."""
    names = certificates("old", "new", "second")
    extras = certificates(*(f"extra{n}" for n in range(24)), domain="example.net")
    row = {"name": "shop", "region": "cn-hangzhou", **balancer}
    return new_bench(server, CloudProduct.NLB, {"certificates": names | extras, "nlb": [row]}, "cn-hangzhou")


def test_writes_travel_in_the_form_body_and_nothing_in_the_url(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recording(monkeypatch) as recorder:
        bench.deploy(bench.slot("shop:443/default"), "new")  # which frees the old one
        bench.deploy(bench.slot("shop:443/additional/second"), "old")

    for action in (UPDATE, ADD, TAKE_OFF):
        (request,) = recorder.of(action)
        assert request.queries == {}
        assert {"ListenerId", "ClientToken"} <= set(request.form)


@pytest.mark.ordinary_answers("only a job that is named can be asked for")
def test_a_job_is_polled_until_it_is_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list may tell too early that the listener is ready again, or too late what it carries."""
    bench.cloud.settle_s = 0.2
    slot = bench.slot("shop:443/additional/second")
    edit(
        monkeypatch,
        bench.cloud,
        "ListListeners",
        lambda told: put(told, "Listeners[].ListenerStatus", "Running"),
    )
    stuck(monkeypatch, bench.cloud, "ListListenerCertificates", until=lambda: bench.cloud.clock() > ready)
    ready = bench.cloud.clock() + timedelta(seconds=0.3)

    bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.count("GetJobStatus") > 1
    assert {call.code for call in bench.cloud.calls} == {""}


def test_pages_of_certificates_are_half_as_long_as_those_of_listeners(bench: Bench) -> None:
    bench.adapter.adapter.page_size = 100  # type: ignore[misc]

    assert bench.carried() == CASES[0].carried

    sizes = {
        call.action: call.params["MaxResults"] for call in bench.cloud.calls if "MaxResults" in call.params
    }
    assert sizes == {"ListLoadBalancers": 100, "ListListeners": 100, "ListListenerCertificates": 50}


def test_a_deployment_whose_time_ran_out_is_finished_by_the_next(bench: Bench) -> None:
    slot, certificate = bench.slot("shop:443/additional/second"), bench.certificate("new")
    bench.cloud.settle_s = 0.3

    with pytest.raises(NotYetEffectiveError):
        bench.adapter_with(seconds=0.03).deploy(slot, certificate)
    bench.cloud.settle_s = SETTLE_S
    bench.deploy(slot, "new")

    assert [bench.count(action) for action in (UPDATE, ADD, TAKE_OFF)] == [0, 1, 1]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_old_certificate_that_could_not_be_taken_off_goes_with_the_next_try(
    bench: Bench, when: Any
) -> None:
    slot = bench.slot("shop:443/additional/second")
    bench.cloud.faults.add(Fault(TAKE_OFF, when=when))

    with pytest.raises(CloudUnavailableError) if when == "before" else nullcontext():
        bench.adapter.deploy(slot, bench.certificate("new"))
    bench.deploy(slot, "new")

    assert (bench.count(ADD), bench.count(TAKE_OFF)) == (1, 2 if when == "before" else 1)


def test_a_full_quota_is_told_and_changes_nothing(server: Server) -> None:
    additional = [f"extra{n}" for n in range(24)] + ["second"]
    bench = a_bench(server, listeners=[{"port": 443, "default": "old", "additional": additional}])
    before = bench.carried()

    with pytest.raises(CloudRejectedError, match="QuotaExceeded"):
        bench.adapter.deploy(bench.slot("shop:443/additional/second"), bench.certificate("new"))

    assert bench.carried() == before


@pytest.mark.ordinary_answers("only a job that is named can be asked for")
def test_a_job_that_fails_is_told_although_the_product_says_no_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot("shop:443/default")
    stuck(monkeypatch, bench.cloud, "ListListenerCertificates")
    edit(monkeypatch, bench.cloud, "GetJobStatus", lambda answer: answer.update(Status="FAILED"))

    with pytest.raises(CloudRejectedError, match=r"^UpdateListenerAttribute: Failed: job .* failed; the pr"):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.count("GetJobStatus") == 1


def test_a_new_default_goes_along_with_every_setting_of_its_listener_that_was_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other clients of the API send the whole listener again; an empty setting is left out."""
    slot = bench.slot("shop:443/default")
    change = {"AlpnEnabled": True, "AlpnPolicy": "HTTP2Only", "CaCertificateIds": [], "Odd": 7}
    edit(
        monkeypatch,
        bench.cloud,
        "ListListeners",
        lambda answer: [row.update(change) for row in answer["Listeners"]],
    )

    bench.deploy(slot, "new")

    (call,) = (call for call in bench.cloud.calls if call.action == UPDATE)
    assert (call.params["AlpnEnabled"], call.params["AlpnPolicy"]) == (True, "HTTP2Only")
    assert {"CaEnabled", "Cps", "IdleTimeout", "Mss", "SecurityPolicyId", "ServerGroupId"} < set(call.params)
    assert not {"Odd", "CaCertificateIds", "ListenerDescription"} & set(call.params)
