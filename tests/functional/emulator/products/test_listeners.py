"""Listeners of classic and network load balancers: what a change resets, what is gone, whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.estate import parse_estate
from emulator.server import Server
from tests.functional.emulator.clients import admin
from tests.functional.emulator.official import PACKAGES, Official

HERE = {"RegionId": "cn-hangzhou"}
DESCRIBE, SET = "DescribeLoadBalancerHTTPSListenerAttribute", "SetLoadBalancerHTTPSListenerAttribute"
OF_CLB, OF_NLB = "k8s/443/shop/default/c0123", "k8s.443.TCPSSL.shop.default.c0123"
OF_ALB = "ingress-auto-listener-443"


@pytest.fixture
def api(cloud: Cloud, server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(PACKAGES, "nlb", "nlb20220430")
    shop: dict[str, Any] = {"name": "shop", "region": "cn-hangzhou"}
    plain = {"name": "plain", "region": "cn-hangzhou"}
    described = {"port": 443, "description": OF_CLB, "certificate": "old"}
    estate = {
        "certificates": {name: {"names": ["*.example.com"], "key": "ecdsa-p256"} for name in ("old", "new")},
        "slb": [{**shop, "listeners": [described]}, {**plain, "listeners": [{"port": 443}]}],
        "nlb": [{**shop, "listeners": [{"port": 443, "default": "old", "description": OF_NLB}]}],
        "alb": [{**shop, "listeners": [{"port": 443, "default": "old", "description": OF_ALB}]}],
    }
    cloud.load(parse_estate(estate))

    def client(product: str) -> Official:
        return Official(server, product, f"{product}.cn-hangzhou.aliyuncs.com")

    return client


def balancer(slb: Official, name: str = "shop") -> str:
    rows = slb("DescribeLoadBalancers", **HERE).load_balancers.load_balancer
    return next(str(row.load_balancer_id) for row in rows if row.load_balancer_name == name)


def where(slb: Official, port: int = 443) -> dict[str, Any]:
    return {**HERE, "LoadBalancerId": balancer(slb), "ListenerPort": port}


def with_a_group(slb: Official) -> dict[str, Any]:
    """The listener's settings, after some of its own."""
    own = {"VServerGroup": "on", "VServerGroupId": "rsp-shop", "HealthCheckDomain": "h.example.com"}
    slb(SET, **where(slb), **own, StickySession="on", StickySessionType="server", Cookie="B")
    return dict(slb(DESCRIBE, **where(slb)).to_map())


def renew(slb: Official, **settings: Any) -> dict[str, Any]:
    """What the listener says after a change of its certificate."""
    bound = slb(DESCRIBE, **where(slb)).server_certificate_id
    slb(SET, **where(slb), ServerCertificateId=bound, **settings)
    return dict(slb(DESCRIBE, **where(slb)).to_map())


def test_settings_that_a_change_does_not_name_may_stay(api: Any, server: Server) -> None:
    slb = api("slb")
    admin(server, "POST", "behaviour", {"service": "slb", "unnamed_settings": "keep"})
    before = with_a_group(slb)

    assert before["VServerGroupId"] == "rsp-shop"
    assert {**renew(slb), "RequestId": ""} == {**before, "RequestId": ""}


def test_but_they_are_reset_unless_they_are_sent_again(api: Any) -> None:
    slb = api("slb")
    with_a_group(slb)
    kept = renew(slb, VServerGroup="on", VServerGroupId="rsp-shop", HealthCheckDomain="h.example.com")
    lost = renew(slb)

    assert (kept["VServerGroupId"], kept["HealthCheckDomain"]) == ("rsp-shop", "h.example.com")
    assert (kept["StickySession"], kept["Cookie"]) == ("off", "")
    assert (lost["HealthCheckDomain"], lost["Description"]) == ("", "")
    assert not lost["VServerGroupId"]
    assert lost["ServerCertificateId"] == kept["ServerCertificateId"]


def test_a_server_group_is_taken_off(api: Any) -> None:
    slb = api("slb")
    with_a_group(slb)
    slb(SET, **where(slb), VServerGroup="off")

    assert not slb(DESCRIBE, **where(slb)).vserver_group_id
    assert slb.refusal(SET, **where(slb), VServerGroup="on")[0] == 400


@pytest.mark.parametrize(
    ("code", "status"), [("InvalidParameter", 400), ("ListenerNotFound", 404)], ids=["as seen", "as guessed"]
)
def test_a_listener_that_there_is_not_has_either_code(
    api: Any, server: Server, code: str, status: int
) -> None:
    slb = api("slb")
    admin(server, "POST", "behaviour", {"service": "slb", "missing_listener": code})

    assert slb.refusal(DESCRIBE, **where(slb, 444)) == (status, code)


def test_listeners_say_in_their_description_whose_they_are(api: Any) -> None:
    slb, nlb, alb = api("slb"), api("nlb"), api("alb")
    rows = slb("DescribeLoadBalancerListeners", **HERE).listeners
    (of_nlb,) = nlb("ListListeners").listeners
    (of_alb,) = alb("ListListeners").listeners

    assert sorted(row.description for row in rows) == ["", OF_CLB]
    assert slb(DESCRIBE, **where(slb)).description == OF_CLB
    assert of_nlb.listener_description == OF_NLB
    assert nlb("GetListenerAttribute", ListenerId=of_nlb.listener_id).listener_description == OF_NLB
    assert of_alb.listener_description == OF_ALB
    assert nlb("ListLoadBalancers").load_balancers[0].tags == [], "nothing else says so"
