"""OSS: custom domains of buckets in several regions. Its wire format has tests of its own."""

from __future__ import annotations

from shared.domain.resources import CloudProduct
from tests.contract.cases import CERTIFICATES, Case, Hindered

CASES = [
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
        settles=False,
        pages="ListBuckets",
        reads=("ListBuckets", "ListCname"),
        code_of_denial="AccessDenied",
    ),
]
NO_SDK = "its wire format is not OpenAPI's: tests/contract/test_requests_oss.py has an oracle of its own"
HOSTS = {"cn-shanghai": "oss-cn-shanghai.aliyuncs.com"}
HINDERED = [
    Hindered(
        CloudProduct.OSS,
        {
            "oss": [
                {
                    "bucket": "bucket-one",
                    "region": "cn-hangzhou",
                    "cnames": [
                        {"domain": "img.example.com", "certificate": "old"},
                        {"domain": "off.example.com", "certificate": "old", "status": "Disabled"},
                    ],
                }
            ]
        },
        {"off.example.com": "the domain is Disabled in OSS; enable it first"},
        region="",
    ),
]
