"""ALB alone: listeners with several certificates, jobs, and listeners that are busy."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudDeniedError, CloudRejectedError, CloudUnavailableError, NotYetEffectiveError
from tests.contract.answers import edit, stuck
from tests.contract.bench import SETTLE_S, Bench, certificates, new_bench
from tests.contract.cases import CASES

ADD = "AssociateAdditionalCertificatesWithListener"
TAKE_OFF = "DissociateAdditionalCertificatesFromListener"
UPDATE = "UpdateListenerAttribute"
ALB = next(case for case in CASES if case.product is CloudProduct.ALB)


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.ALB, ALB.estate, "cn-hangzhou")


def a_bench(server: Server, **balancer: Any) -> Bench:
    """An account with one load balancer, `shop`."""
    names = certificates("old", "new", "second", "third")
    extras = certificates(*(f"extra{n}" for n in range(10)), domain="example.net")
    row = {"name": "shop", "region": "cn-hangzhou", **balancer}
    return new_bench(server, CloudProduct.ALB, {"certificates": names | extras, "alb": [row]}, "cn-hangzhou")


def touch(bench: Bench) -> None:
    """Somebody changes something else of shop:443, which makes the listener busy."""
    slot = bench.slots()["shop:443/default"]
    action = bench.adapter.actions[UPDATE]
    params = {"ListenerId": slot.listener_id, "ListenerDescription": "touched"}
    bench.client.call(bench.adapter.api, action, params, region=bench.region)


@pytest.mark.parametrize("label", ["shop:443/default", "shop:443/additional/second"])
def test_a_busy_listener_is_waited_for_and_not_knocked_at(bench: Bench, label: str) -> None:
    slot = bench.slot(label)
    certificate = bench.certificate("new")
    touch(bench)

    bench.adapter.deploy(slot, certificate)

    assert {call.code for call in bench.cloud.calls} == {""}, "a call met the busy listener"


def test_a_listener_that_stays_busy_is_not_yet_effective(bench: Bench) -> None:
    slot, certificate = bench.slot("shop:443/default"), bench.certificate("new")
    bench.cloud.settle_s = 30
    touch(bench)

    with pytest.raises(NotYetEffectiveError, match="busy"):
        bench.adapter_with(seconds=0.05).deploy(slot, certificate)

    assert bench.count(UPDATE) == 1, "only the touch was written"


@pytest.mark.parametrize("label", ["shop:443/default", "shop:443/additional/second"])
def test_a_deployment_whose_time_ran_out_is_finished_by_the_next(bench: Bench, label: str) -> None:
    slot, certificate = bench.slot(label), bench.certificate("new")
    bench.cloud.settle_s = 0.3

    with pytest.raises(NotYetEffectiveError):
        bench.adapter_with(seconds=0.03).deploy(slot, certificate)
    bench.cloud.settle_s = SETTLE_S
    bench.deploy(slot, "new")

    assert [bench.count(action) for action in (UPDATE, ADD, TAKE_OFF)] in ([1, 0, 0], [0, 1, 1])


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_old_additional_certificate_that_could_not_be_taken_off_goes_with_the_next_try(
    bench: Bench, when: Any
) -> None:
    """Where only the answer was lost, a look tells that it is off."""
    slot = bench.slot("shop:443/additional/second")
    bench.cloud.faults.add(Fault(TAKE_OFF, when=when))

    with pytest.raises(CloudUnavailableError) if when == "before" else nullcontext():
        bench.adapter.deploy(slot, bench.certificate("new"))
    bench.deploy(slot, "new")

    assert (bench.count(ADD), bench.count(TAKE_OFF)) == (1, 2 if when == "before" else 1)
    assert {label for label in bench.slots() if label.startswith("shop:443/")} == {
        "shop:443/default",
        "shop:443/additional/other",
        "shop:443/additional/new",
    }


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ({"ErrorCode": "SystemBusy.Storage", "ErrorMessage": "a reason"}, "SystemBusy.Storage: a reason"),
        ({}, "Failed: "),
    ],
)
@pytest.mark.ordinary_answers("only a job that is named can be asked for")
def test_a_job_that_fails_is_told_with_its_reason(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, why: dict[str, str], told: str
) -> None:
    """The emulator's jobs never fail, so this one is made to say so, and the listener to show nothing."""
    slot = bench.slot("shop:443/default")
    stuck(monkeypatch, bench.cloud, "ListListenerCertificates")
    edit(
        monkeypatch, bench.cloud, "ListAsynJobs", lambda told: told["Jobs"][0].update(Status="Failed", **why)
    )

    with pytest.raises(CloudRejectedError, match=rf"^UpdateListenerAttribute: {told} \("):
        bench.adapter.deploy(slot, bench.certificate("new"))

    assert bench.count("ListAsynJobs") == 1


def test_the_new_certificate_is_in_service_before_the_old_one_is_taken_off(bench: Bench) -> None:
    bench.deploy(bench.slot("shop:443/additional/second"), "new")

    order = [call.action for call in bench.cloud.calls if call.action in (ADD, TAKE_OFF)]
    assert order == [ADD, TAKE_OFF]


