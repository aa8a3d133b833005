"""SLB: what goes along with a certificate, by what a listener is told gone, and whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.api import ApiError
from emulator.faults import Fault
from emulator.server import Server
from shared.domain.resources import CloudProduct
from shared.errors import CloudRejectedError
from shared.products.kit.catalogue import NO_CATALOGUE
from shared.products.kit.changes import Change
from shared.products.kit.found import Unread
from tests.contract.answers import edit
from tests.contract.bench import Bench, new_bench
from tests.contract.cases.slb import CASES, SHOP

SLB = CASES[0]
DESCRIBE, SET = "DescribeLoadBalancerHTTPSListenerAttribute", "SetLoadBalancerHTTPSListenerAttribute"
DEFAULT, EXTENSION = SLB.slot, CASES[1].slot


@pytest.fixture
def bench(server: Server) -> Bench:
    return new_bench(server, CloudProduct.SLB, SLB.estate, SLB.region)


def settings(bench: Bench) -> dict[str, Any]:
    """The cloud's own record of shop:443."""
    return bench.cloud.service("slb")._balancers[0].listeners[0].settings  # type: ignore[no-any-return]


def described(bench: Bench, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    edit(monkeypatch, bench.cloud, DESCRIBE, lambda answer: answer.update(changes))


def sent(bench: Bench) -> dict[str, Any]:
    (call,) = (call for call in bench.cloud.calls if call.action == SET)
    return dict(call.params)


@pytest.mark.parametrize("unnamed", ["reset", "keep"])
def test_whatever_a_change_does_to_what_it_does_not_name_all_is_as_before(bench: Bench, unnamed: str) -> None:
    bench.cloud.service("slb").choose(unnamed_settings=unnamed)
    settings(bench).update(
        VServerGroupId="rsp-1", StickySession="on", StickySessionType="server", Cookie="shop", Bandwidth=50
    )
    slot, before = bench.slot(DEFAULT), dict(settings(bench))

    bench.deploy(slot, "new")

    after = settings(bench)
    assert {name: after.get(name) or "" for name in before} == {name: before[name] or "" for name in before}
    assert bench.count(SET) == 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"VServerGroupId": "rsp-1"}, {"VServerGroupId": "rsp-1", "VServerGroup": "on"}),
        ({"VServerGroupId": ""}, {"VServerGroupId": None, "VServerGroup": None}),
        (
            {"StickySession": "on", "StickySessionType": "server", "Cookie": "shop", "CookieTimeout": 7},
            {"StickySession": "on", "StickySessionType": "server", "Cookie": "shop", "CookieTimeout": None},
        ),
        (
            {"StickySession": "on", "StickySessionType": "insert", "Cookie": "shop", "CookieTimeout": 7},
            {"Cookie": None, "CookieTimeout": 7},
        ),
        ({"StickySession": "off", "StickySessionType": "server", "Cookie": "shop"}, {"Cookie": None}),
        (
            {"AclStatus": "on", "AclType": "white", "AclId": "b", "AclIds": {"AclId": ["b", "a"]}},
            {"AclStatus": "on", "AclType": "white", "AclId": "a,b"},
        ),
        ({"AclStatus": "off", "AclId": "b"}, {"AclStatus": "off", "AclId": None}),
        ({"HealthCheck": "off"}, {"HealthCheck": "off", "HealthCheckURI": None}),
        ({"HealthCheckConnectPort": -520}, {"HealthCheckConnectPort": None}),
        ({"TLSCipherPolicy": "tls_cipher_policy_1_0"}, {"TLSCipherPolicy": None}),
        ({"HealthCheckDomain": None, "Odd": "on"}, {"HealthCheckDomain": None, "Odd": None}),
    ],
    ids=repr,
)
def test_settings_go_along_with_a_certificate_as_the_call_takes_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], expected: dict[str, Any]
) -> None:
    slot = bench.slot(DEFAULT)
    certificate = bench.certificate("new")
    described(bench, monkeypatch, **told)
    look = bench.adapter.seen(slot, certificate)
    assert look is not None
    monkeypatch.setattr(bench.cloud.service("slb"), SET, lambda call: {})

    bench.adapter.advance([(Change(slot, certificate), look)])

    assert {name: sent(bench).get(name) for name in expected} == expected


