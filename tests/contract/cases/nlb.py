"""NLB: default and additional certificates of TCPSSL listeners, in two regions."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case

_SHARED = {"default": "old", "additional": ["other", "second"]}
ESTATE: dict[str, Any] = {
    "regions": ["cn-hangzhou", "cn-beijing"],
    "certificates": CERTIFICATES,
    "nlb": [
        {
            "name": "shop",
            "region": "cn-hangzhou",
            "listeners": [
                {"port": 443, **_SHARED},
                {"port": 444, **_SHARED},
                {"port": 80, "protocol": "TCP"},
            ],
        },
        {
            "name": "mail",
            "region": "cn-hangzhou",
            "listeners": [{"port": 993, "default": "other"}, {"port": 995}],
        },
        {"name": "empty", "region": "cn-hangzhou"},
        {"name": "far", "region": "cn-beijing", "listeners": [{"port": 443, "default": "old"}]},
    ],
}
_CARRIED = {
    "shop:443/default": "old",
    "shop:443/additional/other": "other",
    "shop:443/additional/second": "second",
    "shop:444/default": "old",
    "shop:444/additional/other": "other",
    "shop:444/additional/second": "second",
    "mail:993/default": "other",
    "mail:995/default": "",
}
_READS = ("ListLoadBalancers", "ListListeners", "ListListenerCertificates")

CASES = [
    Case(
        "NLB-default",
        CloudProduct.NLB,
        ESTATE,
        _CARRIED,
        region="cn-hangzhou",
        slot="shop:443/default",
        writes="UpdateListenerAttribute",
        pages="ListListeners",
        reads=_READS,
        busy="ResourceInConfiguring.listener",
    ),
    Case(
        "NLB-additional",
        CloudProduct.NLB,
        ESTATE,
        _CARRIED,
        region="cn-hangzhou",
        slot="shop:443/additional/second",
        writes="AssociateAdditionalCertificatesWithListener",
        pages="ListListeners",
        reads=_READS,
        busy="ResourceInConfiguring.listener",
        renamed={"shop:443/additional/second": "shop:443/additional/new"},
    ),
]
SDK = "nlb20220430"
_CHANGE = {"ListenerId": ANY, "ClientToken": ANY}
OFFICIAL = {
    "DescribeRegions": {},
    "ListLoadBalancers": {"MaxResults": 2},
    "ListListeners": {"MaxResults": 2, "ListenerProtocol": "TCPSSL"},
    "ListListenerCertificates": {"MaxResults": 2, "ListenerId": ANY, "CertType": "Server"},
    "GetListenerAttribute": {"ListenerId": ANY},
    "GetJobStatus": {"JobId": ANY},
    "UpdateListenerAttribute": {**_CHANGE, "CertificateIds": [IDENTIFIER["new"]]},
    "AssociateAdditionalCertificatesWithListener": {
        **_CHANGE,
        "AdditionalCertificateIds": [IDENTIFIER["new"]],
    },
    "DisassociateAdditionalCertificatesWithListener": {
        **_CHANGE,
        "AdditionalCertificateIds": [IDENTIFIER["second"]],
    },
}
