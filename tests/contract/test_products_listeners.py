"""ALB and NLB: certificates that come and go on a listener, whose states the list tells."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.server import Server
from shared.errors import UnreadableAnswerError
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
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


def test_a_listener_list_that_is_left_out_is_empty(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """One HTTPS listener without any QUIC listener is enough."""
    before = bench.carried()

    def left_out(answer: dict[str, Any]) -> None:
        for name in ("Listeners", "Certificates"):
            if not answer.get(name, True):
                del answer[name]

    for action in ("ListLoadBalancers", "ListListeners", "ListListenerCertificates"):
        edit(monkeypatch, bench.cloud, action, left_out)

    assert bench.carried() == before
    edit(monkeypatch, bench.cloud, "ListListeners", lambda answer: answer.pop("Listeners"))
    assert bench.slots() == {}


@pytest.mark.parametrize("label", [DEFAULT, SECOND])
def test_a_write_whose_answer_names_no_job_is_followed_by_the_listener_s_state(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    slot = bench.slot(label)
    for action, row in bench.adapter.actions.items():
        if row.writes:
            edit(monkeypatch, bench.cloud, action, lambda answer: answer.pop("JobId"))
    bench.cloud.calls.clear()

    bench.deploy(slot, "new")

    assert bench.carried()[label.replace("second", "new")] == "new"
    assert bench.count("ListListeners") > 2
    assert bench.count("ListAsynJobs") == bench.count("GetJobStatus") == 0


@pytest.mark.parametrize("status", ["", "Odd", "Deleting"])
def test_a_state_of_a_listener_that_nobody_knows_is_neither_ready_nor_gone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    slot = bench.slot(DEFAULT)
    told = {"ListenerStatus": status}
    edit(
        monkeypatch,
        bench.cloud,
        "ListListeners",
        lambda answer: [row.update(told) for row in answer["Listeners"]],
    )

    look = bench.adapter.seen(slot, bench.certificate("new"))

    assert look is not None
    assert not look.settled


def test_a_state_of_a_certificate_that_nobody_knows_is_not_in_service(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(SECOND)
    state(bench, monkeypatch, "second", "Odd")

    look = bench.adapter.seen(slot, bench.certificate("second"))

    assert look is not None
    assert not look.settled
    assert bench.carried()[SECOND] == "second"


def test_without_a_word_which_certificate_is_the_default_nothing_is_guessed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def untold(answer: dict[str, Any]) -> None:
        for row in answer["Certificates"]:
            del row["IsDefault"]

    edit(monkeypatch, bench.cloud, "ListListenerCertificates", untold)

    found = list(bench.adapter.found(bench.region))

    assert any(isinstance(one, Unread) for one in found)
    assert not any(one.https for one in found if not isinstance(one, Unread)), "they have no certificate"


def test_a_load_balancer_that_cannot_be_read_is_told_and_the_others_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(answer: dict[str, Any]) -> None:
        for row in answer["LoadBalancers"]:
            if row["LoadBalancerName"] == "shop":
                del row["LoadBalancerId"]

    edit(monkeypatch, bench.cloud, "ListLoadBalancers", nameless)
    found = list(bench.adapter.found(bench.region))

    assert [one.what for one in found if isinstance(one, Unread)] == ["shop"]
    assert {one.instance_name for one in found if not isinstance(one, Unread)} == {"mail"}


def test_listeners_that_a_cluster_made_are_its_own_by_their_description_and_so_are_reused_balancers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(answer: dict[str, Any]) -> None:
        for row in answer["Listeners"]:
            if row["ListenerPort"] == 443:
                row["ListenerDescription"] = "k8s.443.TCPSSL.front.default.c9"

    def reused(answer: dict[str, Any]) -> None:
        for row in answer["LoadBalancers"]:
            if row["LoadBalancerName"] == "mail":
                row["Tags"] = [{"Key": "kubernetes.reused.by.user", "Value": "true"}]

    edit(monkeypatch, bench.cloud, "ListListeners", made)
    edit(monkeypatch, bench.cloud, "ListLoadBalancers", reused)
    slots = bench.slots()

    assert slots[DEFAULT].obstacle == "cluster c9 manages it; deploy through the cluster"
    assert slots["shop:444/default"].obstacle == ""
    assert {slot.obstacle for label, slot in slots.items() if label.startswith("mail:9")} == {
        "a cluster that uses this load balancer manages it; deploy through the cluster"
    }


def test_a_region_without_id_is_no_region_less(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(monkeypatch, bench.cloud, "DescribeRegions", lambda answer: answer["Regions"][0].pop("RegionId"))
    with pytest.raises(UnreadableAnswerError, match=r"^DescribeRegions: .*Regions\.0\.RegionId"):
        bench.adapter.regions()
    edit(monkeypatch, bench.cloud, "DescribeRegions", lambda answer: answer.pop("Regions"))
    with pytest.raises(UnreadableAnswerError, match="no region is listed"):
        bench.adapter.regions()
