"""ACK: Secrets and AlbConfigs of three clusters, one of which is not there yet."""

from __future__ import annotations

from typing import Any

from emulator.sections import ack
from emulator.services.ack.cluster_model import cluster_id
from shared.domain.resources import CloudProduct
from tests.contract.cases import CERTIFICATES, Case, Hindered, beside, uncarried

_REGION = "cn-hangzhou"
ESTATE: dict[str, Any] = {
    "regions": [_REGION, "cn-beijing"],
    "certificates": CERTIFICATES,
    "ack": [
        {
            "name": "shop",
            "region": _REGION,
            "secrets": [
                {"namespace": "web", "name": "tls", "certificate": "old"},
                {"namespace": "web", "name": "mail", "certificate": "other"},
                {"namespace": "dev", "name": "tls", "certificate": "old"},
                {"namespace": "dev", "name": "empty"},
            ],
            "ingresses": [
                {
                    "namespace": "web",
                    "name": "shop",
                    "secret": "tls",
                    "hosts": ["www.example.com"],
                    "address": "ingress.shop.example.net",
                }
            ],
            "albconfigs": [
                {
                    "name": "front",
                    "listeners": [
                        {"port": 80, "protocol": "HTTP"},
                        {"port": 443, "default": "old", "additional": ["other", "second"]},
                        {"port": 8443},
                    ],
                },
                {"name": "back", "listeners": [{"port": 443, "default": "old"}]},
            ],
        },
        {"name": "young", "region": _REGION, "state": "initial"},
        {
            "name": "plain",
            "region": _REGION,
            "albconfigs_installed": False,
            "public": False,
            "secrets": [{"name": "tls", "certificate": "old"}],
        },
        {"name": "far", "region": "cn-beijing", "secrets": [{"name": "tls", "certificate": "old"}]},
    ],
}


def identity(name: str, region: str = _REGION) -> str:
    return cluster_id(ack.Cluster(name=name, region=region))


SHOP = identity("shop")
CARRIED = {
    f"{SHOP}/secret/web/tls": "old",
    f"{SHOP}/secret/web/mail": "other",
    f"{SHOP}/secret/dev/tls": "old",
    f"{SHOP}/secret/dev/empty": "",
    "shop/front:443/default": "old",
    "shop/front:443/additional/other": "other",
    "shop/front:443/additional/second": "second",
    "shop/front:8443/default": "",
    "shop/back:443/default": "old",
    identity("young"): "",
    f"{identity('plain')}/secret/default/tls": "old",
}


def _case(name: str, slot: str, writes: str, renamed: str = "", **more: Any) -> Case:
    return Case(
        name,
        CloudProduct.ACK,
        ESTATE,
        CARRIED,
        region=_REGION,
        slot=slot,
        writes=writes,
        pages="DescribeClustersForRegion",
        reads=("DescribeClustersForRegion",),
        reads_within=("DescribeClusterUserKubeconfig", "ListSecrets", "ListIngresses", "ListAlbConfigs"),
        busy="Conflict",
        code_of_denial="AccessDenied",
        renamed={slot: renamed} if renamed else {},
        **more,
    )


CASES = [
    _case(
        "ACK-secret",
        f"{SHOP}/secret/web/tls",
        "PatchSecret",
        away=lambda slot: beside(slot, own="past"),
        settles=False,
        by_leaf=True,
        refuses_greater_pages=False,
    ),
    _case(
        "ACK-albconfig",
        "shop/front:443/default",
        "PatchAlbConfig",
        away=lambda slot: beside(slot, listener_id=slot.listener_id.replace("443", "444")),
    ),
    _case(
        "ACK-albconfig-additional",
        "shop/front:443/additional/second",
        "PatchAlbConfig",
        away=uncarried,
        renamed="shop/front:443/additional/new",
    ),
]
_WRITES_BACK = "owns it and would write it back; renew the certificate there"
HINDERED = [
    Hindered(
        CloudProduct.ACK,
        {
            "ack": [
                {
                    "name": "shop",
                    "region": "cn-hangzhou",
                    "secrets": [
                        {"name": "fine", "certificate": "old"},
                        {"name": "issued", "certificate": "old", "owner": "cert-manager"},
                        {"name": "released", "certificate": "old", "owner": "helm"},
                        {"name": "owned", "certificate": "old", "owner": "certificate"},
                        {"name": "fixed", "certificate": "old", "immutable": True},
                        {"name": "empty"},
                    ],
                    "albconfigs": [{"name": "front", "listeners": [{"port": 443}]}],
                },
                {"name": "young", "region": "cn-hangzhou", "state": "initial"},
                {"name": "past", "region": "cn-hangzhou", "state": "deleting"},
            ]
        },
        {
            "issued": f"cert-manager {_WRITES_BACK}",
            "released": f"Helm {_WRITES_BACK}",
            "owned": f"Certificate owned {_WRITES_BACK}",
            "fixed": "the Secret is immutable; make a new one and point to it",
            "empty": "it has no readable certificate; put the first one there with kubectl",
            "shop/front:443": (
                "the listener names no certificate: those of its Ingresses apply; to manage one here,"
                " name the first in spec.listeners[].certificates"
            ),
            "young": "the cluster is initial; its slots are seen when it is running",
        },
    ),
]
HOSTS = {"cn-shanghai": "cs.cn-shanghai.aliyuncs.com"}
SDK = "cs20151215"
OFFICIAL = {
    "DescribeRegions": {},
    "DescribeClustersForRegion": {"region_id": _REGION, "page_number": 1, "page_size": 2},
    "DescribeClusterUserKubeconfig": {
        "ClusterId": SHOP,
        "PrivateIpAddress": False,
        "TemporaryDurationMinutes": 30,
    },
}
