"""ALB and NLB: certificates that come and go on a listener, whose states the list tells."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.products.kit.changes import Change
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases import CASES

DEFAULT, SECOND = "shop:443/default", "shop:443/additional/second"


@pytest.fixture(params=["ALB-default", "NLB-default"])
def bench(request: pytest.FixtureRequest, server: Server) -> Bench:
    case = next(case for case in CASES if case.name == request.param)
    return new_bench(server, case.product, case.estate, case.region)


def state(bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str, status: str) -> None:
    """The certificate is in this state on every listener."""

    def change(answer: dict[str, Any]) -> None:
        for row in answer["Certificates"]:
            if row["CertificateId"] == bench.estate.identifier(name):
                row["Status"] = status

    edit(monkeypatch, bench.cloud, "ListListenerCertificates", change)


def test_a_certificate_that_is_being_taken_off_has_no_slot(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot, before = bench.slot(SECOND), bench.carried()
    state(bench, monkeypatch, "second", "Diassociating")

    assert bench.carried() == {label: name for label, name in before.items() if name != "second"}
    assert bench.adapter.read(slot) is None


@pytest.mark.parametrize("status", ["Associating", "Associated"])
def test_a_certificate_that_is_coming_has_a_slot_but_follows_none_until_it_is_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    slot, other = bench.slot(SECOND), bench.slot("shop:443/additional/other")
    new = bench.certificate("new")
    bench.deploy(slot, "new")
    state(bench, monkeypatch, "new", status)

    assert bench.carried()["shop:443/additional/new"] == "new"
    assert (bench.adapter.successor(slot, new) is not None) is (status == "Associated")
    assert bench.adapter.successor(other, new) is None, "which still has its own"


def test_a_default_that_is_still_coming_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of listeners may tell too early that all is ready."""
    slot = bench.slot(DEFAULT)
    state(bench, monkeypatch, "old", "Associating")

    assert not bench.adapter.settled(slot)


def test_an_additional_certificate_that_became_the_default_is_its_slot_s_successor(bench: Bench) -> None:
    """The listener serves it, whatever place it has there by now."""
    slot = bench.slot(SECOND)
    bench.deploy(slot, "new")
    bench.deploy(bench.slot(DEFAULT), "new")

    successor = bench.adapter.successor(slot, bench.certificate("new"))

    assert successor is not None
    assert (successor.resource_id, successor.role.value) == (f"{slot.listener_id}/default", "default")
    bench.adapter.deploy(slot, bench.certificate("new"))


def test_what_was_taken_off_by_hand_is_added_and_nothing_else_is_taken_off(bench: Bench) -> None:
    """Once an attempt has begun: it might be what this one has done."""
    slot = bench.slot(SECOND)
    gone = slot.evolve(cert_identifier="7-cn-hangzhou")

    bench.adapter.driven(Change(gone, bench.certificate("new"), begun=True))

    shop = {label: name for label, name in bench.carried().items() if label.startswith("shop:443/")}
    assert shop == {
        DEFAULT: "old",
        "shop:443/additional/other": "other",
        SECOND: "second",
        "shop:443/additional/new": "new",
    }


def test_a_listener_of_a_load_balancer_made_since_is_left_for_the_next_discovery(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_shop(answer: dict[str, Any]) -> None:
        rows = answer["LoadBalancers"]
        answer["LoadBalancers"] = [row for row in rows if row["LoadBalancerName"] != "shop"]

    edit(monkeypatch, bench.cloud, "ListLoadBalancers", without_shop)

    assert {label.partition(":")[0] for label in bench.slots()} == {"mail"}
