"""GA: default certificates and those of domains, on accelerators all over the world."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case, Hindered, beside, no_certificate

ESTATE: dict[str, Any] = {
    "certificates": CERTIFICATES,
    "ga": [
        {
            "name": "shop",
            "listeners": [
                {
                    "port": 443,
                    "default": "old",
                    "additional": {"pay.example.com": "second", "www.example.org": "other"},
                },
                {"port": 444, "default": "old", "additional": {"pay.example.com": "second"}},
                {"port": 8443},
                {"port": 80, "protocol": "HTTP"},
            ],
        },
        {"name": "empty"},
        {"name": "mail", "listeners": [{"port": 443, "default": "other"}]},
    ],
}
_CARRIED = {
    "shop:443/default": "old",
    "shop:443/additional/second": "second",
    "shop:443/additional/other": "other",
    "shop:444/default": "old",
    "shop:444/additional/second": "second",
    "shop:8443/default": "",
    "mail:443/default": "other",
}
_READS = ("ListAccelerators", "ListListeners", "ListListenerCertificates")

CASES = [
    Case(
        "GA-default",
        CloudProduct.GA,
        ESTATE,
        _CARRIED,
        slot="shop:443/default",
        writes="UpdateListener",
        away=None,
        pages="ListListeners",
        reads=_READS,
        busy="StateError.Accelerator",
    ),
    Case(
        "GA-additional",
        CloudProduct.GA,
        ESTATE,
        _CARRIED,
        slot="shop:443/additional/second",
        writes="UpdateAdditionalCertificateWithListener",
        away=lambda slot: beside(slot, own="past.example.com"),
        pages="ListListeners",
        reads=_READS,
        busy="StateError.Accelerator",
        renamed={"shop:443/additional/second": "shop:443/additional/new"},
    ),
]
_ONE: dict[str, Any] = {"listeners": [{"port": 443, "default": "old"}]}
HINDERED = [
    Hindered(
        CloudProduct.GA,
        {
            "ga": [
                {"name": "shop", "listeners": [{"port": 443, "default": "old"}, {"port": 8443}]},
                {**_ONE, "name": "owned", "service_managed": True},
                {"name": "locked", "state": "finacialLocked", "listeners": [{"port": 443}]},
            ]
        },
        {
            "shop:8443": no_certificate("GA"),
            "owned:443": "another cloud product manages it; deploy through that product",
            "locked:443": "the accelerator is locked for an unpaid bill; pay it first",
        },
        region="",
    ),
]
HOSTS = {"": "ga.cn-hangzhou.aliyuncs.com"}
SDK = "ga20191120"
_REGION = {"RegionId": "cn-hangzhou"}
_CHANGE = {"ListenerId": ANY, "ClientToken": ANY, **_REGION}
OFFICIAL = {
    "ListAccelerators": {"PageNumber": 1, "PageSize": 2, **_REGION},
    "ListListeners": {
        "AcceleratorId": ANY,
        "Protocol": "https",
        "PageNumber": 1,
        "PageSize": 2,
        **_REGION,
    },
    "ListListenerCertificates": {"AcceleratorId": ANY, "ListenerId": ANY, "MaxResults": 2, **_REGION},
    "DescribeListener": {"ListenerId": ANY, **_REGION},
    "UpdateListener": {
        **_CHANGE,
        "Certificates": [{"Id": IDENTIFIER["new"]}],
        "ProxyProtocol": "false",
        "XForwardedForConfig": {
            "XForwardedForGaApEnabled": "false",
            "XForwardedForGaIdEnabled": "false",
            "XForwardedForPortEnabled": "false",
            "XForwardedForProtoEnabled": "false",
            "XRealIpEnabled": "false",
        },
    },
    "UpdateAdditionalCertificateWithListener": {
        **_CHANGE,
        "AcceleratorId": ANY,
        "Domain": "pay.example.com",
        "CertificateId": IDENTIFIER["new"],
    },
}
