"""One load balancer asked for by its id, as deployers begin: ALB, NLB and SLB by their official SDKs."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.cloud import Cloud
from emulator.server import Server
from tests.functional.emulator.official import PACKAGES, Official, populate, sample


@pytest.fixture
def asked(cloud: Cloud, server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An official client of a product in a region."""
    monkeypatch.setitem(PACKAGES, "nlb", "nlb20220430")
    populate(cloud)

    def client(product: str, region: str = "cn-hangzhou") -> Official:
        return Official(server, product, f"{product}.{region}.aliyuncs.com")

    return client


@pytest.mark.parametrize(
    ("product", "code"),
    [("alb", "ResourceNotFound.LoadBalancer"), ("nlb", "ResourceNotFound.loadbalancer")],
)
def test_a_load_balancer_tells_of_itself(asked: Any, product: str, code: str) -> None:
    api = asked(product)
    row = api("ListLoadBalancers").load_balancers[0]
    found = api("GetLoadBalancerAttribute", LoadBalancerId=row.load_balancer_id)

    assert (found.load_balancer_name, found.dnsname) == (row.load_balancer_name, row.dnsname)
    assert (found.load_balancer_status, found.region_id) == ("Active", "cn-hangzhou")
    assert len(found.zone_mappings) == 2
    missing = {"LoadBalancerId": row.load_balancer_id}
    assert asked(product, "cn-beijing").refusal("GetLoadBalancerAttribute", **missing) == (404, code)


def test_nlb_words_its_tags_in_two_ways(asked: Any) -> None:
    api = asked("nlb")
    rows = api("ListLoadBalancers").load_balancers
    row = next(row for row in rows if row.tags)
    found = api("GetLoadBalancerAttribute", LoadBalancerId=row.load_balancer_id)

    assert [(tag.tag_key, tag.tag_value) for tag in found.tags] == [(tag.key, tag.value) for tag in row.tags]


def test_a_classic_load_balancer_tells_its_listeners(asked: Any) -> None:
    slb = asked("slb", "cn-shanghai")
    estate = next(row for row in sample().slb if row.name == "shop-classic")
    rows = slb("DescribeLoadBalancers", RegionId="cn-shanghai").load_balancers.load_balancer
    wanted = next(row.load_balancer_id for row in rows if row.load_balancer_name == estate.name)
    found = slb("DescribeLoadBalancerAttribute", LoadBalancerId=wanted)

    listeners = found.listener_ports_and_protocol.listener_port_and_protocol
    assert [(row.listener_port, row.listener_protocol) for row in listeners] == [
        (row.port, row.protocol) for row in estate.listeners
    ]
    assert found.listener_ports.listener_port == [row.port for row in estate.listeners]
    former = found.listener_ports_and_protocal.listener_port_and_protocal
    assert [row.listener_protocal for row in former] == [row.protocol for row in estate.listeners]
    assert slb.refusal("DescribeLoadBalancerAttribute", LoadBalancerId="lb-none") == (
        404,
        "InvalidLoadBalancerId.NotFound",
    )


def test_the_sample_has_listeners_of_clusters_that_only_say_so(asked: Any) -> None:
    nlb, slb = asked("nlb"), asked("slb", "cn-beijing")
    texts = [row.listener_description for row in nlb("ListListeners").listeners]
    rows = slb("DescribeLoadBalancerListeners", RegionId="cn-beijing").listeners

    assert "k8s.8443.TCPSSL.chat.web.c0123456789abcdef" in texts
    assert "k8s/443/chat/web/c0123456789abcdef" in [row.description for row in rows]
    balancers = nlb("ListLoadBalancers", LoadBalancerNames=["shared-sockets"]).load_balancers
    assert balancers[0].tags == []
