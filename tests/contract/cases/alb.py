"""ALB: default and additional certificates of listeners, in two regions."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case


def _alb_estate() -> dict[str, Any]:
    shared = {"protocol": "HTTPS", "default": "old", "additional": ["other", "second"]}
    return {
        "regions": ["cn-hangzhou", "cn-beijing"],
        "certificates": CERTIFICATES,
        "alb": [
            {
                "name": "shop",
                "region": "cn-hangzhou",
                "listeners": [
                    {"port": 443, **shared},
                    {"port": 444, **shared},
                    {"port": 80, "protocol": "HTTP"},
                ],
            },
            {
                "name": "mail",
                "region": "cn-hangzhou",
                "listeners": [
                    {"port": 443, "default": "other"},
                    {"port": 8443, "protocol": "QUIC", "default": "old"},
                    {"port": 9443},
                ],
            },
            {"name": "empty", "region": "cn-hangzhou"},
            {"name": "far", "region": "cn-beijing", "listeners": [{"port": 443, "default": "old"}]},
        ],
    }


_ALB_CARRIED = {
    "shop:443/default": "old",
    "shop:443/additional/other": "other",
    "shop:443/additional/second": "second",
    "shop:444/default": "old",
    "shop:444/additional/other": "other",
    "shop:444/additional/second": "second",
    "mail:443/default": "other",
    "mail:8443/default": "old",
    "mail:9443/default": "",
}
_ALB_READS = ("ListLoadBalancers", "ListListeners", "ListListenerCertificates")

CASES = [
    Case(
        "ALB-default",
        CloudProduct.ALB,
        _alb_estate(),
        _ALB_CARRIED,
        region="cn-hangzhou",
        slot="shop:443/default",
        writes="UpdateListenerAttribute",
        pages="ListListeners",
        reads=_ALB_READS,
        busy="IncorrectStatus.Listener",
    ),
    Case(
        "ALB-additional",
        CloudProduct.ALB,
        _alb_estate(),
        _ALB_CARRIED,
        region="cn-hangzhou",
        slot="shop:443/additional/second",
        writes="AssociateAdditionalCertificatesWithListener",
        pages="ListListeners",
        reads=_ALB_READS,
        busy="IncorrectStatus.Listener",
        renamed={"shop:443/additional/second": "shop:443/additional/new"},
    ),
]
SDK = "alb20200616"
_CHANGE = {"ListenerId": ANY, "ClientToken": ANY}
OFFICIAL = {
    "DescribeRegions": {},
    "ListLoadBalancers": {"MaxResults": 2},
    "ListListeners": {"MaxResults": 2, "ListenerProtocol": "HTTPS"},
    "ListListenerCertificates": {"MaxResults": 2, "ListenerId": ANY, "CertificateType": "Server"},
    "GetListenerAttribute": {"ListenerId": ANY},
    "ListAsynJobs": {"JobIds": ANY},
    "UpdateListenerAttribute": {**_CHANGE, "Certificates": [{"CertificateId": IDENTIFIER["new"]}]},
    "AssociateAdditionalCertificatesWithListener": {
        **_CHANGE,
        "Certificates": [{"CertificateId": IDENTIFIER["new"]}],
    },
    "DissociateAdditionalCertificatesFromListener": {
        **_CHANGE,
        "Certificates": [{"CertificateId": IDENTIFIER["second"]}],
    },
}
