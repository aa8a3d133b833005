"""WAF's ports of cloud resources: several certificates on one, none on another, others' own."""

from __future__ import annotations

from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.cases import ANY, CERTIFICATES, IDENTIFIER, Case, Hindered, uncarried

_HERE = {"region": "cn-hangzhou"}
SHOP = "lb-bp1shop"
ESTATE: dict[str, Any] = {
    "certificates": CERTIFICATES,
    "waf": [
        {
            "default": "old",
            "resources": [
                {
                    "instance": SHOP,
                    "product": "clb4",
                    **_HERE,
                    "ports": [
                        {"port": 443, "certificate": "old", "extensions": ["other", "second"]},
                        {"port": 8443, "certificate": "other", "extensions": ["old"]},
                        {"port": 80, "protocol": "http"},
                    ],
                },
                {"instance": "i-bp1bare", "product": "ecs", "region": "cn-beijing"},
                {"instance": "i-bp1plain", "product": "ecs", **_HERE, "ports": [{"protocol": "http"}]},
                {
                    "instance": "nlb-mail",
                    "product": "nlb",
                    **_HERE,
                    "ports": [{"port": 993, "certificate": "second"}],
                },
            ],
        },
    ],
}
CARRIED = {
    "WAF:443/default": "old",
    f"{SHOP}:443/default": "old",
    f"{SHOP}:443/additional/other": "other",
    f"{SHOP}:443/additional/second": "second",
    f"{SHOP}:8443/default": "other",
    f"{SHOP}:8443/additional/old": "old",
    "i-bp1bare:443/default": "",
    "nlb-mail:993/default": "second",
}


def _case(kind: str, slot: str, **more: Any) -> Case:
    return Case(
        f"WAF-{kind}",
        CloudProduct.WAF,
        ESTATE,
        CARRIED,
        region="cn-hangzhou",
        slot=f"{SHOP}:443/{slot}",
        writes="ModifyCloudResourceCert",
        busy="Waf.Pullin.ResourceProcessing",
        refuses_greater_pages=False,
        pages="DescribeCloudResourceAccessPortDetails",
        reads=("DescribeCloudResources", "DescribeCloudResourceAccessPortDetails"),
        **more,
    )


CASES = [
    _case("port", "default", away=None),
    _case(
        "extension",
        "additional/second",
        away=uncarried,
        renamed={f"{SHOP}:443/additional/second": f"{SHOP}:443/additional/new"},
    ),
]
HINDERED = Hindered(
    CloudProduct.WAF,
    {
        "waf": [
            {
                "default": "old",
                "resources": [
                    {"instance": "i-bp1bare", "product": "ecs", **_HERE},
                    {
                        "instance": "lb-bp1seven",
                        "product": "clb7",
                        **_HERE,
                        "ports": [{"certificate": "old"}, {"port": 8443}],
                    },
                    {"instance": "alb-shop", "product": "alb", **_HERE},
                    {"instance": "nlb-mail", "product": "nlb", **_HERE, "ports": [{"certificate": "old"}]},
                ],
            },
        ]
    },
    {
        "i-bp1bare:443": "the port has no certificate; set the first one in the WAF console",
        **dict.fromkeys(
            ("lb-bp1seven:443", "lb-bp1seven:8443"),
            "WAF takes the certificates of this port from the CLB's HTTPS listener; replace them there (SLB)",
        ),
        "alb-shop:None": (
            "WAF is a part of this ALB, whose listeners hold the certificates; replace them there (ALB)"
        ),
    },
    name="-ports",
)
_WHERE = {"InstanceId": ANY, "RegionId": "cn-hangzhou"}
_PAGE = {"PageNumber": 1, "PageSize": 2}
OFFICIAL = {
    "DescribeCloudResources": {**_WHERE, **_PAGE, "ResourceProduct": "ecs"},
    "DescribeCloudResourceAccessPortDetails": {
        **_WHERE,
        **_PAGE,
        "ResourceInstanceId": "i-bp1bare",
        "ResourceProduct": "ecs",
        "Protocol": "https",
    },
    "ModifyCloudResourceCert": {
        **_WHERE,
        "CloudResourceId": f"{SHOP}-443-clb4",
        "Certificates": [
            {"AppliedType": "default", "CertificateId": IDENTIFIER["new"]},
            {"AppliedType": "extension", "CertificateId": IDENTIFIER["other"]},
            {"AppliedType": "extension", "CertificateId": IDENTIFIER["second"]},
        ],
    },
}
