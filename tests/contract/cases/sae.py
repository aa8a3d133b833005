"""SAE: gateway routing rules on ALB (a list of certificates) and on CLB (one of SLB's store)."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import (
    ANY,
    CERTIFICATES,
    IDENTIFIER,
    Case,
    Hindered,
    no_certificate,
    uncarried,
)

_REGION = "cn-hangzhou"
_ESTATE: dict[str, Any] = {
    "regions": [_REGION, "cn-shanghai"],
    "certificates": CERTIFICATES,
    "alb": [{"name": "shared", "region": _REGION}],
    "slb": [{"name": "inner", "region": _REGION, "address_type": "intranet"}],
    "sae": [
        {
            "name": "shop",
            "region": _REGION,
            "load_balancer": "shared",
            "certificates": ["other", "old", "second"],
        },
        {"name": "mail", "region": _REGION, "balancer": "clb", "certificates": ["old"]},
        {"name": "plain", "region": _REGION, "port": 80, "protocol": "HTTP"},
        {"name": "mse", "region": _REGION, "balancer": "mse"},
        {
            "name": "test",
            "region": _REGION,
            "namespace": "test",
            "load_balancer": "shared",
            "port": 8443,
            "certificates": ["old"],
        },
        {"name": "bare", "region": _REGION, "namespace": "test", "balancer": "clb"},
        {
            "name": "spare",
            "region": _REGION,
            "namespace": "test",
            "balancer": "clb",
            "load_balancer": "inner",
            "certificates": ["other"],
        },
        {"name": "far", "region": "cn-shanghai", "certificates": ["old"]},
    ],
}
_CARRIED = {
    "shop:443/default": "other",
    "shop:443/additional/old": "old",
    "shop:443/additional/second": "second",
    "mail:443/default": "old",
    "test:8443/default": "old",
    "bare:443/default": "",
    "spare:443/default": "other",
}


def _case(name: str, slot: str, renamed: str = "", **more: Any) -> Case:
    return Case(
        name,
        CloudProduct.SAE,
        _ESTATE,
        _CARRIED,
        region=_REGION,
        slot=slot,
        writes="UpdateIngress",
        pages="ListIngresses",
        reads=(
            "DescribeNamespaceList",
            "ListIngresses",
            "ListLoadBalancers",
            "DescribeLoadBalancers",
            "DescribeServerCertificates",
        ),
        code_of_denial="AccessDenied",
        settles=False,
        renamed={slot: renamed} if renamed else {},
        **more,
    )


CASES = [
    _case("SAE-alb", "shop:443/additional/old", renamed="shop:443/additional/new", away=uncarried),
    _case("SAE-alb-first", "test:8443/default", away=None),
    _case("SAE-clb", "mail:443/default", away=None, by_leaf=True),
]
HINDERED = [
    Hindered(
        CloudProduct.SAE,
        {
            "sae": [
                {"name": "shop", "region": "cn-hangzhou", "certificates": ["old"]},
                {"name": "bare", "region": "cn-hangzhou"},
                {"name": "empty", "region": "cn-hangzhou", "balancer": "clb"},
            ]
        },
        {"bare:443": no_certificate("SAE"), "empty:443": no_certificate("SAE")},
    ),
]
HOSTS = {"cn-shanghai": "sae.cn-shanghai.aliyuncs.com"}
SDK = "sae20190506"
OFFICIAL = {
    "DescribeRegions": {},
    "DescribeNamespaceList": {"ContainCustom": True},
    "ListIngresses": {"NamespaceId": _REGION, "CurrentPage": 1, "PageSize": 2},
    "DescribeIngress": {"IngressId": ANY},
    "UpdateIngress": {
        "IngressId": ANY,
        "CertIds": f"{IDENTIFIER['other']},{IDENTIFIER['new']},{IDENTIFIER['second']}",
    },
}