def test_access_lists_and_rules_in_another_order_are_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(DEFAULT)
    rows = [{"RuleId": "r-1", "Domain": "a.example.com"}, {"RuleId": "r-2", "Domain": "b.example.com"}]

    def reordered(answer: dict[str, Any]) -> None:
        turn = -1 if bench.count(SET) else 1
        answer["AclIds"] = {"AclId": ["acl-1", "acl-2"][::turn]}
        answer["AclId"] = ("acl-1", "acl-2")[turn]
        answer["Rules"] = {"Rule": rows[::turn]}

    edit(monkeypatch, bench.cloud, DESCRIBE, reordered)

    bench.deploy(slot, "new")


@pytest.mark.parametrize("known", [True, False])
def test_what_an_extension_s_listener_lost_goes_back_with_the_listener_s_own_certificate(
    bench: Bench, known: bool
) -> None:
    slot, carried, before = bench.slot(EXTENSION), bench.carried(), dict(settings(bench))
    bench.cloud.service("slb").forgets = ("HealthCheckDomain",)
    certificate = bench.certificate("new")
    if not known:
        bench.adapter.adapter._catalogue = NO_CATALOGUE

    with pytest.raises(CloudRejectedError, match=r"SettingsLost: .* was put back, and so were they"):
        bench.adapter.deploy(slot, certificate)

    assert sent(bench)["ServerCertificateId"]
    assert bench.carried() == carried
    assert {name: settings(bench).get(name) or "" for name in before} == {
        name: value or "" for name, value in before.items()
    }


@pytest.mark.parametrize("code", ["InvalidParameter", "ListenerNotFound", "InvalidLoadBalancerId.NotFound"])
@pytest.mark.parametrize("label", [DEFAULT, EXTENSION])
def test_a_listener_is_gone_by_each_code_that_says_so(bench: Bench, code: str, label: str) -> None:
    slot = bench.slot(label)
    bench.cloud.faults.add(Fault(DESCRIBE, status=400, code=code))

    assert bench.adapter.read(slot) is None


def test_a_listener_is_gone_by_the_words_that_it_does_not_exist(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = bench.slot(DEFAULT)

    def missing(call: Any) -> Any:
        raise ApiError(404, "Odd", "The specified resource does not exist.")

    monkeypatch.setattr(bench.cloud.service("slb"), DESCRIBE, missing)

    assert bench.adapter.read(slot) is None


def test_an_invalid_parameter_of_the_store_does_not_say_that_a_listener_is_gone(bench: Bench) -> None:
    slot = bench.slot(DEFAULT)
    bench.cloud.faults.add(Fault("DescribeServerCertificates", status=400, code="InvalidParameter"))

    with pytest.raises(CloudRejectedError, match="InvalidParameter"):
        bench.adapter_with(seconds=5).read(slot)


def test_a_listener_that_a_cluster_made_is_its_own_by_its_description(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(bench, monkeypatch, Description="k8s/443/front/default/c9")

    assert {slot.obstacle for slot in bench.slots().values()} == {
        "cluster c9 manages it; deploy through the cluster"
    }


def test_a_load_balancer_that_a_cluster_reuses_is_its_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = {"TagKey": "kubernetes.reused.by.user", "TagValue": "true"}

    def reused(answer: dict[str, Any]) -> None:
        for row in answer["LoadBalancers"]["LoadBalancer"]:
            row["Tags"] = {"Tag": [tag]} if row["LoadBalancerName"] == "shop" else None

    edit(monkeypatch, bench.cloud, "DescribeLoadBalancers", reused)
    obstacles = {slot.instance_name: slot.obstacle for slot in bench.slots().values() if slot.https}

    assert obstacles == {
        "shop": "a cluster that uses this load balancer manages it; deploy through the cluster",
        "mail": "",
    }


def test_a_listener_that_cannot_be_read_is_told_and_the_others_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(answer: dict[str, Any]) -> None:
        if answer["LoadBalancerId"] == SHOP and answer["ListenerPort"] == 443:
            answer["DomainExtensions"] = "odd"

    edit(monkeypatch, bench.cloud, DESCRIBE, odd)
    found = list(bench.adapter.found(bench.region))

    assert [one.what for one in found if isinstance(one, Unread)] == [SHOP]
    assert len(found) == 1 + len([label for label in SLB.carried if "443" not in label or "mail" in label])
