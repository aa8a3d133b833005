"""Which listeners a Kubernetes cluster owns, by what its controllers write."""

import pytest

from shared.products.kit.clusters import obstacle

OWNERS = ("ack.aliyun.com", "kubernetes.do.not.delete")


@pytest.mark.parametrize(
    ("tags", "description", "owner"),
    [
        ({"ack.aliyun.com": "c7"}, "", "cluster c7"),
        ({"ack.aliyun.com": ""}, "", "a cluster"),
        ({"team": "web", "kubernetes.do.not.delete": "c8"}, "the shop", "cluster c8"),
        ({"kubernetes.reused.by.user": "true"}, "", "a cluster that uses this load balancer"),
        ({}, "k8s/443/front/default/c9", "cluster c9"),
        ({}, "k8s.443.TCPSSL.front.default.c9", "cluster c9"),
        ({"kubernetes.reused.by.user": "true"}, "k8s/443/front/default/c9", "cluster c9"),
    ],
)
def test_a_listener_of_a_cluster_says_whose_it_is(tags: dict[str, str], description: str, owner: str) -> None:
    assert obstacle(tags, OWNERS, description) == f"{owner} manages it; deploy through the cluster"


@pytest.mark.parametrize(
    "description", ["", "front", "k8s", "k8s/443", "my k8s/443/front/default/c9", "k8s/443/front/default/"]
)
def test_any_other_listener_is_its_owner_s(description: str) -> None:
    assert obstacle({"team": "web"}, OWNERS, description) == ""
