"""ALB and NLB: certificates that come and go on a listener, whose states the list tells."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.products.kit.changes import Change
from tests.contract.answers import edit
from tests.contract.bench import Bench, bench
from tests.contract.cases import CASES

DEFAULT, SECOND = "shop:443/default", "shop:443/additional/second"


@pytest.fixture(params=["ALB-default", "NLB-default"])
def it(request: pytest.FixtureRequest, server: Server) -> Bench:
    case = next(case for case in CASES if case.name == request.param)
    return bench(server, case.product, case.estate, case.region)


def state(it: Bench, monkeypatch: pytest.MonkeyPatch, name: str, status: str) -> None:
    """The certificate is in this state on every listener."""

    def change(answer: dict[str, Any]) -> None:
        for row in answer["Certificates"]:
            if row["CertificateId"] == it.estate.identifier(name):
                row["Status"] = status

    edit(monkeypatch, it.cloud, "ListListenerCertificates", change)


def test_a_certificate_that_is_being_taken_off_has_no_slot(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot, before = it.slot(SECOND), it.carried()
    state(it, monkeypatch, "second", "Diassociating")

    assert it.carried() == {label: name for label, name in before.items() if name != "second"}
    assert it.adapter.read(slot) is None


@pytest.mark.parametrize("status", ["Associating", "Associated"])
def test_a_certificate_that_is_coming_has_a_slot_but_follows_none_until_it_is_there(
    it: Bench, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    slot, other = it.slot(SECOND), it.slot("shop:443/additional/other")
    new = it.certificate("new")
    it.deploy(slot, "new")
    state(it, monkeypatch, "new", status)

    assert it.carried()["shop:443/additional/new"] == "new"
    assert (it.adapter.successor(slot, new) is not None) is (status == "Associated")
    assert it.adapter.successor(other, new) is None, "which still has its own"


def test_a_default_that_is_still_coming_is_waited_for(it: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of listeners may tell too early that all is ready."""
    slot = it.slot(DEFAULT)
    state(it, monkeypatch, "old", "Associating")

    assert not it.adapter.settled(slot)


def test_an_additional_certificate_that_became_the_default_is_its_slot_s_successor(it: Bench) -> None:
    """The listener serves it, whatever place it has there by now."""
    slot = it.slot(SECOND)
    it.deploy(slot, "new")
    it.deploy(it.slot(DEFAULT), "new")

    successor = it.adapter.successor(slot, it.certificate("new"))

    assert successor is not None
    assert (successor.resource_id, successor.role.value) == (f"{slot.listener_id}/default", "default")
    it.adapter.deploy(slot, it.certificate("new"))


def test_what_was_taken_off_by_hand_is_added_and_nothing_else_is_taken_off(it: Bench) -> None:
    """Once an attempt has begun: it might be what this one has done."""
    slot = it.slot(SECOND)
    gone = slot.evolve(cert_identifier="7-cn-hangzhou")

    it.adapter.driven(Change(gone, it.certificate("new"), begun=True))

    shop = {label: name for label, name in it.carried().items() if label.startswith("shop:443/")}
    assert shop == {
        DEFAULT: "old",
        "shop:443/additional/other": "other",
        SECOND: "second",
        "shop:443/additional/new": "new",
    }


def test_a_listener_of_a_load_balancer_made_since_is_left_for_the_next_discovery(
    it: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_shop(answer: dict[str, Any]) -> None:
        rows = answer["LoadBalancers"]
        answer["LoadBalancers"] = [row for row in rows if row["LoadBalancerName"] != "shop"]

    edit(monkeypatch, it.cloud, "ListLoadBalancers", without_shop)

    assert {label.partition(":")[0] for label in it.slots()} == {"mail"}