def test_every_certificate_of_a_listener_may_be_exchanged_in_turn(bench: Bench) -> None:
    for label, name in {
        "shop:443/default": "new",
        "shop:443/additional/other": "other-too",
    }.items():
        bench.deploy(bench.slot(label), name)

    shop = {label: name for label, name in bench.carried().items() if label.startswith("shop:443")}
    assert shop == {
        "shop:443/default": "new",
        "shop:443/additional/other-too": "other-too",
        "shop:443/additional/second": "second",
    }


def test_a_certificate_that_is_an_additional_one_already_becomes_the_default(bench: Bench) -> None:
    bench.deploy(bench.slot("shop:443/default"), "second")

    shop = {label: name for label, name in bench.carried().items() if label.startswith("shop:443")}
    assert shop == {"shop:443/default": "second", "shop:443/additional/other": "other"}


def test_an_additional_slot_whose_certificate_became_the_default_reads_as_none(bench: Bench) -> None:
    slot = bench.slot("shop:443/additional/second")
    bench.deploy(bench.slot("shop:443/default"), "second")

    assert bench.adapter.read(slot) is None


def test_an_additional_slot_may_take_the_certificate_that_another_slot_brought(bench: Bench) -> None:
    """Two additional slots that become one certificate: each is replaced, none is added twice."""
    first, second = (bench.slot(f"shop:443/additional/{name}") for name in ("other", "second"))
    first = first.evolve(domains=second.domains)

    bench.deploy(first, "new")
    bench.deploy(second, "new")

    shop = {label for label in bench.slots() if label.startswith("shop:443")}
    assert shop == {"shop:443/default", "shop:443/additional/new"}
    assert bench.count(ADD) == 1


def test_a_full_quota_of_additional_certificates_is_told_and_changes_nothing(server: Server) -> None:
    additional = [f"extra{n}" for n in range(9)] + ["second"]
    listener = {"port": 443, "default": "old", "additional": additional}
    bench = a_bench(server, edition="Basic", listeners=[listener])
    before = bench.carried()

    with pytest.raises(CloudRejectedError, match="QuotaExceeded"):
        bench.adapter.deploy(bench.slot("shop:443/additional/second"), bench.certificate("new"))

    assert bench.carried() == before
    assert bench.count(TAKE_OFF) == 0


def test_certificates_of_more_than_one_page_are_all_seen(server: Server) -> None:
    additional = [f"extra{n}" for n in range(5)]
    bench = a_bench(server, listeners=[{"port": 443, "default": "old", "additional": additional}])

    assert set(bench.carried().values()) == {"old", *additional}
    assert bench.count("ListListenerCertificates") == 3


def test_the_same_listener_is_not_looked_for_in_another_region(bench: Bench) -> None:
    assert set(bench.slots("cn-beijing")) == {"far:443/default"}


def test_every_region_of_the_product_is_named(bench: Bench) -> None:
    assert sorted(bench.adapter.regions()) == ["cn-beijing", "cn-hangzhou"]


def test_a_denied_region_is_an_error_and_the_other_region_is_not(bench: Bench) -> None:
    bench.cloud.deny("alb:ListLoadBalancers", region="cn-beijing")

    assert bench.carried() == ALB.carried
    with pytest.raises(CloudDeniedError):
        bench.slots("cn-beijing")


def test_a_load_balancer_of_a_cluster_is_left_to_the_cluster(server: Server) -> None:
    bench = a_bench(server, managed=True, listeners=[{"port": 443, "default": "old"}])
    slot = bench.slot("shop:443/default")

    assert "deploy through the cluster" in slot.obstacle
    with pytest.raises(CloudRejectedError, match="ServiceManagedResource"):
        bench.adapter.deploy(slot, bench.certificate("new"))


def test_a_certificate_in_the_wrong_store_is_refused_with_the_store_to_use(server: Server) -> None:
    names = certificates("new") | {
        name: {**row, "store": "ap-southeast-1"} for name, row in certificates("old").items()
    }
    balancer = {
        "name": "shop",
        "region": "ap-southeast-1",
        "listeners": [{"port": 443, "default": "old"}],
    }
    estate = {"regions": ["ap-southeast-1"], "certificates": names, "alb": [balancer]}
    bench = new_bench(server, CloudProduct.ALB, estate, "ap-southeast-1")

    with pytest.raises(
        CloudRejectedError,
        match=r": upload it to the CAS store ap-southeast-1, where this region looks it up \(",
    ):
        bench.adapter.deploy(bench.slots()["shop:443/default"], bench.certificate("new"))


@pytest.mark.ordinary_answers("only a job that is named can be asked for")
def test_a_job_that_is_not_listed_yet_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(times: int) -> bool:
        return bench.count("ListAsynJobs") >= times

    stuck(monkeypatch, bench.cloud, "ListListenerCertificates", until=lambda: asked(3))
    edit(monkeypatch, bench.cloud, "ListAsynJobs", lambda told: asked(2) or told["Jobs"].clear())

    bench.deploy(bench.slot("shop:443/default"), "new")

    assert bench.count("ListAsynJobs") == 3
    assert bench.count(UPDATE) == 1
