"""SLB: HTTPS listeners of classic load balancers, and their extensions by domain."""

from __future__ import annotations

from typing import Any

from emulator.services.slb.model import SETTINGS, balancer_id
from shared.domain.resources import CloudProduct
from tests.contract.bench import STORE
from tests.contract.cases import (
    ANY,
    CERT_ID,
    CERTIFICATES,
    IDENTIFIER,
    Away,
    Case,
    Hindered,
    another_domain,
    no_certificate,
)

_REGION = "cn-hangzhou"
SHOP = balancer_id(_REGION, "shop")
_ESTATE: dict[str, Any] = {
    "regions": [_REGION, "cn-chengdu"],
    "certificates": CERTIFICATES,
    "slb": [
        {
            "name": "shop",
            "region": _REGION,
            "listeners": [
                {
                    "port": 443,
                    "certificate": "old",
                    "extensions": [
                        {"domain": "img.example.com", "certificate": "old"},
                        {"domain": "www.example.org", "certificate": "other"},
                    ],
                },
                {"port": 444, "certificate": "second"},
                {"port": 80, "protocol": "http"},
            ],
        },
        {
            "name": "mail",
            "region": _REGION,
            "spec": "",
            "listeners": [{"port": 443, "certificate": "other"}, {"port": 9443}],
        },
        {"name": "empty", "region": _REGION},
        {"name": "far", "region": "cn-chengdu", "listeners": [{"port": 443, "certificate": "old"}]},
    ],
}
_CARRIED = {
    "shop:443/default": "old",
    f"{SHOP}/443/img.example.com": "old",
    f"{SHOP}/443/www.example.org": "other",
    "shop:444/default": "second",
    "mail:443/default": "other",
    "mail:9443/default": "",
}
_LISTENER = "DescribeLoadBalancerHTTPSListenerAttribute"
_READS = ("DescribeLoadBalancers", "DescribeLoadBalancerListeners", _LISTENER, "DescribeServerCertificates")
_SET = "SetLoadBalancerHTTPSListenerAttribute"


def _case(name: str, slot: str, writes: str, away: Away | None) -> Case:
    return Case(
        name,
        CloudProduct.SLB,
        _ESTATE,
        _CARRIED,
        region=_REGION,
        slot=slot,
        writes=writes,
        pages="DescribeLoadBalancerListeners",
        reads=_READS,
        busy="ServiceIsConfiguring",
        away=away,
        settles=False,
        by_leaf=True,
    )


CASES = [
    _case("SLB-listener", "shop:443/default", _SET, None),
    _case("SLB-extension", f"{SHOP}/443/img.example.com", "SetDomainExtensionAttribute", another_domain),
]
_ONE: dict[str, Any] = {"region": _REGION, "listeners": [{"port": 443, "certificate": "old"}]}
HINDERED = [
    Hindered(
        CloudProduct.SLB,
        {
            "slb": [
                {
                    "name": "shop",
                    "region": "cn-hangzhou",
                    "listeners": [
                        {"port": 443, "certificate": "old"},
                        {"port": 8443},
                        {"port": 9443, "certificate": "old", "status": "stopped"},
                    ],
                },
                {**_ONE, "name": "owned", "managed": True},
                {**_ONE, "name": "locked", "status": "locked"},
            ]
        },
        {
            "shop:8443": no_certificate("SLB"),
            "shop:9443": "the listener is stopped; start it first",
            "owned:443": "cluster c-sample manages it; deploy through the cluster",
            "locked:443": "the load balancer is locked; bring it into service first",
        },
    ),
]
HOSTS = {
    "cn-hangzhou": "slb.aliyuncs.com",
    "cn-beijing": "slb.cn-beijing.aliyuncs.com",
    "eu-central-1": "slb.eu-central-1.aliyuncs.com",
}
SDK = "slb20140515"
_HERE = {"RegionId": _REGION}
OFFICIAL = {
    "DescribeRegions": {},
    "DescribeLoadBalancers": {**_HERE, "PageNumber": 1, "PageSize": 2},
    "DescribeLoadBalancerListeners": {**_HERE, "ListenerProtocol": "https", "MaxResults": 2},
    _LISTENER: {**_HERE, "LoadBalancerId": SHOP, "ListenerPort": 443},
    "DescribeServerCertificates": _HERE,
    "UploadServerCertificate": {
        **_HERE,
        "ServerCertificateName": f"cas-{IDENTIFIER['new']}",
        "AliCloudCertificateId": str(CERT_ID["new"]),
        "AliCloudCertificateName": "new",
        "AliCloudCertificateRegionId": STORE,
    },
    _SET: {
        **{**_HERE, "LoadBalancerId": SHOP, "ListenerPort": 443, "ServerCertificateId": ANY},
        **{name: value for name, value in SETTINGS.items() if value not in ("", 0)},
    },
    "SetDomainExtensionAttribute": {**_HERE, "DomainExtensionId": ANY, "ServerCertificateId": ANY},
}
