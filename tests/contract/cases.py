"""One row per product (and kind of slot): a small account with several of everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shared.domain.resources import CloudProduct
from tests.contract.bench import certificates

#: `old` is in service, `new` is to replace it, `other` is for other names.
CERTIFICATES = {
    **certificates("old", "new", "second"),
    **certificates("other", "other-too", domain="example.org"),
}


@dataclass(frozen=True)
class Case:
    """`carried`: every slot of `region` and its certificate, more than a page of them.

    `slot` carries `old`, and another certificate with `other` beside it; `writes` is the one action
    that changes it; `pages` lists slots by pages, and `reads` are all actions that discovery needs.
    """

    name: str
    product: CloudProduct
    estate: dict[str, Any]
    carried: dict[str, str]
    slot: str
    writes: str
    pages: str
    reads: tuple[str, ...]
    region: str = ""
    code_of_denial: str = "Forbidden.RAM"
    #: the slots of `region` afterwards, where the exchange renames one
    renamed: dict[str, str] = field(default_factory=dict)
    without_https: str = ""  #: a slot where a first deployment is allowed


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
        "CDN",
        CloudProduct.CDN,
        {
            "certificates": CERTIFICATES,
            "cdn": [
                {"domain": "www.example.com", "certificate": "old"},
                {"domain": "off.example.com"},
                {"domain": ".example.com", "certificate": "second"},
                {"domain": "shop.example.com", "certificate": "old"},
                {"domain": "www.example.org", "certificate": "other"},
            ],
        },
        {
            "www.example.com": "old",
            "off.example.com": "",
            ".example.com": "second",
            "shop.example.com": "old",
            "www.example.org": "other",
        },
        slot="www.example.com",
        writes="SetCdnDomainSSLCertificate",
        pages="DescribeUserDomains",
        reads=("DescribeUserDomains", "DescribeDomainCertificateInfo"),
        without_https="off.example.com",
    ),
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
        renamed={"shop:443/additional/second": "shop:443/additional/new"},
    ),
    Case(
        "OSS",
        CloudProduct.OSS,
        {
            "certificates": CERTIFICATES,
            "oss": [
                {
                    "bucket": "bucket-one",
                    "region": "cn-hangzhou",
                    "cnames": [
                        {"domain": "img.example.com", "certificate": "old"},
                        {"domain": "css.example.com", "certificate": "second"},
                    ],
                },
                {"bucket": "bucket-empty", "region": "cn-beijing"},
                {
                    "bucket": "bucket-two",
                    "region": "ap-southeast-1",
                    "cnames": [
                        {"domain": "img.example.org", "certificate": "other"},
                        {"domain": "raw.example.org"},
                    ],
                },
            ],
        },
        {
            "bucket-one/img.example.com": "old",
            "bucket-one/css.example.com": "second",
            "bucket-two/img.example.org": "other",
            "bucket-two/raw.example.org": "",
        },
        slot="bucket-one/img.example.com",
        writes="PutCname",
        pages="ListBuckets",
        reads=("ListBuckets", "ListCname"),
        code_of_denial="AccessDenied",
    ),
]
